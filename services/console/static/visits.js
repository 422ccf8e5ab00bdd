// Going to the people (我来找你): a worker's visits of the week, by day; one tap says how it went.

import { ask, newKey } from "/static/shared/api.js";
import { $, h, role, say, t } from "/static/shared/page.js";
import { moment } from "/static/shared/time.js";
import { deed, gridsOf, opener, workersOf } from "/static/deeds.js";
import { gridName, learn, workerName } from "/static/names.js";
import { redraw } from "/static/redraw.js";
import { story, tag } from "/static/steps.js";

const open = ({ stands }) => stands === "planned" || stands === "missed" || stands === "unanswered";
const dayOf = (iso) => moment(iso).replace(/[,，]?\s*\d{1,2}:\d{2}.*$/, "");

function visit(one) {
  const fixed = { visit: one.id };
  const note = [{ name: "note", kind: "long", optional: true }];
  return h("article", { class: `card work visit ${one.welfare ? "welfare" : ""}`, dataset: { id: one.id } },
    h("div", { class: "work-top" }, h("h2", {}, gridName(one.grid)), tag("visit", one.stands)),
    h("p", { class: "soft" }, role === "worker" ? "" : `${workerName(one.worker)} · `, one.welfare ? t("visit.welfare") : t("visit.usual")),
    opener("visit.who", `/v1/visit-rounds/${encodeURIComponent(one.round)}/who`, "visit.purpose"),
    open(one) ? h("p", { class: "acts" },
      deed("visit.made", "MakeVisit", fixed, [], read, "main"),
      deed("visit.made_note", "MakeVisit", fixed, note, read),
      one.stands === "unanswered" ? null : deed("visit.unanswered", "LeaveVisitUnanswered", fixed, [], read, "bad")) : null,
    deed("visit.found", "NoteFinding", (said) => ({ finding: newKey(), visit: one.id, ...said }), [{ name: "note", kind: "long" }], read, "bare"),
    story(one.steps));
}

function round(one) {
  return h("article", { class: `card work visit ${one.welfare ? "welfare" : ""}`, dataset: { id: one.id } },
    h("div", { class: "work-top" }, h("h2", {}, gridName(one.grid)), tag("round", one.stands)),
    h("p", { class: "soft" }, t("visit.every", { worker: workerName(one.worker), days: one.every_days }), one.stands === "on" ? ` · ${t("visit.next", { time: moment(one.due_at) })}` : ""),
    opener("visit.who", `/v1/visit-rounds/${encodeURIComponent(one.id)}/who`, "visit.purpose"),
    one.stands === "on" ? h("p", { class: "acts" }, deed("visit.end", "EndVisitRound", { round: one.id }, [{ name: "reason" }], read)) : null);
}

async function read() {
  const [visits, rounds] = await Promise.all([ask("/v1/visits"), role === "worker" ? { items: [] } : ask("/v1/visit-rounds")]);
  const days = new Map();
  const waiting = visits.items.filter(open).sort((a, b) => (a.on < b.on ? -1 : 1));
  for (const one of [...waiting, ...visits.items.filter((each) => !open(each))]) {
    const day = open(one) ? dayOf(one.on) : t("visit.seen");
    days.set(day, [...(days.get(day) ?? []), one]);
  }
  if (rounds.items.length) days.set(t("visit.rounds"), rounds.items);
  const box = $("#works");
  redraw(box, [...days.keys()], (day) => h("section", {}, h("h2", { class: "day" }, day), h("div", { class: "works" })), { key: (day) => day });
  [...days.values()].forEach((all, place) => redraw($(".works", box.children[place]), all, (one) => (one.every_days ? round : visit)(one)));
  $("#nothing").hidden = days.size > 0;
}

const failed = (problem) => say(problem.text ?? String(problem), "bad");
await learn().catch(failed);
if (role !== "worker") {
  $("#acts").append(deed("visit.set", "SetVisitRound", (said) => ({ round: newKey(), ...said }), [
    { name: "who", kind: "long" }, { name: "grid", kind: "choice", options: gridsOf() }, { name: "worker", kind: "choice", options: workersOf() },
    { name: "every_days", kind: "number", value: 30 }, { name: "due_at", kind: "time", optional: true }, { name: "welfare", kind: "tick" },
  ], read, "main"));
}
await read().catch(failed);

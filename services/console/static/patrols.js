// Rounds with checklists (巡查), and what they found.

import { ask, newKey } from "/static/shared/api.js";
import { $, h, lang, role, say, sub, t } from "/static/shared/page.js";
import { moment, until } from "/static/shared/time.js";
import { deed, gridsOf, send, workersOf } from "/static/deeds.js";
import { ask as askInDialog } from "/static/dialog.js";
import { allCategories, gridName, learn, workerName } from "/static/names.js";
import { byTheMinute, redraw } from "/static/redraw.js";
import { story, tag } from "/static/steps.js";

const rounds = h("div", { class: "works" });
const heading = h("h2", { class: "day", hidden: true }, t("patrol.findings"));
const found = h("div", { class: "works" });
const open = ({ stands }) => stands === "planned" || stands === "missed";

function patrol(one) {
  const ticks = one.checklist.map(({ code, ...name }) => [code, name[lang] || name.zh, h("input", { type: "checkbox", id: `${one.id}-${code}`, checked: false })]);
  const by = until(one.due_at);
  const checked = () => ticks.map(([item, , tick]) => ({ item, good: tick.checked }));
  async function make(said, key) {
    await send("MakePatrol", { patrol: one.id, checked: said }, key);
    say(t("deed.done"), "good");
    read().catch(failed);
  }
  /** What is not ticked goes on record as not in order: a thumb that slips is asked first. */
  async function made({ currentTarget: button }) {
    const left = ticks.filter(([, , tick]) => !tick.checked).map(([, name]) => h("li", {}, name));
    if (left.length) return askInDialog(t("patrol.unticked", { count: left.length }), [h("ul", { class: "plain" }, ...left)], h("button", { class: "main" }, t("patrol.unticked.go")), checked, make);
    button.disabled = true;
    try {
      await make(checked());
    } catch (problem) {
      failed(problem);
      button.disabled = false;
    }
  }
  const noted = deed("patrol.note", "NoteFinding", (said) => ({ finding: newKey(), patrol: one.id, ...said, place: {} , ...(said.building ? { place: { building: said.building } } : {}), building: undefined }), [
    { name: "note", kind: "long" }, { name: "building", optional: true },
    { name: "category", kind: "choice", options: allCategories(), optional: true },
    { name: "item", kind: "choice", options: ticks.map(([code, name]) => [code, name]), optional: true },
  ], read);
  return h("article", { class: "card work", dataset: { id: one.id } },
    h("div", { class: "work-top" }, h("h2", {}, gridName(one.grid)), tag("patrol", one.stands)),
    h("p", { class: "soft" }, `${workerName(one.worker)} · ${moment(one.due_at)} `, open(one) ? h("span", { class: by.late ? "late" : "" }, by.text) : null),
    open(one) ? h("ul", { class: "checks-list" }, ...ticks.map(([, name, tick]) => h("li", {}, tick, h("label", { htmlFor: tick.id }, name)))) : null,
    h("p", { class: "acts" }, open(one) ? h("button", { type: "button", class: "main", dataset: { deed: "MakePatrol" }, onclick: made }, t("patrol.made")) : null, noted,
      open(one) && role !== "worker" ? deed("patrol.call_off", "CallOffPatrol", { patrol: one.id }, [{ name: "reason" }], read, "bad") : null),
    story(one.steps));
}

function finding(one) {
  const text = one.steps?.[0]?.words?.note ?? "";
  return h("article", { class: "card work", dataset: { id: one.id } },
    h("div", { class: "work-top" }, h("h2", {}, h("a", { href: `/#${encodeURIComponent(one.request)}` }, t("patrol.finding"))), tag("finding", one.stands)),
    h("p", {}, text === "erased" ? t("ui.erased") : text),
    one.recheck_by && one.stands !== "fixed" ? h("p", { class: "soft" }, t("patrol.recheck_by", { time: moment(one.recheck_by) })) : null,
    one.stands === "fixed" ? null : h("p", { class: "acts" },
      deed("patrol.fixed", "MakeRecheck", { finding: one.id, fixed: true }, [], read, "main"),
      deed("patrol.not_fixed", "MakeRecheck", { finding: one.id, fixed: false }, [{ name: "note", kind: "long", optional: true }], read)),
    story(one.steps));
}

async function read() {
  const [patrols, findings] = await Promise.all([ask("/v1/patrols"), ask("/v1/findings")]);
  const sorted = [...patrols.items].sort((a, b) => open(b) - open(a) || (a.due_at < b.due_at ? -1 : 1));
  $("#works").removeAttribute("aria-busy");
  redraw(rounds, sorted, patrol, { as: byTheMinute });
  redraw(found, findings.items, finding);
  heading.hidden = !findings.items.length;
  $("#nothing").hidden = patrols.items.length + findings.items.length > 0;
}

const failed = (problem) => say(problem.text ?? String(problem), "bad");
await learn().catch(failed);
$("#works").append(rounds, heading, found);
if (role !== "worker") {
  $("#acts").append(deed("patrol.plan", "PlanPatrol", (said) => ({ patrol: newKey(), ...said, items: said.items.split("\n").map((line) => line.trim()).filter(Boolean).map((zh, place) => ({ code: `i${place + 1}`, zh })) }), [
    { name: "grid", kind: "choice", options: gridsOf() }, { name: "worker", kind: "choice", options: workersOf(), value: sub },
    { name: "due_at", kind: "time" }, { name: "items", kind: "long", rows: 5, value: t("patrol.usual") }, { name: "every_days", kind: "number", optional: true, value: "" },
  ], read, "main"));
}
await read().catch(failed);

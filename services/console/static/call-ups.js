// Call-ups for an emergency (应急召集): the office sees each shift fill; whoever is asked says yes or no with one tap.

import { ask, newKey } from "/static/shared/api.js";
import { $, h, lang, role, say, sub, t } from "/static/shared/page.js";
import { fully, moment, until } from "/static/shared/time.js";
import { deed, opener, send } from "/static/deeds.js";
import { learn, workerName } from "/static/names.js";
import { byTheMinute, redraw } from "/static/redraw.js";
import { story, tag } from "/static/steps.js";
import { begin } from "/static/call-up-form.js";

const areas = new Map();
const areaName = (code) => areas.get(code)?.[lang] ?? code;
const hour = (iso) => moment(iso).replace(/^.*?(\d{1,2}:\d{2}).*$/, "$1");
const sameDay = (a, b) => moment(a).replace(/\d{1,2}:\d{2}.*/, "") === moment(b).replace(/\d{1,2}:\d{2}.*/, "");
const span = ({ starts, ends }) => `${moment(starts)}–${sameDay(starts, ends) ? hour(ends) : moment(ends)}`;
const over = ({ ends }) => new Date(ends) <= new Date();
const begun = ({ starts }) => new Date(starts) - Date.now() < 3600e3;
const ORDER = ["here", "confirmed", "reserve", "relieved", "dropped", "declined"];

function one(call, shift, { worker, stands }) {
  const may = call.stands === "running" && (role !== "worker" || call.lead === sub);
  const fixed = { call_up: call.id, worker, shift: shift.code };
  const act = !may || worker === sub ? null
    : stands === "here" ? deed("call_up.relieve", "RelieveFromCallUp", fixed, [], read, "bare")
    : role !== "worker" && ["confirmed", "reserve"].includes(stands) && !over(shift) ? deed("call_up.drop", "AnswerCallUp", { ...fixed, yes: false }, [], read, "bare") : null;
  return h("span", { class: `one ${stands}` }, h("b", {}, workerName(worker)), h("small", {}, t(`call_up.stands.${stands}`)), act);
}

/** What one says for oneself, with one tap. */
function mine(call, shift) {
  const stands = shift.people.find(({ worker }) => worker === sub)?.stands;
  const fixed = { call_up: call.id, worker: sub, shift: shift.code };
  if (call.stands !== "running" || over(shift) || stands === "relieved") return [];
  const no = (label) => deed(label, "AnswerCallUp", { ...fixed, yes: false }, [], read);
  if (stands === "here") return [deed("call_up.hand_over", "RelieveFromCallUp", fixed, [], read, "main")];
  if (stands === "confirmed") return [...(begun(shift) ? [deed("call_up.check_in", "CheckInToCallUp", fixed, [], read, "main")] : []), no("call_up.back_out")];
  if (stands === "reserve") return [no("call_up.back_out")];
  return [deed("call_up.yes", "AnswerCallUp", { ...fixed, yes: true }, [], read, "main"), ...(stands ? [] : [no("call_up.no")])];
}

/** Who offered what the shift asks for; the office calls them. */
function whoCan(call, shift) {
  const list = h("ul", { class: "fits" });
  const button = h("button", {
    type: "button", class: "bare", dataset: { deed: "who-can" }, onclick: async () => {
      try {
        const { items } = await ask(`/v1/call-ups/${encodeURIComponent(call.id)}/shifts/${encodeURIComponent(shift.code)}/offers`);
        const told = (offer) => h("li", {}, `${t(`giver.${offer.giver}`)} · ${offer.text === "erased" ? t("ui.erased") : offer.text} `, opener("call_up.contact", `/v1/offers/${encodeURIComponent(offer.id)}/contact`, "call_up.purpose"));
        list.replaceChildren(...(items.length ? items.map(told) : [h("li", { class: "soft" }, t("call_up.nobody_can"))]));
      } catch (problem) { failed(problem); }
    },
  }, t("call_up.who_can", { skill: shift.skill }));
  return [button, list];
}

function line(call, shift) {
  const people = shift.people.filter(({ stands }) => role !== "worker" || !["declined", "dropped"].includes(stands));
  const count = (...stands) => shift.people.filter((each) => stands.includes(each.stands)).length;
  const acts = call.mine.includes(shift.code) ? mine(call, shift) : [];
  return h("li", { class: `shift ${over(shift) ? "past" : ""}`, dataset: { shift: shift.code } },
    h("div", {}, h("b", { title: fully(shift.starts) }, span(shift)), h("div", { class: "soft small" }, [shift.duty ? t(`duty.${shift.duty}`) : "", shift.skill ?? ""].filter(Boolean).join(" · "))),
    h("div", { class: "counts-of" },
      h("span", {}, t("call_up.needed"), " ", h("b", {}, shift.needed)),
      h("span", {}, t("call_up.coming"), " ", h("b", {}, count("confirmed", "here", "relieved"))),
      h("span", {}, t("call_up.here"), " ", h("b", {}, count("here"))),
      shift.missing && !over(shift) ? h("span", { class: "missing" }, t("call_up.missing", { count: shift.missing })) : null),
    h("div", { class: "crew" },
      ...people.sort((a, b) => ORDER.indexOf(a.stands) - ORDER.indexOf(b.stands)).map((each) => one(call, shift, each)),
      role === "worker" ? null : h("small", { class: "soft" }, t("call_up.asked", { count: shift.asked, silent: Math.max(0, shift.asked - shift.people.length) }))),
    shift.skill && role !== "worker" && call.stands === "running" && !over(shift) ? h("div", {}, ...whoCan(call, shift)) : null,
    acts.length ? h("p", { class: "acts" }, ...acts) : null);
}

function card(call) {
  const shown = role === "worker" && call.lead !== sub ? call.shifts.filter(({ code }) => call.mine.includes(code)) : call.shifts;
  const byArea = new Map();
  for (const shift of shown) byArea.set(shift.area, [...(byArea.get(shift.area) ?? []), shift]);
  const by = until(call.answer_by);
  const running = call.stands === "running";
  const acts = running && role !== "worker" ? [
    call.missing && !call.furthest ? deed("call_up.further", "WidenCallUp", { call_up: call.id }, [], read) : null,
    deed("call_up.stand_down", "StandDownCallUp", { call_up: call.id }, [], read, "bad"),
  ].filter(Boolean) : [];
  return h("article", { class: "card call-up", dataset: { id: call.id } },
    h("div", { class: "work-top" }, h("h2", {}, `${t(`call_up.reason.${call.reason}`)} · ${areaName(call.area)}`), tag("call_up", call.stands)),
    h("p", { class: "soft" }, t("call_up.since", { time: moment(call.at) }), call.lead ? ` · ${t("call_up.led", { name: workerName(call.lead) })}` : "",
      running && !by.late ? ` · ${t("call_up.answer_until", { time: moment(call.answer_by) })} (${by.text})` : ""),
    running && call.missing && role !== "worker" ? h("p", { class: "missing" }, t(call.furthest ? "call_up.missing.furthest" : "call_up.missing.all", { count: call.missing })) : null,
    call.note ? h("p", { class: "note" }, call.note) : null,
    ...[...byArea].map(([code, shifts]) => h("section", {}, h("h3", { class: "area" }, areaName(code)), h("ul", {}, ...shifts.map((shift) => line(call, shift))))),
    acts.length ? h("p", { class: "acts" }, ...acts) : null,
    role === "worker" ? null : story(call.steps.map((step) => (step.about?.why ? { ...step, about: { ...step.about, why: t(`stands.call_up.${step.about.why}`) } } : step))));
}

async function read() {
  const { items } = await ask("/v1/call-ups");
  redraw($("#works"), items, card, { as: byTheMinute });
  $("#nothing").hidden = items.length > 0;
}

const failed = (problem) => say(problem.text ?? String(problem), "bad");

async function start() {
  await learn();
  const book = await ask("/v1/grid-book");
  for (const area of book.areas) areas.set(area.code, area);
  if (role !== "worker") {
    begin(book.areas, async (body) => {
      await send("IssueCallUp", { call_up: newKey(), ...body });
      say(t("call_up.issued"), "good");
      await read();
    });
  }
  await read();
}

await start().catch(failed);
setInterval(() => read().catch(failed), 10_000);

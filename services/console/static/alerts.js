// Warnings of the authorities (预警): what is in force, whose words they are, who has seen them; files and forms for the office.

import { Problem, ask } from "/static/shared/api.js";
import { $, h, lang, role, say, sub, t } from "/static/shared/page.js";
import { fully, moment } from "/static/shared/time.js";
import { deed, send } from "/static/deeds.js";
import { areaLabel, gridName, learn, workerName } from "/static/names.js";
import { redraw } from "/static/redraw.js";
import { story, tag } from "/static/steps.js";
import { inOrder } from "/static/call-up-form.js";
import { atTheStreet, onTheWall } from "/static/wall.js";

let items = [];
const headline = ({ hazards: [first] }) => first?.said.headline || [first?.said.issuer, first?.said.event].filter(Boolean).join(" ");
const said = (hazard) => (lang === "en" && hazard.english) || hazard.said;

function part(hazard, alert) {
  const { issuer, headline: title, event, description, instruction } = said(hazard);
  return h("section", {},
    h("p", {}, h("b", {}, `${t(`alert.level.${hazard.level ?? "none"}`)} · ${event}`), " ",
      h("span", { class: "soft" }, t("alert.issued", { issuer: issuer || alert.sender, time: moment(alert.sent) }), hazard.expires ? ` · ${t("alert.until", { time: moment(hazard.expires) })}` : "")),
    title && hazard !== alert.hazards[0] ? h("p", { class: "said" }, title) : null,
    description ? h("p", { class: "said" }, description) : null,
    instruction ? h("p", { class: "said" }, h("b", {}, t("alert.advice")), instruction) : null,
    hazard.areas.length ? h("p", { class: "soft small" }, t("alert.areas", { areas: hazard.areas.join("、") })) : null);
}

function seen(alert) {
  if (!alert.called.length) return [];
  const grids = [...new Set(alert.called.map(({ grid }) => grid))];
  const mayNote = role === "staff" && alert.stands === "relayed";
  const others = [...new Set(alert.called.map(({ worker }) => worker))].filter((worker) => worker !== sub && !alert.seen.some((each) => each.worker === worker));
  return [
    h("p", {}, t("alert.seen.count", { seen: grids.length - alert.unseen.length, count: grids.length }),
      alert.unseen.length && alert.acknowledge_by && alert.stands === "relayed" ? ` · ${t("alert.by", { time: moment(alert.acknowledge_by) })}` : ""),
    h("ul", { class: "seen" },
      ...alert.seen.map(({ worker, at }) => h("li", { title: fully(at) }, t("alert.seen", { name: workerName(worker), time: moment(at) }))),
      ...alert.unseen.map((grid) => h("li", { class: "waits" }, t("alert.unseen", { grid: gridName(grid) })))),
    mayNote && others.length ? h("p", { class: "acts" }, deed("alert.note_for", "AcknowledgeAlert", { alert: alert.id }, [{ name: "worker", kind: "choice", options: others.map((id) => [id, workerName(id)]) }], again)) : null,
  ];
}

function card(alert) {
  const [first] = alert.hazards;
  const past = alert.stands !== "relayed";
  const steps = alert.steps.map((step) => (step.about.to ? { ...step, about: { ...step.about, to_name: t(`alert.to.${step.about.to}`) } } : step));
  return h("article", { class: `card alert ${first?.level ?? ""} ${past ? "past" : ""}`, dataset: { id: alert.id, stands: alert.stands } },
    h("div", { class: "work-top" }, h("h2", {}, headline(alert) || t(`alert.kind.${alert.kind}`)), tag("alert", alert.stands)),
    alert.mine ? h("p", { class: "acts" }, deed("alert.acknowledge", "AcknowledgeAlert", { alert: alert.id, worker: sub }, [], again, "main")) : null,
    ...alert.hazards.map((hazard) => part(hazard, alert)),
    h("p", { class: "soft small" }, t(alert.source === "form" ? "alert.source.form" : "alert.source", alert), " · ", t("alert.grids", { count: alert.grids.length })),
    ...seen(alert),
    story(steps));
}

async function read() {
  ({ items } = await ask("/v1/alerts"));
  redraw($("#works"), items, card);
  $("#nothing").hidden = items.length > 0;
  const about = $("select[name=about]");
  if (about) redraw(about, items.filter(({ stands }) => stands === "relayed"), (each) => h("option", { value: each.id }, headline(each)), { as: headline });
}

/** What was just done shows when the console has heard of it. */
async function again() {
  for (const pause of [0, 600, 2000]) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    await read();
  }
}

/** Why a file is refused, and where in it: a line, or the name of an element. */
function refusal({ why, where = "" }) {
  const place = where.replace(/^line (\d+)$/, (_, line) => t("alert.line", { line }));
  return t("problem.alert_refused", { why: t(`alert.why.${why}`, {}, why), where: place ? `（${place}）` : "" });
}

const failed = (problem) => say(problem.reason === "alert_refused" ? refusal(problem.about) : (problem.text ?? String(problem)), "bad");

function told({ event }) {
  say(t(event === null ? "alert.known" : event.type === "AlertRelayed" ? "alert.relayed" : "alert.nobody_told"), "good");
}

async function upload(event) {
  event.preventDefault();
  const [file] = event.target.elements.file.files;
  try {
    const response = await fetch("/v1/alerts", { method: "POST", body: file, headers: { Accept: "application/json", "Content-Type": "application/cap+xml" } });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Problem(response.status, answer, 2);
    told(answer);
    event.target.reset();
    await again();
  } catch (problem) {
    failed(problem);
  }
}

async function typed(event) {
  event.preventDefault();
  const form = event.target;
  const { kind, about, level, onset, expires, sent, ...texts } = Object.fromEntries(new FormData(form));
  const moments = { onset: atTheStreet(onset), sent: atTheStreet(sent), ...(expires ? { expires: atTheStreet(expires) } : {}) };
  const body = { ...texts, kind, level, ...moments, areas: [...form.elements.areas.selectedOptions].map(({ value }) => value), ...(kind === "Alert" ? {} : { about }) };
  try {
    told(await send("RelayAlert", { form: body }));
    form.reset();
    begin(form);
    $("#typed").open = false;
    await again();
  } catch (problem) {
    failed(problem);
  }
}

function begin(form) {
  for (const name of ["onset", "sent"]) form.elements[name].value ||= onTheWall(Date.now());
  $("#about").hidden = form.elements.kind.value === "Alert";
}

async function start() {
  await learn();
  const form = $("#form");
  if (form) {
    const book = await ask("/v1/grid-book");
    form.elements.areas.append(...inOrder(book.areas).map((area) => h("option", { value: area.code }, areaLabel(area))));
    form.elements.kind.addEventListener("change", () => begin(form));
    form.addEventListener("submit", typed);
    $("#upload").addEventListener("submit", upload);
    begin(form);
  }
  await read();
}

await start().catch(failed);
setInterval(() => read().catch(failed), 10_000);

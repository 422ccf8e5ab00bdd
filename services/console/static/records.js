// The grid book: what stands in it, what is wrong with it, and one record with its history.

import { ask } from "/static/shared/api.js";
import { $, h, say, t } from "/static/shared/page.js";
import { fully, since } from "/static/shared/time.js";
import { actorName, allCommunities, gridName, grids, learn } from "/static/names.js";

const FIELDS = {
  person: ["name", "id_number", "phone", "born", "sex", "category", "grid", "building", "entrance", "unit", "address", "care", "notes", "confirmed_on"],
  dwelling: ["key", "building", "entrance", "unit", "grid", "residents", "category", "name", "phone", "address", "notes", "confirmed_on"],
  enterprise: ["key", "name", "category", "contact", "phone", "grid", "building", "address", "notes", "confirmed_on"],
  facility: ["key", "name", "category", "contact", "phone", "grid", "building", "address", "notes", "confirmed_on"],
};
const REASONS = ["moved_away", "deceased", "closed_down", "demolished", "entered_twice", "entered_wrongly"];
const FLAWS_SHOWN = 6;
let after = null;
let chosen = null;

const kind = () => $("#kind").value;
const asked = (more = {}) => new URLSearchParams(Object.entries({ kind: kind(), grid: $("#grid").value, ...more }).filter(([, value]) => value));
const said = (problem) => say([problem.fields?.length ? t(`problem.${problem.reason}`) : (problem.text ?? String(problem)), ...(problem.fields ?? []).map(({ field, why }) => `${t(`record.${field}`)} ${t(`records.why.${why}`, {}, why)}`)].join(" · "), "bad");

function card(record) {
  const facts = [record.building, record.category, record.residents === null ? null : t("records.residents", { count: record.residents })].filter(Boolean);
  return h("li", { class: "card topic" },
    h("p", { class: "soft small" }, gridName(record.grid) || t("records.nowhere"), record.care ? h("strong", {}, ` ${t("records.care")}`) : null),
    h("h3", {}, t(`records.kind.${record.kind}`), " ", facts.join(" · ")),
    h("p", { class: "small" }, t("records.filled", { fields: record.filled.map((name) => t(`record.${name}`)).join("、") || "—" })),
    record.doubts.length ? h("p", { class: "small" }, record.doubts.map((slug) => t(`records.flaw.${slug}`, {}, slug)).join(" · ")) : null,
    record.removed ? h("p", {}, t(`records.removed.${record.removed}`)) : null,
    h("p", {}, h("button", { type: "button", class: "small", onclick: () => show(record.id).catch(said) }, t("records.open"))));
}

async function list(more = false) {
  const found = chosen ? { items: (await Promise.all(chosen.map((id) => ask(`/v1/records/${id}`)))).map(({ state }) => state), next: null } : await ask(`/v1/records?${asked({ after: more ? after : null })}`);
  after = found.next;
  $("#records").removeAttribute("aria-busy");
  $("#records").append(...found.items.map(card));
  $("#nothing").hidden = $("#records").children.length > 0;
  $("#more").hidden = !after;
  $("#whole").hidden = !chosen;
}

async function again() {
  $("#records").replaceChildren();
  await Promise.all([list(), quality()]);
}

async function quality() {
  const { flaws } = await ask(`/v1/record-quality?${asked()}`);
  const line = ({ grid, flaw, count, ids }) => h("li", {}, h("button", { type: "button", class: "bare", onclick: () => { chosen = ids; $("#records").replaceChildren(); list().catch(said); } }, `${gridName(grid) || t("records.nowhere")} · ${t(`records.flaw.${flaw}`, {}, flaw)} · ${count}`));
  const lines = flaws.sort((a, b) => b.count - a.count).map(line);
  const rest = lines.splice(FLAWS_SHOWN);
  if (rest.length) lines.push(h("li", {}, h("button", { type: "button", class: "small", onclick: ({ target }) => target.parentElement.replaceWith(...rest) }, t("missing.rest", { count: rest.length }))));
  $("#flaws").replaceChildren(...(lines.length ? lines : [h("li", {}, t("records.sound"))]));
}

async function show(id) {
  const { state, history } = await ask(`/v1/records/${id}`);
  const words = h("dl", { class: "facts" });
  const step = ({ type, at, actor, changed = [], reason }) => h("li", { class: "small" }, h("time", { dateTime: at, title: fully(at) }, since(at)), ` ${t(`records.step.${type}`)} ${actorName(actor)} ${changed.map((name) => t(`record.${name}`, {}, name)).join("、")} ${reason ? t(`records.removed.${reason}`) : ""}`);
  const purpose = h("input", { id: "purpose", maxLength: 200, required: true });
  const form = h("form", { class: "row", onsubmit: async (event) => {
    event.preventDefault();
    try {
      const opened = await ask(`/v1/records/${id}/words`, { body: { purpose: purpose.value } });
      words.replaceChildren(...(opened.erased ? [h("div", {}, t("records.erased"))] : Object.entries(opened.words).map(([name, value]) => h("div", {}, h("dt", {}, t(`record.${name}`)), h("dd", {}, value)))));
    } catch (problem) { said(problem); }
  } }, h("div", { class: "field" }, h("label", { htmlFor: "purpose" }, t("records.purpose")), purpose), h("button", { class: "small" }, t("records.words")));
  const reason = h("select", { id: "reason" }, ...REASONS.map((slug) => h("option", { value: slug }, t(`records.removed.${slug}`))));
  const removal = h("div", { class: "row" }, h("div", { class: "field" }, h("label", { htmlFor: "reason" }, t("records.reason")), reason), h("button", { type: "button", class: "small bad", onclick: () => done(() => ask(`/v1/records/${id}/removal`, { body: { reason: reason.value } }), dialog) }, t("records.remove")));
  const dialog = h("dialog", { "aria-labelledby": "record-title", onclose: () => dialog.remove() },
    h("div", { class: "stack" }, h("h2", { id: "record-title" }, t(`records.kind.${state.kind}`)), h("p", { class: "small" }, gridName(state.grid), " ", state.building ?? ""), form, words,
      h("h3", {}, t("records.history")), h("ul", {}, ...history.map(step)),
      state.removed ? null : removal,
      h("p", { class: "row" }, h("button", { type: "button", onclick: () => dialog.close() }, t("ui.close")), state.removed ? null : h("button", { type: "button", class: "main", onclick: () => { dialog.close(); edit(state.kind, id); } }, t("records.correct")))));
  document.body.append(dialog);
  dialog.showModal();
}

async function done(work, dialog) {
  try {
    await work();
    dialog.close();
    say(t("records.done"), "good");
    await again();
  } catch (problem) { said(problem); }
}

/** Enter a new record, or correct one: then only what is typed changes. */
function edit(what, id = null) {
  const inputs = Object.fromEntries(FIELDS[what].filter((name) => !(id && name === "key")).map((name) => [name, name === "grid" ? h("select", { id: `in-${name}` }, h("option", { value: "" }, t("records.by_building")), ...[...grids.keys()].map((code) => h("option", { value: code }, `${code} ${gridName(code)}`))) : h("input", { id: `in-${name}`, maxLength: 500, type: ["confirmed_on", "born"].includes(name) ? "date" : "text" })]));
  const dialog = h("dialog", { "aria-labelledby": "edit-title", onclose: () => dialog.remove() },
    h("form", { class: "stack", onsubmit: (event) => {
      event.preventDefault();
      const values = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value.trim()]).filter(([, value]) => value));
      if (!Object.keys(values).length) return say(t("records.type_something"), "bad");
      done(() => ask(id ? `/v1/records/${id}/correction` : "/v1/records", { body: id ? { values } : { kind: what, values } }), dialog);
    } },
      h("h2", { id: "edit-title" }, t(id ? "records.correct" : "records.enter"), " · ", t(`records.kind.${what}`)), id ? h("p", { class: "soft small" }, t("records.only")) : null,
      ...Object.entries(inputs).map(([name, input]) => h("div", { class: "field" }, h("label", { htmlFor: `in-${name}` }, t(`record.${name}`)), input)),
      h("p", { class: "row" }, h("button", { type: "button", onclick: () => dialog.close() }, t("ui.cancel")), h("button", { class: "main" }, t("records.save")))));
  document.body.append(dialog);
  dialog.showModal();
}

async function start() {
  await learn();
  $("#table-area")?.append(...allCommunities().map(([code, name]) => h("option", { value: code }, name)));
  for (const select of ["#grid", "#table-area"]) $(select)?.append(...[...grids.keys()].map((code) => h("option", { value: code }, `${code} ${gridName(code)}`)));
  $("#filter").addEventListener("change", () => { chosen = null; again().catch(said); });
  $("#filter").addEventListener("submit", (event) => event.preventDefault());
  $("#enter").addEventListener("click", () => edit(kind()));
  $("#more").addEventListener("click", () => list(true).catch(said));
  $("#whole").addEventListener("click", () => { chosen = null; again().catch(said); });
  await again();
}

await start().catch(said);

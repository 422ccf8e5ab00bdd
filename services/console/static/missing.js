// What superiors ask for and nobody has told yet: a short list, each entry told in one form.

import { ask } from "/static/shared/api.js";
import { $, h, lang, say, t } from "/static/shared/page.js";
import { ask as askInDialog } from "/static/dialog.js";
import { gridName, learn } from "/static/names.js";

const SHOWN = 5;
const place = $("#missing");
const and = (names) => names.join(lang === "zh" ? "、" : ", ");
const field = (slug) => t(`record.${slug}`, {}, slug);
const inWords = (problem) => [problem.text ?? String(problem), ...(problem.fields ?? []).map(({ field: name, why }) => `${field(name)} ${t(`records.why.${why}`, {}, why)}`)].join(" · ");
const trouble = (problem) => say(inWords(problem), "bad");
let whole = false;

function card(item) {
  const names = item.fields.map((one) => field(one.field));
  const late = item.due_on < new Date().toISOString().slice(0, 10);
  return h("li", {}, h("button", { type: "button", class: "missing-one", onclick: () => tell(item) },
    h("b", {}, `${t(`records.kind.${item.kind}`)} · ${item.building ?? gridName(item.grid) ?? t("records.nowhere")}`),
    h("span", {}, t("missing.fields", { fields: and(names) })),
    h("span", { class: late ? "late small" : "soft small" }, t("missing.due", { day: item.due_on, offices: and([...new Set(item.fields.flatMap((one) => one.offices))]) }))));
}

function tell(item) {
  const inputs = Object.fromEntries(item.fields.map(({ field: name }) => [name, h("input", { id: `cell-${name}`, maxLength: 500, type: ["born", "confirmed_on"].includes(name) ? "date" : name === "phone" ? "tel" : "text" })]));
  const who = h("p", { class: "small" });
  const look = async () => {
    const opened = await ask(`/v1/records/${item.id}/words`, { body: { purpose: t("missing.purpose") } });
    who.textContent = opened.erased ? t("records.erased") : and(["name", "unit", "address"].map((name) => opened.words[name]).filter(Boolean));
  };
  const values = () => Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value.trim()]).filter(([, value]) => value));
  const save = async (said) => {
    if (!Object.keys(said).length) throw { text: t("missing.nothing") };
    await ask(`/v1/records/${item.id}/correction`, { body: { values: said } }).catch((problem) => { throw { text: inWords(problem) }; });
    say(t("missing.done"), "good");
    show().catch(trouble);
  };
  askInDialog(`${t(`records.kind.${item.kind}`)} · ${item.building ?? gridName(item.grid)}`, [
    h("p", {}, h("button", { type: "button", class: "small", onclick: () => look().catch(trouble) }, t("missing.who"))), who,
    ...Object.entries(inputs).map(([name, input]) => h("div", { class: "field" }, h("label", { htmlFor: input.id }, field(name)), input)),
  ], h("button", { class: "main" }, t("missing.save")), values, save);
}

async function show() {
  const { items, more } = await ask("/v1/missing-cells");
  place.hidden = items.length === 0;
  const rest = items.length - SHOWN;
  $("#missing-title-line", place).textContent = t("missing.title", { count: more ? `${items.length}+` : items.length });
  $("#missing-list", place).replaceChildren(...(whole ? items : items.slice(0, SHOWN)).map(card),
    ...(rest > 0 && !whole ? [h("li", {}, h("button", { type: "button", class: "small", onclick: () => { whole = true; show().catch(trouble); } }, t("missing.rest", { count: rest })))] : []));
}

if (place) {
  await learn();
  await show().catch(trouble);
  document.addEventListener("filled", () => show().catch(trouble));
}

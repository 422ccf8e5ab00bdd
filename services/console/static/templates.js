// What messages say: the text that holds, another one looked at before it is saved, its length and what it costs where.

import { ask, newKey } from "/static/shared/api.js";
import { $, calmly, h, lang, say, t } from "/static/shared/page.js";
import { fully } from "/static/shared/time.js";
import { actorName, learn } from "/static/names.js";

const LANGUAGES = ["zh", "en"];
let rows = [];
let open = null;
let unsaved = () => false;

const whoseOf = ({ template }) => template.split(".")[1];
const table = (heads, lines) => h("div", { class: "message-table" }, h("table", {}, h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))), h("tbody", {}, ...lines.map((cells) => h("tr", {}, ...cells.map((cell) => h("td", {}, cell)))))));

function list() {
  const whose = $("#whose").value;
  $("#rows").replaceChildren(...rows.filter((row) => !whose || whoseOf(row) === whose).map((row) =>
    h("li", {}, h("button", { type: "button", class: "card", dataset: { template: row.template }, onclick: () => leaves() && choose(row.template) },
      h("span", {}, row[lang] ?? row.zh),
      h("span", { class: "mono soft small" }, `${row.template} · ${t("template.version", { version: row.version })}`),
      row.stale.length ? h("span", { class: "tag bad" }, t("template.stale", { gateways: row.stale.join(", ") })) : null))));
}

async function read() {
  rows = (await ask("/v1/message-templates")).items;
  const whose = [...new Set(rows.map(whoseOf))];
  const chosen = $("#whose").value;
  $("#whose").replaceChildren(h("option", { value: "" }, t("template.whose.all")), ...whose.map((each) => h("option", { value: each, selected: each === chosen }, t(`template.whose.${each}`, {}, each))));
  $("#rows").removeAttribute("aria-busy");
  list();
}

/** Whether what is being written may be left. */
const leaves = () => !unsaved() || confirm(t("template.unsaved"));

async function choose(template) {
  try {
    open = await ask(`/v1/message-templates/${encodeURIComponent(template)}`);
    draw();
    $("#one").hidden = false;
    $("#one").focus();
    $("#one").scrollIntoView({ block: "start" });
  } catch (problem) {
    say(problem.text ?? String(problem), "bad");
  }
}

const length = ({ characters, parts, encoding }) => t("template.length", { characters, parts, encoding: t(`template.encoding.${encoding}`) });
const cost = (money, currency) => (money === null ? "—" : `${money} ${currency}`);
const kinds = ({ type }) => t(`template.type.${type}`, {}, type);

function preview(language, told) {
  const shown = told.previews[language];
  const wrong = told.mistakes.filter(({ field }) => field === language);
  return h("div", { dataset: { preview: language } },
    wrong.length ? h("ul", { class: "late" }, ...wrong.map(({ problem, about }) => h("li", {}, t(`template.mistake.${problem}`, { about })))) : null,
    shown ? [
      h("p", { class: "message-preview", lang: language }, shown.text),
      h("p", { class: "small" }, length(shown.length)),
      h("details", { class: `longest-${language}` }, h("summary", { class: "soft small" }, t("template.longest"), " ", length(shown.longest)), h("p", { class: "message-preview", lang: language }, shown.longest_text)),
      table(["gateway", "parts", "cost", "longest_parts", "longest_cost"].map((name) => t(`template.${name}`)), shown.gateways.map((each) => [each.gateway, String(each.parts), cost(each.cost, each.currency), String(each.longest_parts), cost(each.longest_cost, each.currency)])),
    ] : null);
}

function approvals({ approved }) {
  const stands = ({ matches, id, version }) => (matches === null ? t("template.approved.any") : id === null ? t("template.approved.none") : t(matches ? "template.approved.yes" : "template.approved.no", { version }));
  const filled = (values) => (values ? (Array.isArray(values) ? values : Object.entries(values).map(([theirs, ours]) => `${theirs}=${ours}`)).join(", ") : "");
  return [h("h3", {}, t("template.approved")), table([t("template.gateway"), t("template.approved.id"), t("template.approved.values"), t("template.approved.stands")], approved.map((each) => [each.gateway, h("span", { class: "mono" }, each.id ?? "—"), h("span", { class: "mono" }, filled(each.values)), h("span", { class: each.matches === false ? "late" : "" }, stands(each))]))];
}

function close() {
  $("#one").hidden = true;
  unsaved = () => false;
}

function draw() {
  const fields = Object.fromEntries(LANGUAGES.map((language) => [language, h("textarea", { id: `text-${language}`, rows: 5, maxLength: 2000, value: open.texts[language], lang: language, oninput: () => look() })]));
  const previews = h("div", { class: "message-columns", "aria-live": "polite" });
  const note = h("input", { id: "note", maxLength: 200 });
  const save = h("button", { type: "button", class: "main", id: "save", disabled: true }, t("template.save"));
  let last = fields.zh;
  for (const field of Object.values(fields)) field.addEventListener("focus", () => (last = field));
  const put = (name) => {
    last.setRangeText(`{${name}}`, last.selectionStart, last.selectionEnd, "end");
    last.focus();
    look();
  };
  const set = (texts) => {
    for (const language of LANGUAGES) fields[language].value = texts[language];
    look();
  };
  const show = (told) => {
    previews.replaceChildren(...LANGUAGES.map((language) => preview(language, told)));
    save.disabled = !told.changed || told.mistakes.length > 0;
  };
  const written = () => Object.fromEntries(LANGUAGES.map((language) => [language, fields[language].value]));
  const template = open.template;
  unsaved = () => LANGUAGES.some((language) => fields[language].value !== open.texts[language]);
  const look = calmly(async () => {
    const body = written();
    try {
      const told = await ask(`/v1/message-templates/${encodeURIComponent(template)}/preview`, { body });
      if (open.template === template && JSON.stringify(body) === JSON.stringify(written())) show(told);
    } catch (problem) {
      say(problem.text ?? String(problem), "bad");
    }
  }, 400);
  save.addEventListener("click", async () => {
    save.disabled = true;
    try {
      await ask("/v1/commands/ReviseTemplate", { body: { template, ...written(), note: note.value, on: open.version }, headers: { "Idempotency-Key": newKey() } });
      say(t("template.saved"), "good");
      await read();
      await choose(template);
    } catch (problem) {
      say(problem.text ?? String(problem), "bad");
      save.disabled = false;
    }
  });
  $("#one").replaceChildren(
    h("h2", { class: "mono" }, template),
    h("p", { class: "soft" }, t("template.version", { version: open.version })),
    h("p", {}, t("template.placeholders")),
    h("p", { class: "row" }, ...open.placeholders.map((each) => h("button", { type: "button", class: "small", dataset: { placeholder: each.name }, title: t("template.example", { example: each[lang] ?? each.zh }), onclick: () => put(each.name) }, `{${each.name}} ${kinds(each)}`, each.needed ? ` · ${t("template.needed")}` : ""))),
    h("div", { class: "message-columns" }, ...LANGUAGES.map((language) => h("div", {}, h("label", { htmlFor: `text-${language}` }, t(`template.text.${language}`)), fields[language]))),
    previews,
    h("p", {}, h("label", { htmlFor: "note" }, t("template.note")), " ", note),
    h("p", { class: "row" }, save, h("button", { type: "button", onclick: () => set(open.catalogue) }, t("template.catalogue")), h("button", { type: "button", onclick: () => leaves() && close() }, t("ui.close"))),
    ...approvals(open),
    h("h3", {}, t("template.versions")),
    ...(open.versions.length ? open.versions.map((each) => h("details", {}, h("summary", {}, `${each.version} · ${fully(each.at)} · ${actorName(each.actor)} ${each.note}`), h("p", { class: "message-preview" }, each.zh), h("p", { class: "message-preview" }, each.en), h("button", { type: "button", onclick: () => set(each) }, t("template.use")))) : [h("p", { class: "soft" }, t("template.no_versions"))]));
  show(open);
}

$("#whose").addEventListener("change", list);
addEventListener("beforeunload", (event) => unsaved() && event.preventDefault());
await learn().then(read).catch((problem) => say(problem.text ?? String(problem), "bad"));

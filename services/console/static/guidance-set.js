// The office's worded replies: edited in their order, checked, and adopted as one set.

import { ask, newKey } from "/static/shared/api.js";
import { $, calmly, h, lang, say, t } from "/static/shared/page.js";
import { allCategories, learn } from "/static/names.js";

const WORDS = ["categories", "any", "all"];
const SHORT = ["code", "title_zh", "title_en"];
const open = new WeakSet(); // the entries that are being edited stay open when their order changes
let version = 0;
let entries = [];

const list = (text) => text.split(/[,，、\n]/).map((word) => word.trim()).filter(Boolean);
const changed = () => ($("#adopt").disabled = false);

function field(entry, name, place) {
  const id = `${name}-${place}`;
  const value = WORDS.includes(name) ? entry[name].join("、") : entry[name];
  const set = ({ target }) => {
    entry[name] = WORDS.includes(name) ? list(target.value) : target.value.trim();
    changed();
  };
  if (name === "categories") {
    const chosen = () => [...select.selectedOptions].map(({ value: code }) => code);
    const select = h("select", { id, multiple: true, size: 4, onchange: () => { entry[name] = chosen(); changed(); } }, ...allCategories().map(([code, title]) => h("option", { value: code, selected: entry[name].includes(code) }, title)));
    return h("p", {}, h("label", { htmlFor: id }, t(`guidance.field.${name}`)), select);
  }
  const input = name === "zh" || name === "en" ? h("textarea", { id, rows: 3, maxLength: 300, value, lang: name, oninput: set }) : h("input", { id, value, oninput: set });
  return h("p", {}, h("label", { htmlFor: id }, t(`guidance.field.${name}`)), input);
}

function card(entry, place) {
  const move = (by) => {
    const other = place + by;
    if (!entries[other]) return;
    [entries[place], entries[other]] = [entries[other], entries[place]];
    changed();
    draw();
  };
  const drop = () => {
    entries.splice(place, 1);
    changed();
    draw();
  };
  return h("details", { class: "card guidance-edit", open: open.has(entry) || !entry.code, ontoggle: ({ target }) => open[target.open ? "add" : "delete"](entry), dataset: { entry: entry.code } },
    h("summary", {}, `${place + 1}. ${(lang === "en" ? entry.title_en : entry.title_zh) || entry.code || t("guidance.new")}`, h("span", { class: "soft small" }, ` ${[...entry.all, ...entry.any].slice(0, 6).join(" · ")}`)),
    h("div", { class: "row" }, ...SHORT.map((name) => field(entry, name, place))),
    ...WORDS.map((name) => field(entry, name, place)),
    field(entry, "zh", place), field(entry, "en", place),
    h("p", { class: "row" }, h("button", { type: "button", onclick: () => move(-1) }, t("guidance.up")), h("button", { type: "button", onclick: () => move(1) }, t("guidance.down")), h("button", { type: "button", class: "bad", onclick: drop }, t("guidance.drop"))));
}

const draw = () => $("#entries").replaceChildren(...entries.map(card));

async function read() {
  const held = await ask("/v1/guidance");
  ({ version, entries } = held);
  $("#entries").removeAttribute("aria-busy");
  $("#holding").textContent = t(version ? "guidance.holds" : "guidance.holds.house", { version, count: entries.length });
  $("#adopt").disabled = true;
  draw();
}

/** What does not even have the form of a reply is named by its place in the list: "0.code". */
function wrong({ entry, field: where, problem }) {
  const [, place, name = where] = /^(\d+)\.(\w+)/.exec(where) ?? [];
  const why = t(`guidance.mistake.${problem}`, {}, t(`guidance.mistake.of.${name}`, {}, problem));
  return h("li", {}, h("code", {}, entry || (place === undefined ? "" : `${Number(place) + 1}.`)), ` ${t(`guidance.field.${name}`, {}, name)}: ${why}`);
}

async function check() {
  const { ok, mistakes } = await ask("/v1/guidance/check", { body: { entries } });
  $("#outcome").replaceChildren(ok ? h("p", {}, t("guidance.can")) : h("ul", { class: "late" }, ...mistakes.map(wrong)));
  return ok;
}

const carefully = (work) => () => work().catch((problem) => say(problem.text ?? String(problem), "bad"));

$("#add").addEventListener("click", () => {
  entries.unshift({ code: "", categories: [], any: [], all: [], title_zh: "", title_en: "", zh: "", en: "" });
  changed();
  draw();
});
$("#check").addEventListener("click", carefully(check));
$("#adopt").addEventListener("click", carefully(async () => {
  if (!(await check())) return;
  await ask("/v1/commands/AdoptGuidance", { body: { entries, on: version, note: $("#note").value }, headers: { "Idempotency-Key": newKey() } });
  say(t("guidance.adopted"), "good");
  await read();
}));
$("#said").addEventListener("input", calmly(carefully(async () => {
  const text = $("#said").value;
  const { fitting } = text.trim() ? await ask("/v1/guidance/try", { body: { text } }) : { fitting: [] };
  $("#found").replaceChildren(...fitting.map((entry) => h("span", { class: "tag" }, `${lang === "en" ? entry.title_en : entry.title_zh}（${entry.words.join("、")}）`)), fitting.length || !text.trim() ? "" : t("guidance.nothing_fits"));
}), 400));
addEventListener("beforeunload", (event) => $("#adopt").disabled || event.preventDefault()); // what was not adopted is asked about
await carefully(() => learn().then(read))();

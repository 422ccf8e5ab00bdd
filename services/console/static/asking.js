// What a command needs, asked for in a dialog.

import { h, t } from "/static/shared/page.js";
import { ask } from "/static/dialog.js";
import { allWorkers, gridName, grids, posted, workerName } from "/static/names.js";
import { pictureField } from "/static/picture_field.js";

const OPTIONAL = new Set(["outcome", "instead"]);
const CHOICES = { wait: ["why", ["waiting_for_resident", "waiting_for_material", "other"]], severity: ["severity", ["red", "yellow", "blue"]], about: ["about", ["grid_worker", "community_office", "street_office"]] };
/** Some fields have another name in the command than on the page. */
const NAMED = { wait: "reason", accused: "worker" };
const LONGEST = { note: 2000, question: 1000, why: 1000, outcome: 2000, reason: 200, instead: 200, purpose: 200 };

/** Ask for what a command needs, and `perform(values, key)` it. */
export function asked(name, fields, request, perform, optional = []) {
  const pictures = fields.includes("pictures") ? pictureField({ mark: name === "resolve", changed: () => settle() }) : null;
  const typed = fields.filter((field) => field !== "pictures");
  const inputs = Object.fromEntries(typed.map((field) => [field, input(field, request, optional.includes(field))]));
  if (inputs.grid && inputs.worker) {
    const follow = () => inputs.worker.replaceChildren(...posted(inputs.grid.value).map((worker) => h("option", { value: worker }, workerName(worker))));
    inputs.grid.addEventListener("change", follow);
    follow();
  }
  const first = typed.find((field) => inputs[field].tagName === "TEXTAREA");
  const quick = first ? h("div", { class: "pills quick" }, ...[1, 2, 3].map((n) => t(`quick.${name}.${n}`, {}, "")).filter(Boolean).map((text) => h("button", { type: "button", class: "small", onclick: () => { inputs[first].value = text; inputs[first].focus(); } }, text))) : null;
  const go = h("button", { class: "main", value: "go" }, t(`act.${name}`));
  /** A picture may stand for words; nothing is sent while one is on its way. */
  const settle = () => {
    go.disabled = pictures.busy();
    if (name === "note") inputs.note.required = !pictures.values().pictures;
  };
  const parts = [
    h("p", { class: "soft small" }, t(`act.${name}.ask`, { code: request.code }, request.code)),
    ...typed.map((field) => h("div", { class: "field" }, h("label", { htmlFor: `asked-${field}` }, t(`act.field.${field}`), OPTIONAL.has(field) || optional.includes(field) ? h("span", { class: "soft" }, t("ui.optional")) : null), inputs[field])),
    quick,
    pictures ? h("div", { class: "field" }, h("p", { class: "label" }, t("act.field.pictures"), h("span", { class: "soft" }, t("ui.optional"))), pictures.box) : null,
  ].filter(Boolean);
  const values = () => ({ ...Object.fromEntries(typed.map((field) => [NAMED[field] ?? field, inputs[field].value.trim()]).filter(([, value]) => value)), ...pictures?.values() });
  ask(t(`act.${name}`), parts, go, values, perform);
}

function input(field, request, optional = false) {
  const common = { id: `asked-${field}`, required: !optional && !OPTIONAL.has(field) };
  const nobody = h("option", { value: "" }, t("act.accuse.nobody"));
  if (field === "accused") return h("select", common, nobody, ...allWorkers().map(([id, name]) => h("option", { value: id }, name)));
  if (CHOICES[field]) return h("select", common, ...(field === "about" ? [nobody] : []), ...CHOICES[field][1].map((value) => h("option", { value, selected: value === request[field] }, t(`${CHOICES[field][0]}.${value}`))));
  if (field === "grid") return h("select", common, ...[...grids.keys()].map((code) => h("option", { value: code, selected: code === request.grid }, `${code} ${gridName(code)}`)));
  if (field === "matter") return h("input", { ...common, maxLength: 64, autocomplete: "off" });
  if (field === "worker") return h("select", common);
  return h("textarea", { ...common, maxLength: LONGEST[field], rows: 3 });
}

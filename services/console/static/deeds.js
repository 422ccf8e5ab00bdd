// One button, one command, on the pages of joint work: what it needs is asked for in a dialog.

import { ask, newKey } from "/static/shared/api.js";
import { h, say, t } from "/static/shared/page.js";
import { ask as askInDialog } from "/static/dialog.js";
import { gridName, grids, posted, workerName } from "/static/names.js";
import { pictureField } from "/static/picture_field.js";
import { atTheStreet, onTheWall } from "/static/wall.js";

/** When the console has heard of what was commanded: mostly at once, on a busy day a moment later. */
const HEARD = [0, 700, 2500]; // milliseconds

/** A button that sends `command` with `fixed` and with what its fields say; what takes something away is asked about first.
    A field: {name, kind, options, optional, value}. */
export function deed(label, command, fixed, fields, done, tone = "") {
  const [bodies, made] = [new Map(), typeof fixed === "function" ? fixed : (values) => ({ ...fixed, ...values })];
  async function perform(values, key) {
    if (!bodies.has(key)) bodies.set(key, made(values));
    await send(command, bodies.get(key), key);
    say(t("deed.done"), "good");
    for (const pause of HEARD) setTimeout(done, pause);
  }
  async function atOnce({ currentTarget: button }) {
    button.disabled = true;
    try {
      await perform({}, newKey());
    } catch (problem) {
      say(problem.text ?? String(problem), "bad");
    } finally {
      button.disabled = false;
    }
  }
  const onclick = fields.length || tone === "bad" ? () => asked(label, fields, perform, tone) : atOnce;
  return h("button", { type: "button", class: tone, dataset: { deed: command }, onclick }, t(label));
}

export const send = (command, body, key = newKey()) => ask(`/v1/commands/${command}`, { body, headers: { "Idempotency-Key": key } });

/** Who somebody is, opened for a purpose that is on record first. */
export function opener(label, address, purpose) {
  const shown = h("span", { class: "opened", role: "status" });
  const button = h("button", {
    type: "button", class: "bare", onclick: async () => {
      try {
        const { text } = await ask(address, { body: { purpose: t(purpose) } });
        shown.textContent = text ?? t("ui.erased");
        button.remove();
      } catch (problem) {
        say(problem.text ?? String(problem), "bad");
      }
    },
  }, t(label));
  return h("p", { class: "who-is-it" }, button, shown);
}

export const workersOf = () => [...new Set([...grids.keys()].flatMap(posted))].map((id) => [id, workerName(id)]);
export const gridsOf = () => [...grids.keys()].map((code) => [code, `${code} ${gridName(code)}`]);

function asked(label, fields, perform, tone) {
  const go = h("button", { class: tone === "bad" ? "bad" : "main", value: "go" }, t(label));
  const inputs = Object.fromEntries(fields.map((field) => [field.name, field.kind === "pictures" ? pictures(field, go) : input(field)]));
  const shown = fields.map(({ name, label: named = name, optional }) => h("div", { class: "field" }, h("label", { htmlFor: `deed-${name}` }, t(`deed.field.${named}`), optional ? h("span", { class: "soft" }, t("ui.optional")) : null), inputs[name]));
  const values = () => Object.fromEntries(fields.map((field) => [field.name, valueOf(field, inputs[field.name])]).filter(([, value]) => value !== "" && value !== null));
  askInDialog(t(label), fields.length ? shown : [h("p", { class: "soft" }, t("deed.sure"))], go, values, perform);
}

/** Nothing is sent while a picture is on its way. */
function pictures({ name }, go) {
  const field = pictureField({ changed: () => (go.disabled = field.busy()) });
  return Object.assign(field.box, { id: `deed-${name}`, values: field.values });
}

function valueOf({ kind }, element) {
  if (kind === "pictures") return element.values().pictures ?? "";
  if (kind === "tick") return element.checked;
  if (kind === "number") return element.value === "" ? "" : Number(element.value);
  if (kind === "time") return element.value === "" ? "" : atTheStreet(element.value);
  if (kind === "many") return [...element.selectedOptions].map(({ value }) => value);
  return element.value.trim();
}

function input({ name, kind = "text", options = [], optional, value = "", rows = 3 }) {
  const common = { id: `deed-${name}`, required: !optional };
  const listed = () => options.map(([code, text]) => h("option", { value: code, selected: code === value }, text));
  if (kind === "choice") return h("select", common, optional ? h("option", { value: "" }, "—") : null, ...listed());
  if (kind === "many") return h("select", { id: common.id, multiple: true, size: Math.min(6, Math.max(2, options.length)) }, ...listed());
  if (kind === "tick") return h("input", { id: common.id, type: "checkbox", checked: Boolean(value) });
  if (kind === "number") return h("input", { ...common, type: "number", min: 0, max: 366, value });
  if (kind === "time") return h("input", { ...common, type: "datetime-local", value: value && onTheWall(value) });
  if (kind === "long") return h("textarea", { ...common, rows, maxLength: 2000, value });
  return h("input", { ...common, type: "text", maxLength: 200, value });
}

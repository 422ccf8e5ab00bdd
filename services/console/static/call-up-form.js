// The form of a call-up: rows of area, time and number; a new row begins where the last one ends, or beside it.

import { $, h, say, t } from "/static/shared/page.js";
import { gridsOf } from "/static/deeds.js";
import { areaLabel } from "/static/names.js";
import { atTheStreet, onTheWall } from "/static/wall.js";

const HOUR = 3600e3;
const DUTIES = ["", "worker", "deputy", "volunteer", "head"];

/** Every area below the one above it. */
export function inOrder(areas) {
  const known = new Set(areas.map(({ code }) => code));
  const walk = (area) => [area, ...areas.filter(({ parent }) => parent === area.code).flatMap(walk)];
  return areas.filter(({ parent }) => !known.has(parent)).flatMap(walk);
}

/** Fill the form's choices and send what it says: `issue(body)`. */
export function begin(areas, issue) {
  const form = $("#call");
  const rows = $("#rows");
  const options = (chosen) => inOrder(areas).map((area) => h("option", { value: area.code, selected: area.code === chosen }, areaLabel(area)));
  const people = new Map(areas.flatMap(({ posts }) => posts.map(({ worker, name }) => [worker, name])));
  $("select[name=area]", form).append(...options());
  $("select[name=lead]", form).append(...[...people].map(([id, name]) => h("option", { value: id }, name)));

  function row({ area, starts, ends, needed = 2, duty = "", skill = "" }) {
    const field = (name, input) => h("label", {}, t(`call_up.row.${name}`), input);
    const line = h("div", { class: "shift-row" },
      field("area", h("select", { name: "area", required: true }, ...options(area))),
      field("starts", h("input", { name: "starts", type: "datetime-local", required: true, value: onTheWall(starts) })),
      field("ends", h("input", { name: "ends", type: "datetime-local", required: true, value: onTheWall(ends) })),
      field("needed", h("input", { name: "needed", type: "number", min: 1, max: 500, required: true, value: needed })),
      field("duty", h("select", { name: "duty" }, ...DUTIES.map((one) => h("option", { value: one, selected: one === duty }, one ? t(`duty.${one}`) : t("call_up.anybody"))))),
      field("skill", h("input", { name: "skill", maxLength: 40, value: skill, autocomplete: "off" })),
      h("button", { type: "button", class: "bare", onclick: () => rows.children.length > 1 && line.remove() }, t("call_up.row.remove")));
    rows.append(line);
  }

  const said = (line) => Object.fromEntries([...line.querySelectorAll("input, select")].map(({ name, value }) => [name, value.trim()]));
  const last = () => {
    const { starts, ends, ...rest } = said(rows.lastElementChild);
    return { ...rest, starts: new Date(atTheStreet(starts)), ends: new Date(atTheStreet(ends)) };
  };
  function first() {
    const start = new Date(Math.ceil((Date.now() + HOUR) / HOUR) * HOUR);
    rows.replaceChildren();
    row({ area: gridsOf()[0]?.[0], starts: start, ends: new Date(+start + 4 * HOUR) });
  }
  first();

  $("#next").addEventListener("click", () => {
    const { starts, ends, ...rest } = last();
    row({ ...rest, starts: ends, ends: new Date(+ends + (ends - starts)) });
  });
  $("#beside").addEventListener("click", () => {
    const { area, ...rest } = last();
    const codes = gridsOf().map(([code]) => code);
    row({ ...rest, area: codes[(codes.indexOf(area) + 1) % codes.length] });
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const shifts = [...rows.children].map((line, number) => {
      const { starts, ends, needed, ...rest } = said(line);
      const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value));
      return { code: String(number + 1), ...given, starts: atTheStreet(starts), ends: atTheStreet(ends), needed: Number(needed) };
    });
    const { reason, lead, answer_by: by, note } = Object.fromEntries(new FormData(form));
    const area = $("select[name=area]", form).value; // of the whole; each shift has one of its own
    const body = { reason, area, shifts, ...(lead ? { lead } : {}), ...(by ? { answer_by: atTheStreet(by) } : {}), ...(note.trim() ? { note: note.trim() } : {}) };
    const button = $("button.main", form);
    button.disabled = true;
    try {
      await issue(body);
      form.reset();
      first();
      $("#issue").open = false;
    } catch (problem) {
      say(problem.text ?? String(problem), "bad");
    } finally {
      button.disabled = false;
    }
  });
}

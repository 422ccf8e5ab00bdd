// Superiors' tables: which columns are known, the table filled, and how often who asked for the same.

import { ask } from "/static/shared/api.js";
import { $, h, lang, say, t } from "/static/shared/page.js";

const LARGEST = 8 * 1024 * 1024; // bytes, as the door takes them
const form = $("#table");
let file = null;

const encoded = (blob) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(blob);
});

const field = (slug) => t(`record.${slug}`, {}, slug);
const tags = (names, tone) => names.map((name) => h("li", { class: `tag ${tone}` }, name));
const trouble = (problem) => say(problem.text ?? String(problem), "bad");
const kind = () => $("#table-kind").value;

async function look() {
  const [chosen] = $("#table-file").files;
  file = null;
  $("#table-rest").hidden = true;
  $("#table-report").replaceChildren();
  if (!chosen) return;
  if (chosen.size > LARGEST) throw new Error(t("problem.sheet_too_large"));
  const taken = { file: await encoded(chosen), name: chosen.name };
  const found = await ask("/v1/record-templates/columns", { body: kind() ? { ...taken, kind: kind() } : taken });
  file = taken;
  $("#table-kind").value = found.kind;
  $("#table-columns").replaceChildren(...tags(found.known.map((one) => field(one.field)), "good"), ...tags(found.unknown, ""));
  $("#table-found").textContent = t(found.lists_somebody ? "tables.found.listed" : "tables.found.empty", { row: found.row, known: found.known.length, unknown: found.unknown.length });
  $("#table-rest").hidden = false;
}

function download(name, base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0));
  const link = h("a", { href: URL.createObjectURL(new Blob([bytes])), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const filledName = (name) => name.replace(/(\.[^.]*)?$/, (ending) => `-${t("tables.filled")}${ending}`);

async function fill() {
  const said = Object.fromEntries([...new FormData(form)].filter(([name, value]) => typeof value === "string" && value.trim() && name !== "tasks").map(([name, value]) => [name, value.trim()]));
  const done = await ask("/v1/record-templates/filled", { body: { ...file, ...said, tasks: $("#table-tasks").checked } });
  download(filledName(file.name), done.file);
  const line = ({ row, slug, fields }) => h("li", {}, t("tables.line", { row, what: t(`tables.line.${slug}`), fields: fields.map(field).join(lang === "zh" ? "、" : ", ") }));
  $("#table-report").replaceChildren(
    h("p", {}, h("b", {}, t("tables.done", { rows: done.rows, cells: done.cells, missing: done.missing }))),
    h("ul", { class: "small" }, ...done.lines.slice(0, 20).map(line)),
    done.lines.length + done.more_lines > 20 ? h("p", { class: "small soft" }, t("tables.more", { count: done.lines.length + done.more_lines - 20 })) : "");
  await asks();
  form.dispatchEvent(new CustomEvent("filled", { bubbles: true }));
}

async function asks() {
  const { rows, templates } = await ask("/v1/record-asks");
  const line = (row) => h("li", {}, t("tables.asked", { times: row.times, offices: row.offices.length, field: field(row.field), whom: `${t(`records.kind.${row.kind}`)}${row.care ? `（${row.care === "any" ? t("records.care") : row.care}）` : ""}` }), " ", h("span", { class: "soft small" }, row.offices.join(lang === "zh" ? "、" : ", ")));
  $("#asks").replaceChildren(...(rows.length ? rows.slice(0, 12).map(line) : [h("li", { class: "soft" }, t("tables.nobody"))]));
  $("#asks-total").textContent = t("tables.total", { templates });
}

if (form) {
  $("#table-file").addEventListener("change", () => look().catch(trouble));
  $("#table-kind").addEventListener("change", () => look().catch(trouble));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = $("#table-fill");
    button.disabled = true;
    fill().catch(trouble).finally(() => { button.disabled = false; });
  });
  asks().catch(trouble);
}

// The street whistles, departments report in (吹哨报到).

import { ask, newKey } from "/static/shared/api.js";
import { $, h, lang, role, say, t, words } from "/static/shared/page.js";
import { moment, until } from "/static/shared/time.js";
import { deed } from "/static/deeds.js";
import { learn } from "/static/names.js";
import { byTheMinute, redraw } from "/static/redraw.js";
import { story, tag } from "/static/steps.js";

let duties = { checklist: [], departments: [] };
const department = (code) => duties.departments.find((one) => one.code === code)?.[lang] || code;
const item = (code) => duties.checklist.find((one) => one.code === code)?.[lang] || code;
const departments = () => duties.departments.map(({ code }) => [code, department(code)]);
const items = () => duties.checklist.map(({ code }) => [code, `${code} ${item(code)}`]);
const field = (name, more = {}) => ({ name, kind: duties.departments.length ? "choice" : "text", options: departments(), ...more });

function part(task, [code, { role: as, stands, report_in_by, whose }]) {
  const by = until(report_in_by);
  const fixed = { joint_task: task.id, department: code };
  const acts = task.stands !== "running" ? [] : [
    ...(["called", "overdue"].includes(stands) ? [
      deed("joint.report_in", "ReportIn", fixed, [], read),
      deed("joint.refuse", "RefuseJointTask", fixed, [{ name: "item", kind: items().length ? "choice" : "text", options: items() }], read),
    ] : []),
    ...(stands === "here" ? [deed("joint.progress", "NoteDepartmentProgress", fixed, [{ name: "note", kind: "long" }], read)] : []),
    ...(stands === "here" && as === "lead" ? [deed("joint.finish", "FinishJointTask", fixed, [{ name: "outcome", kind: "long", optional: true }], read, "main")] : []),
  ];
  return h("li", {}, h("b", {}, department(code)), h("span", { class: "soft small" }, t(`joint.role.${as}`)), tag("department", stands),
    stands === "called" ? h("span", { class: by.late ? "late" : by.soon ? "soon" : "soft" }, by.text) : null,
    whose ? h("span", { class: "soft small" }, t("joint.whose", { department: department(whose) })) : null,
    task.marks?.[code] !== undefined ? h("span", { class: "soon" }, "★".repeat(task.marks[code]) || "0") : null, ...acts);
}

function card(task) {
  const parts = Object.entries(task.departments ?? {}).sort(([, a], [, b]) => (a.role < b.role ? -1 : 1));
  const acts = task.stands === "running" ? [
    deed("joint.name", "NameDepartment", { joint_task: task.id }, [field("department"), { name: "role", kind: "choice", options: ["support", "lead"].map((one) => [one, t(`joint.role.${one}`)]) }], read),
    deed("joint.call_off", "CallOffJointTask", { joint_task: task.id }, [{ name: "reason" }], read, "bad"),
  ] : task.stands === "done" ? [
    deed("joint.evaluate", "EvaluateJointTask", (said) => ({ joint_task: task.id, marks: parts.map(([code]) => ({ department: code, score: said[code] ?? 0 })) }),
      parts.map(([code]) => ({ name: code, label: "score", kind: "number", value: 5 })), read),
  ] : [];
  return h("article", { class: "card work", dataset: { id: task.id } },
    h("div", { class: "work-top" }, h("h2", {}, h("a", { href: `/#${encodeURIComponent(task.request)}` }, task.duty ? item(task.duty) : t("joint.title"))), tag("joint", task.stands)),
    words(need(task)) ? h("p", {}, words(need(task))) : null,
    h("p", { class: "soft small" }, moment(task.at)),
    h("ul", { class: "parts" }, ...parts.map((one) => part(task, one))),
    role === "worker" ? null : h("p", { class: "acts" }, ...acts),
    story(task.steps, department));
}

const need = (task) => task.steps?.find(({ type }) => type === "JointTaskCalled")?.words?.need;

async function read() {
  const asked = new URLSearchParams(location.search).get("request");
  const [tasks, list] = await Promise.all([ask(`/v1/joint-tasks${asked ? `?request=${encodeURIComponent(asked)}` : ""}`), ask("/v1/duty-list")]);
  duties = { checklist: [], departments: [], ...list.items[0] };
  if (!$("#acts").hasChildNodes()) $("#acts").append(deed("joint.call", "CallJointTask", (said) => ({ joint_task: newKey(), ...said, supporting: [said.supporting ?? []].flat().flatMap((one) => one.split(/[\s,，、]+/)).filter(Boolean) }), [
    { name: "request", value: asked ?? "" },
    { name: "duty", kind: items().length ? "choice" : "text", options: items(), optional: true },
    field("lead"), field("supporting", { kind: duties.departments.length ? "many" : "text", optional: true }),
    { name: "report_in_by", kind: "time", optional: true }, { name: "need", kind: "long", optional: true },
  ], read, "main"));
  const box = $("#works");
  box.className = "works";
  redraw(box, tasks.items, card, { as: byTheMinute });
  $("#nothing").hidden = tasks.items.length > 0;
}

const failed = (problem) => say(problem.text ?? String(problem), "bad");
await learn().then(read).catch(failed);
setInterval(() => $("dialog[open]") || read().catch(failed), 30_000);

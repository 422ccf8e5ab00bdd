// What staff can do to a request in each status: one button, one command. Who may, the owner of the rules decides.

import { ask, newKey } from "/static/shared/api.js";
import { $, h, role, say, sub, t, words } from "/static/shared/page.js";
import { gridName, grids, posted, workerName } from "/static/names.js";

const ACTIONS = {
  assign: { command: "AssignGrid", fields: ["grid"] },
  accept: { command: "AcceptRequest", own: true },
  note: { command: "NoteProgress", fields: ["note"], own: true },
  contacted: { command: "ContactResident", fields: ["note"], own: true, optional: ["note"] },
  ask: { command: "AskResident", fields: ["question"], own: true },
  pause: { command: "PauseClock", fields: ["wait", "note"], optional: ["note"] },
  resume: { command: "ResumeClock", sure: true },
  report_up: { command: "ReportUp", fields: ["reason"] },
  regrade: { command: "RegradeRequest", fields: ["severity", "reason"] },
  resolve: { command: "ResolveRequest", fields: ["outcome"], own: true },
  return: { command: "ReturnRequest", fields: ["reason"], own: true, tone: "bad" },
  transfer: { command: "TransferRequest", fields: ["grid", "worker", "reason"] },
  hold: { command: "HoldRequest", fields: ["reason"] },
  decline: { command: "DeclineRequest", fields: ["reason", "instead"], tone: "bad" },
  join: { command: "JoinMatter", fields: ["matter"] },
  part: { command: "LeaveMatter", sure: true },
  close: { command: "CloseRequest", sure: true },
  reopen: { command: "ReopenRequest", fields: ["reason"] },
};
const OPTIONAL = new Set(["outcome", "instead"]);
const CHOICES = { wait: ["why", ["waiting_for_resident", "waiting_for_material", "other"]], severity: ["severity", ["red", "yellow", "blue"]] };
/** Some fields have another name in the command than on the page. */
const NAMED = { wait: "reason" };
const LONGEST = { note: 2000, question: 1000, outcome: 2000, reason: 200, instead: 200, purpose: 200 };

const BY_STATUS = {
  submitted: ["assign", "decline"],
  triage: ["assign", "decline"],
  returned: ["assign", "decline"],
  assigned: ["accept", "transfer", "hold", "contacted", "ask", "pause", "report_up", "regrade", "return", "decline"],
  reopened: ["accept", "resolve", "note", "hold", "transfer", "contacted", "ask", "pause", "report_up", "regrade", "return", "decline"],
  accepted: ["resolve", "note", "hold", "transfer", "contacted", "ask", "pause", "report_up", "regrade", "return", "decline"],
  in_progress: ["resolve", "note", "hold", "transfer", "contacted", "ask", "pause", "report_up", "regrade", "return", "decline"],
  on_hold: ["resolve", "note", "transfer", "contacted", "ask", "pause", "report_up", "regrade", "return", "decline"],
  resolved: ["close", "reopen"],
  closed: ["reopen"],
  declined: [],
  withdrawn: [],
};
/** Nothing is waiting for staff in these: what can be done is offered, not urged. */
const OVER = new Set(["resolved", "closed"]);
const OF_A_WORKER = new Set(["accept", "note", "resolve", "return", "hold", "contacted", "ask", "pause", "resume", "report_up"]);

/** Open ones can be joined to another request's matter, and parted from it. */
const JOINS = new Set(["assigned", "accepted", "in_progress", "on_hold", "reopened"]);
/** A clock that stands can be started again, and is not stopped twice; above the street there is nobody. */
const fits = (name, { paused, level }) => (name === "pause" ? !paused : name !== "report_up" || level !== "street");
const offered = ({ status, matter, paused }) => [...(BY_STATUS[status] ?? []), ...(paused ? ["resume"] : []), ...(matter ? ["part"] : JOINS.has(status) ? ["join"] : [])];

export const actionsFor = (request) => offered(request).filter((name) => fits(name, request) && (role !== "worker" || OF_A_WORKER.has(name)));

/** The buttons for a request, the likeliest first. `done(name)` is told when a command was taken. */
export function buttons(request, done) {
  return actionsFor(request).map((name, place) => {
    const { tone = "" } = ACTIONS[name];
    return h("button", { type: "button", class: place === 0 && !OVER.has(request.status) ? "main" : tone, dataset: { action: name }, onclick: ({ currentTarget }) => perform(name, request, currentTarget, done) }, t(`act.${name}`));
  });
}

/** A reporter's name and phone are opened for a purpose, which is on record before anybody sees them. */
export function contact(request, label = "act.contact") {
  async function open() {
    const values = await asked("contact", ["purpose"], request);
    if (values === null) return;
    try {
      const found = await ask(`/v1/requests/${encodeURIComponent(request.id)}/reporter`, { body: values });
      show(found.erased ? { name: words("erased") } : found);
    } catch (problem) {
      say(problem.text ?? String(problem), "bad");
    }
  }
  return h("button", { type: "button", class: "bare", dataset: { action: "contact" }, onclick: open }, t(label));
}

function show(found) {
  const lines = ["name", "phone", "address", "unit"].filter((name) => found[name]);
  const value = (name) => (name === "phone" ? h("a", { href: `tel:${found.phone}` }, found.phone) : found[name]);
  const dialog = h("dialog", { "aria-labelledby": "contact-title", onclose: () => dialog.remove() },
    h("form", { method: "dialog", class: "stack" },
      h("h2", { id: "contact-title" }, t("act.contact")),
      lines.length ? h("dl", { class: "facts" }, ...lines.map((name) => h("div", {}, h("dt", {}, t(`act.contact.${name}`)), h("dd", {}, value(name))))) : h("p", {}, t("act.contact.none")),
      h("p", { class: "row" }, h("button", { class: "main" }, t("ui.close")))));
  document.body.append(dialog);
  dialog.showModal();
}

async function perform(name, request, button, done) {
  const { command, fields = [], own, sure, optional = [] } = ACTIONS[name];
  const values = fields.length || sure ? await asked(name, fields, request, optional) : {};
  if (values === null) return;
  if (own && role === "worker") values.worker = sub;
  // One key for one tap: however often it has to be repeated, it happens once.
  const headers = { "Idempotency-Key": newKey() };
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    await patiently(() => ask(`/v1/commands/${command}`, { body: { request: request.id, ...values }, headers }));
    say(t(`act.${name}.done`, { code: request.code }), "good");
    done?.(name);
  } catch (problem) {
    say(problem.text ?? String(problem), "bad");
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

async function patiently(work, tries = 3) {
  try {
    return await work();
  } catch (problem) {
    if (!problem.passing || tries === 0) throw problem;
    await new Promise((go) => setTimeout(go, problem.retryAfter * 1000));
    return patiently(work, tries - 1);
  }
}

/** Ask for what a command needs, in a dialog. Resolves to its fields, or to null when it is called off. */
function asked(name, fields, request, optional = []) {
  return new Promise((resolve) => {
    const inputs = Object.fromEntries(fields.map((field) => [field, input(field, request, optional.includes(field))]));
    if (inputs.grid && inputs.worker) {
      const follow = () => inputs.worker.replaceChildren(...posted(inputs.grid.value).map((worker) => h("option", { value: worker }, workerName(worker))));
      inputs.grid.addEventListener("change", follow);
      follow();
    }
    const first = fields.find((field) => inputs[field].tagName === "TEXTAREA");
    const quick = first ? h("div", { class: "pills quick" }, ...[1, 2, 3].map((n) => t(`quick.${name}.${n}`, {}, "")).filter(Boolean).map((text) => h("button", { type: "button", class: "small", onclick: () => { inputs[first].value = text; inputs[first].focus(); } }, text))) : null;
    const dialog = h("dialog", { "aria-labelledby": "asked-title" },
      h("form", { method: "dialog", class: "stack" },
        h("div", {}, h("h2", { id: "asked-title" }, t(`act.${name}`)), h("p", { class: "soft small" }, t(`act.${name}.ask`, { code: request.code }, request.code))),
        ...fields.map((field) => h("div", { class: "field" }, h("label", { htmlFor: `asked-${field}` }, t(`act.field.${field}`), OPTIONAL.has(field) || optional.includes(field) ? h("span", { class: "soft" }, t("ui.optional")) : null), inputs[field])),
        quick,
        h("p", { class: "row" }, h("button", { type: "button", onclick: () => dialog.close() }, t("ui.cancel")), h("button", { class: "main", value: "go" }, t(`act.${name}`)))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      const values = Object.fromEntries(fields.map((field) => [NAMED[field] ?? field, inputs[field].value.trim()]).filter(([, value]) => value));
      resolve(dialog.returnValue === "go" ? values : null);
    });
    document.body.append(dialog);
    dialog.showModal();
    (inputs[first] ?? $("select", dialog) ?? $(".main", dialog)).focus();
  });
}

function input(field, request, optional = false) {
  const common = { id: `asked-${field}`, required: !optional && !OPTIONAL.has(field) };
  if (CHOICES[field]) return h("select", common, ...CHOICES[field][1].map((value) => h("option", { value, selected: value === request[field] }, t(`${CHOICES[field][0]}.${value}`))));
  if (field === "grid") return h("select", common, ...[...grids.keys()].map((code) => h("option", { value: code, selected: code === request.grid }, `${code} ${gridName(code)}`)));
  if (field === "matter") return h("input", { ...common, maxLength: 64, autocomplete: "off" });
  if (field === "worker") return h("select", common);
  return h("textarea", { ...common, maxLength: LONGEST[field], rows: 3 });
}

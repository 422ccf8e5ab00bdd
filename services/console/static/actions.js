// What staff can do to a request in each status: one button, one command. Who may, the owner of the rules decides.

import { ask, newKey } from "/static/shared/api.js";
import { h, role, say, sub, t } from "/static/shared/page.js";
import { asked } from "/static/asking.js";

const ACTIONS = {
  assign: { command: "AssignGrid", fields: ["grid"] },
  accept: { command: "AcceptRequest", own: true },
  note: { command: "NoteProgress", fields: ["note", "pictures"], own: true },
  contacted: { command: "ContactResident", fields: ["note"], own: true, optional: ["note"] },
  ask: { command: "AskResident", fields: ["question"], own: true },
  pause: { command: "PauseClock", fields: ["wait", "note"], optional: ["note"] },
  resume: { command: "ResumeClock", sure: true },
  report_up: { command: "ReportUp", fields: ["reason"] },
  regrade: { command: "RegradeRequest", fields: ["severity", "reason"] },
  resolve: { command: "ResolveRequest", fields: ["outcome", "pictures"], own: true },
  return: { command: "ReturnRequest", fields: ["reason"], own: true, tone: "bad" },
  transfer: { command: "TransferRequest", fields: ["grid", "worker", "reason"] },
  hold: { command: "HoldRequest", fields: ["reason"] },
  decline: { command: "DeclineRequest", fields: ["reason", "instead"], tone: "bad" },
  join: { command: "JoinMatter", fields: ["matter"] },
  part: { command: "LeaveMatter", fields: ["why"] },
  accuse: { command: "NameAccused", fields: ["accused", "about", "reason"], optional: ["accused", "about"] },
  close: { command: "CloseRequest", sure: true },
  reopen: { command: "ReopenRequest", fields: ["reason"] },
};
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
/** Whom one of these accuses, staff may find out; what follows another request is parted first. */
const ACCUSES = new Set(["complaint", "tip"]);
/** A clock that stands can be started again, and is not stopped twice; above the street there is nobody; what follows
    another request is not given back alone. */
const NOT_WHEN = {
  pause: ({ paused }) => paused,
  report_up: ({ level }) => level === "street",
  return: ({ matter }) => matter,
};
const fits = (name, request) => !NOT_WHEN[name]?.(request);
const offered = ({ status, kind, matter, paused }) => [...(BY_STATUS[status] ?? []), ...(paused ? ["resume"] : []), ...(matter ? ["part"] : JOINS.has(status) ? ["join"] : []), ...(ACCUSES.has(kind) && !matter && BY_STATUS[status]?.length ? ["accuse"] : [])];

/** Operators look after the machines, not after requests; a worker after what is his, or nobody's yet. */
const mine = (name, { worker }) => role !== "operator" && (role !== "worker" || (OF_A_WORKER.has(name) && (worker === sub || !worker)));

const actionsFor = (request) => offered(request).filter((name) => fits(name, request) && mine(name, request));

/** The buttons for a request, the likeliest first. `done(name)` is told when a command was taken. */
export function buttons(request, done) {
  return actionsFor(request).map((name, place) => {
    const { tone = "" } = ACTIONS[name];
    return h("button", { type: "button", class: place === 0 && !OVER.has(request.status) ? "main" : tone, dataset: { action: name }, onclick: ({ currentTarget }) => perform(name, request, currentTarget, done) }, t(`act.${name}`));
  });
}

/** Do it: ask for what it needs, send it under one key, and say what came of it. `given` need not be asked for. */
export async function perform(name, request, button, done, given = {}) {
  const { command, fields = [], own, sure, optional = [] } = ACTIONS[name];
  const wanted = fields.filter((field) => !(field in given));
  /** One key for one tap: however often it has to be repeated, it happens once. */
  async function send(said, key) {
    const body = { request: request.id, ...given, ...said, ...(own && role === "worker" ? { worker: sub } : {}) };
    try {
      await patiently(() => ask(`/v1/commands/${command}`, { body, headers: { "Idempotency-Key": key } }));
      say(t(`act.${name}.done`, { code: request.code }), "good");
      done?.(name);
    } catch (problem) {
      if (problem.status !== 409) throw problem;
      // Somebody else was quicker: what stands now is shown, and what can be done to that.
      say(problem.text, "bad");
      done?.(null);
    }
  }
  if (wanted.length || sure) return asked(name, wanted, request, send, optional);
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    await send({}, newKey());
  } catch (problem) {
    say(problem.text ?? String(problem), "bad");
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
  return null;
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

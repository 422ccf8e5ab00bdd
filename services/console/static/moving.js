// Bulk moves: the rows that were ticked, or all open ones of a worker, go to another; what it would do is told first.

import { ask, newKey } from "/static/shared/api.js";
import { $, h, say, t } from "/static/shared/page.js";
import { since } from "/static/shared/time.js";
import { allWorkers, gridName, grids, workerName } from "/static/names.js";
import { OVER } from "/static/filters.js";

const LOOK_EVERY = 1000; // milliseconds
const table = $("#rows");

/** Ticking rows; `ledger` knows what each row is. */
export function offerToMove(ledger) {
  const button = $("#move");
  if (!button) return;
  const bar = $("#picked");
  const count = () => ($("#picked-count").textContent = t("moving.picked", { count: ticked().length }));
  const picking = (on) => {
    document.body.classList.toggle("picking", on);
    bar.hidden = !on;
    button.setAttribute("aria-pressed", String(on));
    for (const box of table.querySelectorAll(".pick input")) box.checked = false;
    count();
  };
  const chosen = () => ticked().map((id) => ledger.rows.get(id)?.row).filter(Boolean);
  button.addEventListener("click", () => picking(!document.body.classList.contains("picking")));
  table.addEventListener("change", count);
  $("#pick-all").addEventListener("click", () => {
    const boxes = [...table.querySelectorAll(".pick input")];
    const all = boxes.every(({ checked }) => checked);
    for (const box of boxes) box.checked = !all;
    count();
  });
  $("#move-picked").addEventListener("click", () => open(chosen(), ledger.filters.rows.worker, () => picking(false)));
}

const ticked = () => [...table.querySelectorAll(".pick input:checked")].map(({ value }) => value);

/** One job a worker: what is frozen is one worker's list. */
function jobsOf(rows) {
  const byWorker = new Map();
  for (const { id, worker, status } of rows) {
    if (worker && !OVER.has(status)) byWorker.set(worker, [...(byWorker.get(worker) ?? []), id]);
  }
  return [...byWorker].map(([from_worker, requests]) => ({ from_worker, requests }));
}

async function open(rows, worker, done) {
  const option = (value, text) => h("option", { value }, text);
  const workers = () => allWorkers().map(([id, name]) => option(id, name));
  const from = h("select", { id: "move-from" }, rows.length ? option("", t("moving.picked", { count: rows.length })) : null, ...workers());
  if (!rows.length && worker) from.value = worker;
  const to = h("select", { id: "move-to" }, option("", t("moving.to.deputy")), ...workers());
  const grid = h("select", { id: "move-grid" }, option("", t("moving.grid.same")), ...[...grids.keys()].map((code) => option(code, `${code} ${gridName(code)}`)));
  const reason = h("input", { id: "move-reason", maxLength: 200, required: true, value: t("moving.reason.default") });
  const told = h("p", { class: "note small", role: "status" });
  const go = h("button", { class: "main" }, t("moving.go"));
  const jobs = h("ul", { class: "jobs" });
  const asked = () => (from.value ? [{ from_worker: from.value }] : jobsOf(rows)).map((one) => ({ ...one, ...(to.value ? { to_worker: to.value } : {}), ...(grid.value ? { to_grid: grid.value } : {}) }));

  async function tell() {
    $("option", to).textContent = t(grid.value ? "moving.to.posted" : "moving.to.deputy");
    go.disabled = true;
    try {
      const found = await Promise.all(asked().map((body) => ask("/v1/moves/preview", { body })));
      const all = found.reduce((sum, { moves }) => sum + moves, 0);
      const takers = Object.entries(added(found.map(({ to }) => to))).map(([id, count]) => t("moving.would.to", { worker: workerName(id), count }));
      const left = Object.entries(added(found.map(({ left_out }) => left_out))).map(([why, count]) => t("moving.would.left", { count, why: t(`problem.${why}`) }));
      told.textContent = [t("moving.would", { count: all }), ...takers, ...left].join(" · ");
      go.disabled = all === 0;
    } catch (problem) {
      told.textContent = problem.text ?? String(problem);
    }
  }

  async function start(event) {
    event.preventDefault();
    go.disabled = true;
    try {
      const names = [];
      for (const body of asked()) {
        const job = newKey();
        await ask("/v1/commands/MoveRequests", { body: { ...body, job, reason: reason.value.trim() }, headers: { "Idempotency-Key": job } });
        names.push(job);
      }
      await follow(new Set(names), jobs);
      if (dialog.open) told.textContent = t("moving.done");
      say(t("moving.done"), "good");
      done();
    } catch (problem) {
      say(problem.text ?? String(problem), "bad");
      go.disabled = false;
    }
  }

  const field = (label, input) => h("div", { class: "field" }, h("label", { htmlFor: input.id }, t(label)), input);
  const dialog = h("dialog", { "aria-labelledby": "move-title", onclose: () => dialog.remove() },
    h("form", { class: "stack", onsubmit: start, onchange: tell },
      h("div", {}, h("h2", { id: "move-title" }, t("moving.title")), h("p", { class: "soft small" }, t("moving.lead"))),
      field("moving.from", from), field("moving.to", to), field("moving.grid", grid), field("moving.reason", reason), told, jobs,
      h("p", { class: "row" }, h("button", { type: "button", onclick: () => dialog.close() }, t("ui.close")), go)));
  document.body.append(dialog);
  dialog.showModal();
  await Promise.all([tell(), ask("/v1/jobs?limit=3").then(({ items }) => draw(jobs, items), () => {})]);
}

const added = (counts) => counts.flatMap(Object.entries).reduce((sums, [name, count]) => ({ ...sums, [name]: (sums[name] ?? 0) + count }), {});

/** Look until all of these have come to their end. Closing the dialog stops nothing: the service goes on by itself. */
async function follow(names, list) {
  for (;;) {
    const { items } = await ask("/v1/jobs?limit=50").catch(() => ({ items: [] }));
    const ours = items.filter(({ id }) => names.has(id));
    draw(list, ours);
    if (ours.length === names.size && ours.every(({ stands }) => stands === "finished")) return;
    await new Promise((go) => setTimeout(go, LOOK_EVERY));
  }
}

function draw(list, jobs) {
  list.replaceChildren(...jobs.map(({ from_worker, total, upto, not_moved, stands, at }) => {
    const why = Object.entries(added(not_moved.map(({ reason }) => ({ [reason]: 1 })))).map(([reason, count]) => `${t(`problem.${reason}`, {}, reason)} ${count}`);
    const through = stands === "finished" ? total : upto;
    return h("li", {},
      h("div", { class: "row small" }, h("b", {}, workerName(from_worker)), t(`moving.${stands}`, { through, total }), h("span", { class: "soft" }, since(at))),
      h("progress", { max: Math.max(total, 1), value: total ? through : 1, "aria-label": t("moving.title") }),
      why.length ? h("p", { class: "small soft" }, t("moving.not", { why: why.join(" · ") })) : null);
  }));
}

// A grid worker's own open matters, the most urgent first, on a phone in one hand.

import { ask } from "/static/shared/api.js";
import { $, calmly, chip, h, say, sub, t, words } from "/static/shared/page.js";
import { fully, since, until } from "/static/shared/time.js";
import { buttons } from "/static/actions.js";
import { follow } from "/static/live.js";
import { categoryName, gridName, learn, workerName } from "/static/names.js";
import { guidance } from "/static/guidance.js";
import { redraw } from "/static/redraw.js";
import { contact } from "/static/reporter.js";

const OPEN = new Set(["assigned", "accepted", "in_progress", "on_hold", "reopened"]);
const MOST = 200;
const list = $("#mine");

const deadline = ({ status, accept_by, due_at }) => (["assigned", "reopened"].includes(status) && accept_by) || due_at || "9999";

const left = (row) => (deadline(row) === "9999" ? null : until(deadline(row)));

async function read() {
  const { items } = await ask(`/v1/ledger?${new URLSearchParams({ mine: true, order: "rank", limit: MOST })}`);
  const open = items.filter(({ status }) => OPEN.has(status));
  $("#nothing").hidden = open.length > 0;
  const late = open.filter((row) => deadline(row) < new Date().toISOString()).length;
  $("#mine-total").textContent = open.length ? t(late ? "mine.total.late" : "mine.total", { open: open.length, late }) : "";
  redraw(list, open, card, { as: (row) => JSON.stringify([row, since(row.at), left(row)?.text]) });
  return Math.max(0, ...items.map(({ revision }) => revision));
}

function card(row) {
  const by = deadline(row);
  const due = left(row);
  return h("li", { class: `card matter sev-${row.severity ?? "none"}`, dataset: { id: row.id, code: row.code } },
    h("div", { class: "matter-top" }, h("h2", {}, row.category ? categoryName(row.category) : t(`kind.${row.kind}`)), chip(row.status)),
    h("p", { class: "matter-text" }, words(row.text)),
    h("p", { class: "matter-facts soft" },
      h("span", {}, row.place?.building ?? gridName(row.grid)),
      h("span", {}, since(row.at)),
      h("span", { class: "mono" }, row.code),
      row.worker && row.worker !== sub ? h("b", {}, t("mine.instead", { name: workerName(row.worker) })) : null,
      due ? h("span", { class: due.late ? "late" : due.soon ? "soon" : "", title: fully(by) }, due.text) : null),
    h("div", { class: "acts big" }, ...buttons(row, again), contact(row)),
    guidance(row, again));
}

const again = calmly(() => read().catch((problem) => say(problem.text, "bad")), 300);

async function start() {
  await learn();
  follow({
    after: await read(),
    rows: (rows) => {
      if (rows.some(({ id, worker }) => worker === sub || $(`[data-id="${CSS.escape(id)}"]`, list))) again();
    },
  });
}

await start().catch((problem) => say(problem.text ?? String(problem), "bad"));
setInterval(again, 60_000);

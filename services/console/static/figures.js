// The director's figures: counted by the service from the ledger each time, never written here.

import { ask } from "/static/shared/api.js";
import { $, calmly, h, say, t } from "/static/shared/page.js";
import { fully } from "/static/shared/time.js";
import { follow } from "/static/live.js";
import { gridName, learn } from "/static/names.js";

const ORDER = ["submitted", "triage", "assigned", "accepted", "in_progress", "on_hold", "returned", "reopened", "resolved", "closed", "declined", "withdrawn"];

function bars(list, entries, link) {
  const most = Math.max(1, ...entries.map(({ count }) => count));
  list.replaceChildren(
    ...entries.map(({ key, name, count, tone }) => {
      const bar = h("i", { class: tone ?? "" });
      bar.style.width = `${(count / most) * 100}%`;
      return h("li", {}, h("a", { href: link(key) }, h("span", { class: "name" }, name), h("span", { class: "bar" }, bar), h("b", {}, String(count))));
    }),
  );
}

async function read() {
  const figures = await ask("/v1/figures");
  for (const tile of document.querySelectorAll("#tiles > div")) {
    const value = figures[tile.dataset.name];
    $("dd", tile).textContent = value;
    tile.classList.toggle("bad", tile.dataset.name !== "open" && value > 0);
  }
  bars($("#by-status"), ORDER.filter((status) => figures.by_status[status]).map((status) => ({ key: status, name: t(`status.${status}`), count: figures.by_status[status], tone: `s-${status}` })), (status) => `/?status=${status}`);
  const busiest = Object.entries(figures.by_grid).filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
  bars($("#by-grid"), busiest.map(([code, count]) => ({ key: code, name: `${code} ${gridName(code)}`, count })), (code) => `/?grid=${encodeURIComponent(code)}`);
  $("#no-grid").hidden = busiest.length > 0;
  $("#as-of").textContent = t("figures.as_of", { time: fully(new Date()) });
}

async function start() {
  await learn();
  await read();
  const again = calmly(() => read().catch(() => {}), 2000);
  follow({ rows: again });
}

await start().catch((problem) => say(problem.text ?? String(problem), "bad"));

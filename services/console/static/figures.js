// The director's figures: counted by the service from the ledger each time, never written here.

import { ask } from "/static/shared/api.js";
import { $, calmly, say, t } from "/static/shared/page.js";
import { fully } from "/static/shared/time.js";
import { bars, byStatus } from "/static/bars.js";
import { follow } from "/static/live.js";
import { gridName, learn } from "/static/names.js";

async function read() {
  const figures = await ask("/v1/figures");
  for (const tile of document.querySelectorAll("#tiles > div")) {
    const value = figures[tile.dataset.name];
    $(".number", tile).textContent = value;
    tile.classList.toggle("bad", tile.dataset.name !== "open" && value > 0);
  }
  byStatus($("#by-status"), figures.by_status);
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

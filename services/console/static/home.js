// The staff's one page: map, ledger and one request, kept in step with each other and with the stream.

import { ask } from "/static/shared/api.js";
import { Grids } from "/static/shared/grids.js";
import { $, calmly, h, say, t } from "/static/shared/page.js";
import { byStatus } from "/static/bars.js";
import { Dossier } from "/static/dossier.js";
import { Ledger } from "/static/ledger.js";
import { follow } from "/static/live.js";
import { learn, plan } from "/static/names.js";

async function start() {
  await learn();
  const map = new Grids($("#map"), plan, { onGrid: (code) => ledger.set("grid", ledger.filters.grid === code ? "" : code) });
  const count = calmly(async () => {
    const { community } = ledger.filters;
    const figures = await ask(`/v1/figures?${community ? new URLSearchParams({ community }) : ""}`).catch(() => null);
    if (!figures) return;
    byStatus($("#by-status"), figures.by_status);
    $("#most").textContent = map.load(figures.by_grid);
    $("#totals").replaceChildren(
      ...["open", "overdue", "without_owner"].map((name) => h("span", { class: figures[name] && name !== "open" ? "late" : "" }, t(`ledger.total.${name}`), h("b", {}, String(figures[name])))),
    );
  }, 1500);

  const dossier = new Dossier({
    onState: (state) => {
      map.select(state.grid);
      map.pin(state.place);
    },
    onClose: () => {
      history.replaceState(null, "", location.pathname + location.search);
      chosen();
    },
  });
  const ledger = new Ledger({
    onChoose: (id) => dossier.open(id),
    onFilter: ({ community, grid }) => {
      count();
      map.frame(community ? (each) => each.community === community : undefined);
      map.select(grid ?? null);
    },
  });

  function chosen() {
    const id = decodeURIComponent(location.hash.slice(1));
    ledger.choose(id || null);
    if (!id) {
      map.pin(null);
      map.select(ledger.filters.grid ?? null);
    }
  }

  const after = await ledger.load();
  chosen();
  addEventListener("hashchange", chosen);
  follow({
    after,
    rows: (rows) => {
      ledger.changed(rows);
      count();
      if (rows.some(({ id, code }) => id === dossier.id || code === dossier.id)) dossier.again();
    },
  });
}

await start().catch((problem) => say(problem.text ?? String(problem), "bad"));

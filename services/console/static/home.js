// The staff's one page: map, ledger and one request, kept in step with each other and with the stream.

import { ask } from "/static/shared/api.js";
import { Grids } from "/static/shared/grids.js";
import { $, calmly, h, say, t } from "/static/shared/page.js";
import { byStatus } from "/static/bars.js";
import { Dossier } from "/static/dossier.js";
import { fragment, place } from "/static/filters.js";
import { Ledger } from "/static/ledger.js";
import { follow } from "/static/live.js";
import { offerToMove } from "/static/moving.js";
import { learn, plan } from "/static/names.js";
import { offerToTake } from "/static/taking.js";
import { Views } from "/static/views.js";

async function start() {
  await learn();
  const map = new Grids($("#map"), plan, { onGrid: (code) => ledger.filters.set("grid", ledger.filters.rows.grid === code ? "" : code) });
  const count = calmly(async () => {
    const { community } = ledger.filters.rows;
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
      history.replaceState(null, "", location.pathname + location.search + fragment({ id: "" }));
      chosen();
    },
  });
  const ledger = new Ledger({
    onChoose: (id) => dossier.open(id),
    onFilter: ({ community, grid }) => {
      count();
      map.frame(community ? (each) => each.community === community : undefined);
      map.select(grid ?? null);
      views.draw();
    },
  });
  const views = new Views(ledger.filters, () => ledger.load());
  offerToTake(ledger.filters);
  offerToMove(ledger);

  function chosen() {
    const { id } = place();
    ledger.choose(id || null);
    if (!id) {
      map.pin(null);
      map.select(ledger.filters.rows.grid ?? null);
    }
  }

  await views.load({ opening: true });
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

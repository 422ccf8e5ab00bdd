// Relay cards: what somebody carries by hand into a chat group that no API reaches.

import { ask } from "/static/shared/api.js";
import { $, say, t } from "/static/shared/page.js";
import { learn } from "/static/names.js";
import { byTheMinute, redraw } from "/static/redraw.js";
import { relayCard } from "/static/relay.js";

async function read() {
  const { items, counts } = await ask("/v1/relay-cards");
  redraw($("#relay-cards"), items, (card) => relayCard(card, soon), { key: ({ delivery }) => delivery, as: byTheMinute });
  $("#nothing").hidden = items.length > 0;
  $("#relay-counts").textContent = t("relay.counts", counts);
}

const again = () => read().catch((problem) => say(problem.text ?? String(problem), "bad"));

/** Who reads it right after a tap may come before the desk has heard of it. */
const soon = () => [0, 1500, 4000].forEach((pause) => setTimeout(again, pause));

await learn();
await again();
setInterval(again, 60_000);

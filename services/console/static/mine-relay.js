// On a worker's own page: the relay cards that wait for somebody to carry them into a group.

import { ask } from "/static/shared/api.js";
import { $ } from "/static/shared/page.js";
import { learn } from "/static/names.js";
import { relayCard } from "/static/relay.js";

async function read() {
  const { items } = await ask("/v1/relay-cards");
  const open = items.filter(({ stands }) => stands === "handed_over");
  $("#relay-list").replaceChildren(...open.map((card) => relayCard(card, soon)));
  $("#relay").hidden = open.length === 0;
}

const again = () => read().catch(() => {}); // the rest of the page says what is wrong

/** Who reads it right after a tap may come before the desk has heard of it. */
const soon = () => [0, 1500, 4000].forEach((pause) => setTimeout(again, pause));

await learn();
await again();
setInterval(again, 60_000);

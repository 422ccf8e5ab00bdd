// On a worker's own page: the relay cards that wait for somebody to carry them into a group.

import { ask } from "/static/shared/api.js";
import { $ } from "/static/shared/page.js";
import { learn } from "/static/names.js";
import { relayCard } from "/static/relay.js";

async function read() {
  const { items } = await ask("/v1/relay-cards");
  const open = items.filter(({ stands }) => stands === "handed_over");
  $("#relay-list").replaceChildren(...open.map((card) => relayCard(card, again)));
  $("#relay").hidden = open.length === 0;
}

const again = () => read().catch(() => {}); // the rest of the page says what is wrong

await learn();
await again();
setInterval(again, 60_000);

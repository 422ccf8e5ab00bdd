// On a worker's own page: a grave warning that one has not said to have seen.

import { ask } from "/static/shared/api.js";
import { $, h, t } from "/static/shared/page.js";

async function look() {
  const { items } = await ask("/v1/alerts");
  const waits = items.filter(({ mine }) => mine).length;
  const box = $("#alerted");
  box.hidden = !waits;
  box.replaceChildren(h("a", { href: "/alerts" }, t("alert.waits", { count: waits })));
}

const quietly = () => look().catch(() => {}); // the page is about other things; the next look tells
await quietly();
setInterval(quietly, 30_000);

// What many call for: topics that the street proposes to its council hall.

import { ask } from "/static/shared/api.js";
import { $, calmly, h, say, t } from "/static/shared/page.js";
import { fully, since } from "/static/shared/time.js";
import { follow } from "/static/live.js";
import { categoryName, gridName, learn } from "/static/names.js";

function card({ grid, category, requests = [], threshold, month, at }) {
  return h("li", { class: "card topic" },
    h("p", { class: "soft small" }, month ?? ""),
    h("h2", {}, t("topics.name", { grid: gridName(grid), category: categoryName(category) })),
    h("p", {}, t("topics.why", { count: requests.length || threshold, threshold })),
    h("p", { class: "row small" }, h("a", { href: `/?${new URLSearchParams({ grid, category })}` }, t("topics.requests")), at ? h("time", { class: "soft", dateTime: at, title: fully(at) }, since(at)) : null));
}

async function read() {
  const { items } = await ask("/v1/topics");
  $("#topics").removeAttribute("aria-busy");
  $("#nothing").hidden = items.length > 0;
  $("#topics").replaceChildren(...items.map(card));
}

async function start() {
  await learn();
  await read();
  follow({ topics: calmly(() => read().catch(() => {}), 500) });
}

await start().catch((problem) => say(problem.text ?? String(problem), "bad"));

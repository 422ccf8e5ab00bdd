// What many say: clusters over days and grids, with the words that describe them. The machine suggests; people decide.

import { ask } from "/static/shared/api.js";
import { $, h, say, t } from "/static/shared/page.js";
import { fully, since } from "/static/shared/time.js";
import { gridName, learn } from "/static/names.js";

const SHOWN = 8;

function card({ words, size, people, grids, last, by_day: days, requests }) {
  const most = Math.max(...Object.values(days));
  const trend = Object.entries(days).slice(-14).map(([day, count]) => `${day.slice(5)} ${"▁▂▃▄▅▆▇█"[Math.ceil((7 * count) / most)]}`);
  return h("li", { class: "card topic" },
    h("h2", {}, words.join(" · ") || t("hot.no_words")),
    h("p", {}, t("hot.size", { size, people })),
    h("p", { class: "soft small" }, trend.join(" ")),
    h("p", { class: "row small links" }, ...Object.entries(grids).slice(0, SHOWN).map(([grid, count]) => h("a", { href: `/?${new URLSearchParams({ grid })}` }, `${gridName(grid)} ${count}`))),
    h("p", { class: "row small links" }, ...requests.slice(-SHOWN).map(({ id, code }) => h("a", { class: "mono", href: `/#${id}` }, code)), requests.length > SHOWN ? h("span", { class: "soft" }, t("hot.more", { count: requests.length - SHOWN })) : null),
    h("p", { class: "small" }, h("time", { class: "soft", dateTime: last, title: fully(last) }, since(last))));
}

async function start() {
  await learn();
  const { items } = await ask("/v1/hot");
  $("#hot").removeAttribute("aria-busy");
  $("#nothing").hidden = items.length > 0;
  $("#hot").replaceChildren(...items.map(card));
}

await start().catch((problem) => say(problem.text ?? String(problem), "bad"));

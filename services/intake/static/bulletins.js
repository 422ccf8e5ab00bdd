// The bulletins of a community, the newest first.

import { ask } from "/static/shared/api.js";
import { $, h, lang, say, t } from "/static/shared/page.js";
import { moment } from "/static/shared/time.js";
import { days, inWords } from "/static/shared/bulletin.js";

const area = $("#area");
const list = $("#bulletins");

const item = (one) => h("li", { class: "card" },
  h("a", { href: `/b/${one.id}` }, h("b", {}, inWords(one.title))),
  h("p", { class: "soft small" }, `${t(`bulletin.span.${one.span}`)} · ${days(one)}`),
  h("p", { class: "soft small" }, t("bulletin.published", { time: moment(one.published_at) }), one.edition > 1 ? ` · ${t("bulletin.edition", { edition: one.edition })}` : ""));

async function read() {
  const query = area.value ? `?area=${encodeURIComponent(area.value)}` : "";
  const { items } = await ask(`/v1/bulletins${query}`);
  list.replaceChildren(...items.map(item));
  list.removeAttribute("aria-busy");
  $("#none").hidden = items.length > 0;
}

const failed = (problem) => say(problem.text ?? String(problem), "bad");

try {
  const { communities } = await ask("/v1/help");
  area.append(...communities.map((one) => h("option", { value: one.code }, one[lang])));
  area.value = new URLSearchParams(location.search).get("area") ?? "";
  area.addEventListener("change", () => read().catch(failed));
  await read();
} catch (problem) {
  failed(problem);
}

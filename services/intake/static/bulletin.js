// One bulletin: what was decided, done and is due, as it is published.

import { ask } from "/static/shared/api.js";
import { $, h, t } from "/static/shared/page.js";
import { fully } from "/static/shared/time.js";
import { corrections, days, inWords, sections } from "/static/shared/bulletin.js";

const box = $("#bulletin");

function show(one) {
  document.title = inWords(one.title);
  const head = [h("h1", {}, inWords(one.title)), h("p", { class: "lead" }, `${days(one)} · ${t("bulletin.published", { time: fully(one.published_at) })}`)];
  if (one.withdrawn) return box.replaceChildren(...head, h("p", { class: "note bad" }, t("bulletin.withdrawn", { time: fully(one.withdrawn.at), why: one.withdrawn.why })));
  return box.replaceChildren(...head, ...corrections(one.editions), h("div", { class: "card bulletin" }, ...sections(one.lines)));
}

try {
  show(await ask(`/v1/bulletins/${encodeURIComponent(box.dataset.id)}`));
} catch (problem) {
  box.replaceChildren(h("section", { class: "card empty", role: "alert" }, h("h1", {}, problem.status === 404 ? t("bulletins.unknown") : (problem.text ?? String(problem)))));
}
box.removeAttribute("aria-busy");

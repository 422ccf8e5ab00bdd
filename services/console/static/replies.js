// What residents wrote back: opened one by one, each on record, and marked when somebody has seen to it.

import { ask } from "/static/shared/api.js";
import { $, h, say, t } from "/static/shared/page.js";
import { fully, since } from "/static/shared/time.js";
import { send } from "/static/deeds.js";
import { redraw } from "/static/redraw.js";

const trouble = (problem) => say(problem.text ?? String(problem), "bad");

async function open(reply, place) {
  const found = await ask(`/v1/replies/${encodeURIComponent(reply)}/words`, { body: { purpose: t("replies.why") } });
  const shown = found.erased ? [t("replies.erased")] : [h("span", { class: "mono" }, found.phone ?? ""), " ", h("span", {}, found.text ?? "")];
  place.replaceChildren(...shown);
}

async function settle(reply) {
  await send("SettleReply", { reply });
  say(t("replies.settled"), "good");
  setTimeout(() => read().catch(trouble), 300);
}

function line({ reply, at, code }) {
  const words = h("p", { class: "what" }, h("button", { type: "button", class: "small", onclick: () => open(reply, words).catch(trouble) }, t("replies.open")));
  return h("li", {}, words,
    h("p", { class: "row small" }, h("time", { class: "soft", dateTime: at, title: fully(at) }, since(at)),
      code ? h("a", { class: "mono", href: `/#${code}` }, code) : null,
      h("button", { type: "button", class: "bare", onclick: () => settle(reply).catch(trouble) }, t("replies.settle"))));
}

async function read() {
  const { items } = await ask("/v1/replies");
  $("#no-replies").hidden = items.length > 0;
  redraw($("#replies"), items, line, { key: ({ reply }) => reply, as: ({ reply }) => reply });
}

await read().catch(trouble);

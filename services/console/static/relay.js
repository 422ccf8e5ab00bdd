// One relay card: the text to copy, the group it goes to, and 已发. On the page of cards and on a worker's own.

import { h, say, t } from "/static/shared/page.js";
import { fully, since, until } from "/static/shared/time.js";
import { deed } from "/static/deeds.js";
import { gridName, workerName } from "/static/names.js";

/** A phone in the office network has no clipboard of its own off https: then the words are marked, to be copied by hand. */
async function copy(text, quote) {
  try {
    await navigator.clipboard.writeText(text);
    say(t("relay.copied"), "good");
  } catch {
    const range = document.createRange();
    range.selectNodeContents(quote);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    say(t("relay.marked"));
  }
}

export function relayCard(card, done) {
  const open = card.stands === "handed_over";
  const quote = h("blockquote", { class: "words" }, card.text);
  const due = open ? until(card.until) : null;
  return h("li", { class: `card relay ${open ? "" : "over"}`, dataset: { id: card.delivery, stands: card.stands } },
    h("div", { class: "matter-top" }, h("h2", {}, card.group || t("relay.group")), h("span", { class: "chip" }, t(`relay.stands.${card.stands}`))),
    h("p", { class: "soft" }, h("span", {}, card.grid ? gridName(card.grid) : ""), " · ", h("time", { dateTime: card.handed_at, title: fully(card.handed_at) }, since(card.handed_at)),
      due ? [" · ", h("span", { class: due.late ? "late" : due.soon ? "soon" : "", title: fully(card.until) }, due.text)] : null),
    quote,
    card.by ? h("p", { class: "soft small" }, t("relay.by", { name: workerName(card.by) })) : null,
    open ? h("p", { class: "acts big" },
      h("button", { type: "button", dataset: { copy: "" }, onclick: () => copy(card.text, quote) }, t("relay.copy")),
      deed("relay.sent", "ConfirmRelay", { delivery: card.delivery }, [], done, "main")) : null);
}

// The sandbox's outbox: what would have been sent. It never pretends that somebody read it.

import { ask } from "/static/shared/api.js";
import { $, calmly, h, say, t } from "/static/shared/page.js";
import { fully, moment, since } from "/static/shared/time.js";
import { follow } from "/static/live.js";

const MOST = 100;

function bubble({ at, channel, recipient, to, text, status, request, held, again_at: until }) {
  const waits = held && until ? t(`delivery.held.${held}`, { until: moment(until) }) : null;
  const [kind] = recipient.split(":");
  return h("li", { class: `bubble ${channel}` },
    h("header", {}, h("b", {}, t(`outbox.to.${kind}`, {}, kind)), h("span", { class: "mono soft" }, to ?? ""), h("span", { class: "soft small" }, t(`channel.${channel}`))),
    h("p", { class: "text" }, text ?? waits ?? t(`delivery.${status}`, {}, status)),
    h("p", { class: "small soft" }, h("time", { dateTime: at, title: fully(at) }, since(at)), text ? ` · ${t(`delivery.${status}`, {}, status)}` : null, request ? [" · ", h("a", { href: `/#${request}` }, t("outbox.request"))] : null));
}

async function read() {
  const { items } = await ask(`/v1/deliveries?limit=${MOST}`);
  $("#outbox").removeAttribute("aria-busy");
  $("#nothing").hidden = items.length > 0;
  $("#outbox").replaceChildren(...items.map(bubble));
}

await read().catch((problem) => say(problem.text ?? String(problem), "bad"));
follow({ rows: calmly(() => read().catch(() => {}), 1500) });

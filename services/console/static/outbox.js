// The outbox: what was told to whom, and what is known of it. Of the sandbox it never pretends that somebody read it.

import { ask } from "/static/shared/api.js";
import { $, calmly, h, say, t } from "/static/shared/page.js";
import { fully, since } from "/static/shared/time.js";
import { learn, workerName } from "/static/names.js";
import { redraw } from "/static/redraw.js";
import { follow } from "/static/live.js";

const MOST = 100;
const SAYS_MORE = new Set(["unknown", "deferred", "failed", "requested"]);
const FOLLOWS = { unknown: "outbox.asks_at", requested: "outbox.waits_until" };

const status = (word) => t(`delivery.${word}`, {}, word);
const word = (type) => type.replace(/^Delivery/, "").replace(/(?!^)[A-Z]/g, "_$&").toLowerCase();
const time = (at) => h("time", { dateTime: at, title: fully(at) }, since(at));

/** What is known of one that has not arrived: why, who had it, how often that one was asked, and what follows. */
function known({ status: stands, reason, gateway, asked, held, again_at: again }) {
  if (!SAYS_MORE.has(stands)) return null;
  const parts = [gateway, reason ? t(`outbox.why.${reason}`, {}, reason) : null];
  if (stands === "unknown") parts.push(asked ? t("outbox.asked", { asked }) : null, again ? null : t("outbox.asked_no_more"));
  if (again) parts.push(t((held && `outbox.held.${held}`) ?? FOLLOWS[stands] ?? "outbox.tries_at", { at: fully(again) }));
  const said = parts.filter(Boolean);
  return said.length ? h("p", { class: "small" }, said.join(" · ")) : null;
}

function fact({ type, at, gateway, reason, reference, part }) {
  return h("li", {}, fully(at), " ", h("b", {}, status(word(type))), [gateway, reason && t(`outbox.why.${reason}`, {}, reason), part, reference].filter(Boolean).map((said) => ` · ${said}`).join(""));
}

async function tell(delivery, place) {
  const { story } = await ask(`/v1/deliveries/${delivery}`);
  place.replaceChildren(...story.map(fact));
}

function story(delivery) {
  const facts = h("ol", { class: "small" });
  const all = h("details", { class: "small" }, h("summary", {}, t("outbox.story")), facts);
  const read = () => tell(delivery, facts).catch((problem) => say(problem.text ?? String(problem), "bad"));
  all.addEventListener("toggle", () => all.open && read());
  return all;
}

function bubble(item) {
  const { delivery, at, channel, recipient, to, text, status: stands, request } = item;
  const [kind, who] = recipient.split(":");
  return h("li", { class: `bubble ${channel}` },
    h("header", {}, h("b", {}, t(`outbox.to.${kind}`, {}, kind)), kind === "worker" || kind === "staff" ? h("span", {}, workerName(who)) : null, h("span", { class: "mono soft" }, to ?? ""), h("span", { class: "soft small" }, t(`channel.${channel}`))),
    text ? h("p", { class: "text" }, text) : null,
    h("p", { class: "small soft" }, time(at), ` · ${status(stands)}`, request ? [" · ", h("a", { href: `/#${request}` }, t("outbox.request"))] : null),
    known(item),
    story(delivery));
}

async function read() {
  const asked = new URLSearchParams({ limit: MOST });
  const wanted = $("#which").elements.status.value;
  if (wanted) asked.set("status", wanted);
  const { items } = await ask(`/v1/deliveries?${asked}`);
  $("#nothing").hidden = items.length > 0;
  $("#sandbox").hidden = !items.some(({ text }) => text);
  redraw($("#outbox"), items, bubble, { key: ({ delivery }) => delivery, as: (item) => JSON.stringify([item, since(item.at)]) });
}

const again = () => read().catch((problem) => say(problem.text ?? String(problem), "bad"));
$("#which").elements.status.value = new URLSearchParams(location.search).get("status") ?? "";
$("#which").addEventListener("change", again);
await learn().catch(() => {}); // an operator may not know who is who
await again();
follow({ rows: calmly(() => read().catch(() => {}), 1500) });

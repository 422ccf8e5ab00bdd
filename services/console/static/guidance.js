// Worded replies (话术) for one request: what fits, with the words that called for it; one tap sends it.

import { ask, newKey } from "/static/shared/api.js";
import { h, lang, role, say, sub, t } from "/static/shared/page.js";
import { fully, moment } from "/static/shared/time.js";
import { actorName } from "/static/names.js";

const title = (entry) => (lang === "en" ? entry.title_en : entry.title_zh);
const text = (entry) => (lang === "en" ? entry.en : entry.zh);
const OVER = new Set(["resolved", "closed", "declined", "withdrawn"]);
const mine = ({ worker }) => role !== "operator" && (role !== "worker" || worker === sub);

/** Folded away on a worker's page, and looked up when it is opened; `open`: looked up at once. After a reply was sent it is looked up again, and stays open. */
export function guidance(request, done, { open = false } = {}) {
  if (OVER.has(request.status) || !mine(request)) return null;
  const list = h("div", { class: "guidance-list", "aria-busy": "true", dataset: { fills: "guidance" } });
  const box = h("details", { class: "guidance" }, h("summary", {}, t("guidance.title")), list);
  let asked = false;
  const look = async () => {
    if (asked) return;
    asked = true;
    try {
      const found = await ask(`/v1/requests/${encodeURIComponent(request.id)}/guidance`);
      list.replaceChildren(...drawn(request, found, sent));
      if (open && found.fitting.length) box.open = true;
    } catch (problem) {
      asked = false;
      list.replaceChildren(h("p", { class: "soft" }, problem.text ?? String(problem)));
    }
    list.removeAttribute("aria-busy");
  };
  const sent = async () => {
    asked = false;
    await look();
    done?.();
  };
  box.addEventListener("toggle", () => box.open && look());
  if (open) look();
  return box;
}

function drawn(request, { version, reachable, fitting, others, sent }, done) {
  const had = new Map(sent.map((each) => [each.code, each]));
  const card = (entry) => offer(request, entry, { version, reachable, sent: had.get(entry.code) }, done);
  return [
    reachable ? null : h("p", { class: "note sun" }, t("guidance.unreachable")),
    ...(fitting.length ? fitting.map(card) : [h("p", { class: "soft" }, t("guidance.nothing_fits"))]),
    others.length ? h("details", { class: "guidance-others" }, h("summary", { class: "soft small" }, t("guidance.others", { count: others.length })), ...others.map(card)) : null,
  ].filter(Boolean);
}

function offer(request, entry, { version, reachable, sent }, done) {
  const send = h("button", { type: "button", class: "main", disabled: !reachable, dataset: { guidance: entry.code } }, t("guidance.send"));
  send.addEventListener("click", async () => {
    send.disabled = true;
    try {
      await ask("/v1/commands/SendGuidance", { body: { request: request.id, guidance: entry.code, guidance_version: version }, headers: { "Idempotency-Key": newKey() } });
      say(t("guidance.sent"), "good");
      await done();
    } catch (problem) {
      say(problem.text ?? String(problem), "bad");
      send.disabled = false;
    }
  });
  const why = [...entry.words, ...(entry.category ? [t("guidance.by_category")] : [])];
  return h("article", { class: "guidance-entry", dataset: { code: entry.code } },
    h("h3", {}, title(entry), ...why.map((word) => h("span", { class: "tag" }, word))),
    h("p", {}, text(entry)),
    sent
      ? h("p", { class: "soft small" }, t("guidance.was_sent"), h("time", { dateTime: sent.at, title: fully(sent.at) }, moment(sent.at)), sent.actor ? ` · ${actorName(sent.actor)}` : "")
      : h("p", { class: "acts" }, send));
}

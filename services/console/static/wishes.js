// Micro-wishes (微心愿): which wait for somebody, who takes them on, what people offer.

import { ask, newKey } from "/static/shared/api.js";
import { $, h, lang, role, say, sub, t, words } from "/static/shared/page.js";
import { moment, until } from "/static/shared/time.js";
import { deed, opener } from "/static/deeds.js";
import { allCommunities, communityName, gridName, learn, workerName } from "/static/names.js";
import { byTheMinute, redraw } from "/static/redraw.js";
import { story, tag } from "/static/steps.js";

const GROUPS = ["confirm", "open", "held", "done", "ended"];
const STAFF = role !== "worker";
const LONG = 7; // days
const DAY = 86_400_000; // milliseconds
const OVER = ["declined", "withdrawn", "closed", "resolved"];

let kinds = new Map();
let givers = [];
let offers = new Map();
const kindName = (code) => kinds.get(code)?.[lang] ?? code ?? "";
const giverName = (code) => t(`giver.${code}`);
const kindsOf = () => [...kinds].map(([code, kind]) => [code, `${kind[lang]} · ${t(`help.what.${kind.what}`)}`]);
const areaName = (code) => (gridName(code) !== code ? gridName(code) : communityName(code));

function groupOf({ status, wish }) {
  if (wish.stands === "fulfilled") return "done";
  if (wish.stands === "ended" || OVER.includes(status)) return "ended";
  if (wish.stands === "claimed") return wish.confirmed ? "held" : "confirm";
  return "open";
}

const pictureOf = (name) => `/v1/pictures/${encodeURIComponent(name)}`;
const daysOf = ({ at }) => Math.floor((Date.now() - new Date(at)) / DAY);

function acts(one) {
  const { id, wish } = one;
  const fixed = { request: id };
  const theirs = { ...fixed, offer: wish.offer };
  const publish = () => deed(wish.public ? "wish.republish" : "wish.publish", "PublishWish", ({ help, ...said }) => ({ ...fixed, ...said, category: help }),
    [{ name: "wording", kind: "long", rows: 2, value: wish.wording ?? "" }, { name: "help", kind: "choice", options: kindsOf(), value: wish.category }], soon);
  const take_down = () => (wish.public ? deed("wish.take_down", "TakeDownWish", fixed, [{ name: "reason" }], soon) : null);
  switch (groupOf(one)) {
    case "confirm":
      return STAFF ? [deed("wish.confirm", "ConfirmClaim", theirs, [], soon, "main"), deed("wish.decline", "ReleaseClaim", { ...theirs, reason: "declined" }, [], soon, "bad")] : [];
    case "open":
      return [suggest(one), ...(STAFF ? [publish(), take_down()] : [])];
    case "held":
      return [
        !STAFF && one.worker !== sub ? null : deed("wish.fulfil", "FulfilWish", fixed, [{ name: "note", label: "done_note", kind: "long", optional: true }, { name: "pictures", kind: "pictures", optional: true }], soon, "main"),
        ...(STAFF ? [
          deed("wish.extend", "ConfirmClaim", theirs, [{ name: "until", kind: "time" }], soon),
          deed("wish.release", "ReleaseClaim", { ...theirs, reason: "given_up" }, [], soon, "bad"),
        ] : []),
      ];
    case "done":
      if (!STAFF || !one.solved) return [];
      if (wish.thanks_public) return [deed("wish.hide_thanks", "ThankForWish", { ...fixed, public: false }, [], soon)];
      return [deed("wish.thank", "ThankForWish", fixed, one.thanks ? [{ name: "public", kind: "tick" }] : [], soon, wish.thanked ? "" : "main")];
    default:
      return [];
  }
}

/** What fits, with the reasons; a person decides. */
function suggest(one) {
  const list = h("ul", { class: "fits" });
  const button = h("button", {
    type: "button", class: "main", dataset: { deed: "suggest" }, onclick: async () => {
      button.disabled = true;
      try {
        const { items } = await ask(`/v1/wishes/${encodeURIComponent(one.id)}/offers`);
        list.replaceChildren(...(items.length ? items.map((offer) => fit(one, offer)) : [h("li", { class: "soft" }, t("wish.suggest.none"))]));
        button.closest("article").querySelector(".acts").after(list);
      } catch (problem) {
        say(problem.text ?? String(problem), "bad");
      } finally {
        button.disabled = false;
      }
    },
  }, t("wish.suggest"));
  return button;
}

const reasons = (offer) => Object.keys(offer.reasons).map((name) => t(`wish.reason.${name}`)).join(" · ");

function fit(one, offer) {
  return h("li", { dataset: { offer: offer.id } },
    h("span", {}, h("b", {}, `${giverName(offer.giver)} · ${kindName(offer.category)}`), " ", words(offer.text)),
    h("span", { class: "soft small" }, `${t("wish.points", { points: offer.points })} · ${reasons(offer)}`),
    h("span", {}, deed("wish.take", "ClaimWish", { request: one.id, offer: offer.id }, [{ name: "until", kind: "time", optional: true }], soon)));
}

function standing(one) {
  const { wish } = one;
  const group = groupOf(one);
  if (group === "open") return h("p", { class: "soft" }, daysOf(one) ? t("wish.unclaimed_days", { days: daysOf(one) }) : t("wish.unclaimed_new"));
  if (group === "done" && !one.solved) return h("p", { class: "soft" }, t("wish.awaits_feedback"));
  if (group === "confirm") return h("p", {}, t("wish.waits", { giver: giverName(wish.giver) }));
  if (group === "held") {
    const left = until(wish.until);
    return h("p", { class: left.late ? "late" : left.soon ? "soon" : "" }, t("wish.until", { giver: giverName(wish.giver), time: moment(wish.until), left: left.text }));
  }
  return null;
}

function card(one) {
  const { wish } = one;
  const group = groupOf(one);
  const long = group === "open" && daysOf(one) >= LONG;
  const stands = group === "ended" ? "ended" : group === "confirm" ? "waiting" : wish.stands;
  const said = (step) => ({ ...step, about: { ...step.about, giver: step.about?.giver && giverName(step.about.giver) } });
  return h("article", { class: `card work wish ${long ? "long" : ""}`, dataset: { id: one.id, group } },
    h("div", { class: "work-top" }, h("h2", {}, h("a", { href: `/#${encodeURIComponent(one.id)}` }, gridName(one.grid) || one.code)), tag("wish", stands)),
    h("p", { class: "said" }, words(one.text)),
    h("p", { class: "soft small" }, [moment(one.at), one.worker && workerName(one.worker)].filter(Boolean).join(" · ")),
    wish.public ? h("p", { class: "public small" }, t("wish.public", { wording: wish.wording }), ` · ${kindName(wish.category)}`) : group === "open" ? h("p", { class: "soft small" }, t("wish.not_public")) : null,
    standing(one),
    offers.get(wish.offer)?.text ? h("p", { class: "soft" }, `${giverName(wish.giver)} · ${words(offers.get(wish.offer).text)}`) : null,
    wish.offer && ["confirm", "held"].includes(group) ? opener("wish.contact", `/v1/offers/${encodeURIComponent(wish.offer)}/contact`, "wish.purpose") : null,
    wish.pictures?.length ? h("p", { class: "pictures" }, ...wish.pictures.map((name) => h("a", { href: pictureOf(name), target: "_blank" }, h("img", { src: pictureOf(name), alt: t("ui.picture"), loading: "lazy" })))) : null,
    one.thanks ? h("blockquote", {}, t("wish.thanks", { text: words(one.thanks) })) : null,
    wish.thanked ? h("p", { class: "soft small" }, t(wish.thanks_public ? "wish.thanks_public" : "wish.thanked")) : null,
    h("p", { class: "acts" }, ...acts(one)),
    story((wish.steps ?? []).map(said)));
}

function offerCard(one) {
  const where = one.wish ? t("wish.for_one") : one.areas.length ? one.areas.map(areaName).join("、") : t("wish.anywhere");
  const facts = [where, t("wish.left", { left: Math.max(0, one.times - one.drawn.length), times: one.times }), one.until ? t("wish.until_day", { time: moment(one.until) }) : null];
  const open = one.stands === "open";
  return h("article", { class: "card work offer", dataset: { id: one.id } },
    h("div", { class: "work-top" }, h("h2", {}, `${giverName(one.giver)} · ${kindName(one.category)}`), tag("offer", one.stands)),
    h("p", { class: "said" }, words(one.text)),
    h("p", { class: "soft small" }, facts.filter(Boolean).join(" · ")),
    STAFF ? opener("wish.contact", `/v1/offers/${encodeURIComponent(one.id)}/contact`, "wish.purpose") : null,
    STAFF ? h("p", { class: "acts" }, open ? deed("wish.withdraw", "WithdrawOffer", { offer: one.id }, [{ name: "reason" }], soon) : null, one.text === "erased" ? null : forget(one)) : null);
}

/** Only after a second look: nobody can read it again. */
function forget(one) {
  return h("button", {
    type: "button", class: "bare", onclick: () => {
      const dialog = h("dialog", { "aria-labelledby": "forget-title" }, h("form", { method: "dialog", class: "stack" },
        h("h2", { id: "forget-title" }, t("wish.forget")), h("p", {}, t("wish.forget.sure")),
        h("p", { class: "row" }, h("button", { value: "" }, t("ui.cancel")), h("button", { class: "bad", value: "go" }, t("wish.forget")))));
      dialog.addEventListener("close", async () => {
        dialog.remove();
        if (dialog.returnValue !== "go") return;
        await ask(`/v1/offers/${encodeURIComponent(one.id)}/erasure`, { method: "POST" }).then(() => say(t("deed.done"), "good"), failed);
        soon();
      });
      document.body.append(dialog);
      dialog.showModal();
    },
  }, t("wish.forget"));
}

function offerHelp() {
  const fields = [
    { name: "giver", kind: "choice", options: givers.map((code) => [code, giverName(code)]) },
    { name: "help", label: "help_given", kind: "choice", options: kindsOf() },
    { name: "text", label: "what_exactly", kind: "long" },
    { name: "name", label: "giver_name" },
    { name: "phone" },
    { name: "areas", kind: "many", options: allCommunities() },
    { name: "times", kind: "number", value: 1 },
    { name: "until", kind: "time", optional: true },
  ];
  const body = ({ help, text, name, phone, ...said }) => ({ offer: newKey(), ...said, category: help, sealed: { text, name, phone } });
  return deed("wish.offer", "OfferHelp", body, fields, soon, "main");
}

async function read() {
  const [wishes, offered] = await Promise.all([ask("/v1/wishes"), ask("/v1/offers?limit=200")]);
  offers = new Map(offered.items.map((one) => [one.id, one]));
  const groups = new Map(GROUPS.map((name) => [name, wishes.items.filter((one) => groupOf(one) === name)]));
  const box = $("#works");
  const shown = [...groups].filter(([, all]) => all.length);
  redraw(box, shown.map(([name]) => name), section, { key: (name) => name });
  shown.forEach(([name, all], place) => {
    $(".day", box.children[place]).textContent = `${t(`wish.group.${name}`)} ${all.length}`;
    redraw($(".works", box.children[place]), all, card, { as: byTheMinute });
  });
  $("#nothing").hidden = wishes.items.length > 0;
  const free = (one) => (one.stands === "open" ? 0 : 1);
  redraw($("#offers"), offered.items.sort((a, b) => free(a) - free(b)), offerCard);
  $("#no-offers").hidden = offered.items.length > 0;
}

function section(name) {
  const cards = h("div", { class: "works" });
  if (name === "ended") return h("section", {}, h("details", {}, h("summary", { class: "day" }), cards));
  return h("section", { dataset: { group: name } }, h("h2", { class: "day" }), cards);
}

/** What was commanded shows a moment later. */
const soon = () => [300, 1500].forEach((pause) => setTimeout(() => read().catch(failed), pause));
const failed = (problem) => say(problem.text ?? String(problem), "bad");

const [help] = await Promise.all([ask("/v1/help"), learn()]).catch((problem) => (failed(problem), [{ kinds: [], givers: [] }]));
kinds = new Map(help.kinds.map((kind) => [kind.code, kind]));
givers = help.givers;
$("#acts").append(offerHelp());
await read().catch(failed);

// The wall of micro-wishes (微心愿): take one on, or say what you can give. Nothing here names anybody.

import { ask, intent } from "/static/shared/api.js";
import { $, h, lang, say, t } from "/static/shared/page.js";
import { moment } from "/static/shared/time.js";

const OFFERS = "lastmile.offers";
const REFRESH = 20_000; // milliseconds
const KEPT = 30;
const LATE = "wish_claimed";

let kinds = new Map();
let areas = new Map();
let claimed = null;
let offering = intent("/v1/offers");
let claiming = null;

const kindName = (code) => kinds.get(code)?.[lang] ?? "";
const about = ({ area, category, since }) => [kindName(category), areas.get(area)?.[lang], t("wishes.since", { time: moment(since) })].filter(Boolean).join(" · ");

function item(wish) {
  const foot = wish.stands === "open"
    ? h("button", { type: "button", class: "main", onclick: () => startClaim(wish) }, t("wishes.claim"))
    : wish.stands === "fulfilled" ? null : h("span", { class: "soft small" }, t(`wishes.${wish.stands}`));
  return h("li", { class: "card", dataset: { id: wish.id, stands: wish.stands } },
    h("div", {}, h("p", { class: "what" }, wish.wording), wish.thanks ? h("blockquote", { class: "small" }, `${t("wishes.thanks")}：${wish.thanks}`) : null),
    h("div", {}, h("p", { class: "soft small" }, wish.stands === "fulfilled" ? [kindName(wish.category), areas.get(wish.area)?.[lang]].filter(Boolean).join(" · ") : about(wish)), foot && h("p", { class: "foot-line" }, foot)));
}

async function read() {
  const { items } = await ask("/v1/wishes");
  const done = items.filter(({ stands }) => stands === "fulfilled");
  const open = items.filter(({ stands }) => stands !== "fulfilled");
  open.sort((a, b) => (a.stands === "open" ? 0 : 1) - (b.stands === "open" ? 0 : 1));
  $("#open").removeAttribute("aria-busy");
  $("#open").replaceChildren(...open.map(item));
  $("#none").hidden = open.length > 0;
  $("#done").replaceChildren(...done.map(item));
  $("#came-true").hidden = done.length === 0;
}

// Offers of this browser, with the token that takes them back; it stands here and nowhere else.

function own() {
  try {
    return JSON.parse(localStorage.getItem(OFFERS)) ?? [];
  } catch {
    return [];
  }
}

function keep(list) {
  localStorage.setItem(OFFERS, JSON.stringify(list.slice(0, KEPT)));
  const box = $("#mine-offers");
  box.hidden = list.length === 0;
  $("ul", box).replaceChildren(...list.map((one) => h("li", {}, h("span", {}, one.title), h("button", { type: "button", class: "bare", onclick: () => withdraw(one) }, t("wishes.withdraw")))));
}

const remember = ({ offer, token }, title) => keep([{ offer, token, title }, ...own().filter((each) => each.offer !== offer)]);

async function withdraw({ offer, token }) {
  try {
    await ask(`/v1/offers/${encodeURIComponent(offer)}/withdrawal`, { method: "POST", headers: { Authorization: `Bearer ${token}` } });
    keep(own().filter((each) => each.offer !== offer));
    say(t("wishes.withdrawn"), "good");
  } catch (problem) {
    say(problem.text, "bad");
  }
  soon();
}

const textOf = (form, name) => form.elements[name].value.trim() || undefined;
const personOf = (form) => ({ giver: textOf(form, "giver"), name: textOf(form, "name"), phone: textOf(form, "phone") });

/** The first field that is needed and empty gets the focus. */
function complete(form, trouble) {
  const missing = [...form.elements].find((field) => field.required && !field.value.trim());
  trouble.hidden = !missing;
  trouble.textContent = missing ? t("wishes.missing") : "";
  missing?.focus();
  return !missing;
}

function tell(trouble, problem) {
  trouble.textContent = problem.fields?.some(({ field }) => field.endsWith("phone")) ? t("ui.wrong.phone") : (problem.text ?? String(problem));
  trouble.hidden = false;
}

$("#offer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const trouble = $("#offer-trouble");
  if (!complete(form, trouble)) return;
  const until = textOf(form, "until");
  const body = {
    ...personOf(form), category: textOf(form, "category"), text: textOf(form, "text"), times: Number(form.elements.times.value) || 1,
    areas: [...form.querySelectorAll("#areas input:checked")].map(({ value }) => value), until: until && new Date(`${until}T23:59:59`).toISOString(),
  };
  const button = $("button.main", form);
  button.disabled = true;
  try {
    remember(await offering(body), `${kindName(body.category)} · ${body.text}`);
    offering = intent("/v1/offers"); // the same once more is a second offer
    form.elements.text.value = "";
    say(t("wishes.offered"), "good");
  } catch (problem) {
    tell(trouble, problem);
  } finally {
    button.disabled = false;
  }
});

function startClaim(wish) {
  claimed = wish;
  claiming = intent(`/v1/wishes/${encodeURIComponent(wish.id)}/claims`);
  $("#claiming-what").textContent = wish.wording;
  $("#claim-trouble").hidden = true;
  $("#claiming").showModal();
}

$("#claiming [data-close]").addEventListener("click", () => $("#claiming").close());
$("#claiming form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const trouble = $("#claim-trouble");
  if (!complete(form, trouble)) return;
  const title = claimed.wording;
  const button = $("button.main", form);
  button.disabled = true;
  try {
    remember(await claiming({ ...personOf(form), text: textOf(form, "text") }), title);
    $("#claiming").close();
    say(t("wishes.claim.done"), "good");
  } catch (problem) {
    if (problem.reason !== LATE) return tell(trouble, problem);
    if (problem.about.offer) remember(problem.about, title);
    $("#claiming").close();
    say(t("wishes.claim.late"), "bad");
  } finally {
    button.disabled = false;
    soon();
  }
});

const soon = () => setTimeout(() => read().catch(() => {}), 600);

async function start() {
  const help = await ask("/v1/help");
  kinds = new Map(help.kinds.map((kind) => [kind.code, kind]));
  areas = new Map(help.communities.map((area) => [area.code, area]));
  $("#offer-category").replaceChildren(...help.kinds.map((kind) => h("option", { value: kind.code }, `${kind[lang]} · ${t(`help.what.${kind.what}`)}`)));
  for (const select of document.querySelectorAll("select[name=giver]")) select.replaceChildren(...help.givers.map((giver) => h("option", { value: giver }, t(`giver.${giver}`))));
  $("#areas").replaceChildren(...help.communities.flatMap((area) => [h("input", { type: "checkbox", id: `area-${area.code}`, value: area.code }), h("label", { htmlFor: `area-${area.code}` }, area[lang])]));
  keep(own());
  await read();
}

await start().catch((problem) => say(problem.text ?? String(problem), "bad"));
setInterval(() => document.hidden || $("#claiming").open || read().catch(() => {}), REFRESH);

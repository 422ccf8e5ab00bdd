// Notices (公告): write one, see whom it reaches and how long it is, send it, watch it go out, stop it.

import { ask, newKey } from "/static/shared/api.js";
import { $, h, lang, say, t } from "/static/shared/page.js";
import { moment } from "/static/shared/time.js";
import { inOrder } from "/static/call-up-form.js";
import { deed, send } from "/static/deeds.js";
import { areaLabel, grids, learn } from "/static/names.js";
import { ask as askInDialog } from "/static/dialog.js";
import { redraw } from "/static/redraw.js";
import { tag } from "/static/steps.js";
import { atTheStreet } from "/static/wall.js";

const PLACES = 4; // named on a card; of the rest there is a number
const AGAIN = 2000; // milliseconds between two looks while one goes out
const areas = new Map();
const areaName = (code) => areas.get(code)?.[lang] ?? code;
const form = $("#form");
const failed = (problem) => say(problem.text ?? String(problem), "bad");
const words = ({ zh, en }) => (lang === "en" && en) || zh;

function written() {
  const said = new FormData(form);
  const chosen = said.getAll("areas");
  const of = (level) => chosen.filter((code) => areas.get(code)?.level === level);
  const starts = said.get("starts");
  return {
    title: { zh: said.get("title"), en: said.get("title_en") },
    text: { zh: said.get("text"), en: said.get("text_en") },
    audience: {
      everyone: said.has("everyone") || of("street").length > 0,
      communities: of("community"),
      grids: [...of("grid"), ...of("micro_grid")],
      buildings: said.getAll("buildings"),
      roles: said.getAll("roles"),
      saved: said.get("saved") || null,
    },
    channels: [said.get("channels")].filter(Boolean),
    ...(starts ? { starts: atTheStreet(starts) } : {}),
  };
}

const counts = (prefix, numbers) => Object.entries(numbers).filter(([, count]) => count).map(([name, count]) => `${t(`${prefix}.${name}`)} ${count}`).join(" · ");

function previewed(found, wanted) {
  const go = h("button", { type: "button", class: "main", disabled: !found.deliveries }, t("notice.publish", { count: found.recipients }));
  go.addEventListener("click", async () => {
    go.disabled = true;
    try {
      await send("PublishNotice", { ...wanted, notice: newKey() });
      say(t("deed.done"), "good");
      form.reset();
      $("#previewed").replaceChildren();
      $("#write").open = false;
      await read();
    } catch (problem) {
      go.disabled = false;
      failed(problem);
    }
  });
  const out = counts("notice.left", found.left_out);
  return [
    h("p", {}, h("b", {}, t("notice.reaches", { count: found.recipients })), ` ${counts("notice.channel", found.channels)}`),
    found.recipients ? null : h("p", { class: "wrong" }, t("notice.nobody")),
    h("p", { class: "soft small" }, counts("notice.role", found.roles)),
    out ? h("p", { class: "soft small" }, t("notice.left_out"), out) : null,
    found.held ? h("p", { class: "soft small" }, t("notice.held", { count: found.held })) : null,
    ...Object.values(found.message).flatMap(({ text, characters, sms, sms_first: first }) => [
      h("p", { class: "said" }, text),
      h("p", { class: "soft small" }, t("notice.length", { characters, sms }), first > sms ? ` ${t("notice.length.first", { sms: first })}` : ""),
    ]),
    h("p", { class: "acts" }, go),
  ].filter(Boolean);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const wanted = written();
  const box = $("#previewed");
  box.replaceChildren(h("p", { class: "soft" }, t("notice.counting")));
  try {
    box.replaceChildren(...previewed(await ask("/v1/notices/preview", { body: wanted }), wanted));
  } catch (problem) {
    box.replaceChildren();
    failed(problem);
  }
});
form.addEventListener("input", () => $("#previewed").replaceChildren()); // what is sent is what was looked at

$("#keep").addEventListener("click", () => {
  const name = h("input", { id: "audience-name", required: true, maxLength: 40, autocomplete: "off" });
  const audience = newKey();
  const values = () => ({ audience, name: name.value.trim(), who: { ...written().audience, saved: null } });
  askInDialog(t("notice.keep"), [h("div", { class: "field" }, h("label", { htmlFor: name.id }, t("notice.keep.name")), name)], h("button", { class: "main" }, t("notice.keep")), values, async (body, key) => {
    await send("SaveAudience", body, key);
    say(t("deed.done"), "good");
    await learnAudiences();
  });
});

function whom({ audience }) {
  const places = [...[...audience.communities, ...audience.grids].map(areaName), ...audience.buildings];
  const named = places.length > PLACES ? [...places.slice(0, PLACES), t("notice.places", { count: places.length })] : places;
  const where = audience.everyone ? [t("notice.everyone")] : named;
  return [...where, ...audience.roles.map((role) => t(`notice.role.${role}`))].join(" · ");
}

/** Of one that was stopped, what has not gone out goes out no more. */
function outcomes({ stage, outcomes: counted }) {
  if (stage !== "cancelled") return counted;
  const { requested = 0, deferred = 0, cancelled = 0, ...out } = counted;
  return { ...out, cancelled: requested + deferred + cancelled };
}

function card(one) {
  const open = one.stage === "published" || one.stage === "running" || (one.stage === "finished" && one.waiting > 0);
  return h("article", { class: "card work notice-card", dataset: { id: one.notice, stage: one.stage } },
    h("div", { class: "work-top" }, h("h2", {}, words(one.title)), tag("notice", one.stage === "finished" && one.waiting ? "running" : one.stage)),
    h("p", { class: "said" }, words(one.text)),
    h("p", { class: "soft small" }, whom(one), " · ", t("notice.from", { time: moment(one.starts) })),
    one.stage === "published" ? null : h("progress", { max: Math.max(one.deliveries, 1), value: one.gone_out, "aria-label": t("notice.progress") }),
    one.stage === "published" ? null : h("p", {}, t("notice.gone", { gone: one.gone_out, count: one.deliveries }), " ", h("span", { class: "soft small" }, counts("notice.outcome", outcomes(one)))),
    counts("notice.left", one.left_out) ? h("p", { class: "soft small" }, t("notice.left_out"), counts("notice.left", one.left_out)) : null,
    open ? h("p", { class: "acts" }, deed("notice.cancel", "CancelNotice", { notice: one.notice }, [{ name: "reason", kind: "long", rows: 2, optional: true }], read, "bad")) : null);
}

/** What somebody wrote here; relayed warnings and bulletins go out the same way, and stand below. */
const ofOurs = ({ kind }) => kind === "notice";

let again = 0;
async function read() {
  clearTimeout(again);
  const { items } = await ask("/v1/notices");
  const [ours, others] = [items.filter(ofOurs), items.filter((one) => !ofOurs(one))];
  redraw($("#works"), ours, card, { key: ({ notice }) => notice });
  redraw($("#others .works"), others, card, { key: ({ notice }) => notice });
  $("#others").hidden = !others.length;
  $("#others b").textContent = String(others.length);
  $("#nothing").hidden = ours.length > 0;
  if (items.some(({ stage, waiting }) => stage === "published" || stage === "running" || (stage !== "cancelled" && waiting > 0))) again = setTimeout(() => read().catch(failed), AGAIN);
}

async function learnAudiences() {
  const { items } = await ask("/v1/audiences");
  $("select[name=saved]").replaceChildren(h("option", { value: "" }), ...items.map(({ audience, name }) => h("option", { value: audience }, name)));
}

async function start() {
  const book = await ask("/v1/grid-book");
  for (const area of book.areas) areas.set(area.code, area);
  $("select[name=areas]").append(...inOrder(book.areas).map(({ code }) => h("option", { value: code }, areaLabel(areas.get(code)))));
  await learn();
  const buildings = [...new Set([...grids.values()].flatMap((grid) => grid.buildings ?? []))];
  $("select[name=buildings]").append(...buildings.map((code) => h("option", { value: code }, code)));
  await learnAudiences();
  await read();
}

await start().catch(failed);

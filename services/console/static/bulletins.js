// Bulletins (工作计划及进展): count a draft, open one to edit it, publish it, correct it, withdraw it.

import { ask } from "/static/shared/api.js";
import { $, h, lang, publicUrl, say, t } from "/static/shared/page.js";
import { moment } from "/static/shared/time.js";
import { days, inWords } from "/static/shared/bulletin.js";
import { deed } from "/static/deeds.js";
import { areaLabel, learn } from "/static/names.js";
import { inOrder } from "/static/call-up-form.js";
import { story, tag } from "/static/steps.js";
import { Editor } from "/static/bulletin-editor.js";

const areas = new Map();
const areaName = (code) => areas.get(code)?.[lang] ?? code;
let opened = null;

const pageOf = ({ id }) => `${publicUrl}/b/${id}`;

function acts(one) {
  const published = one.stage === "published" || one.stage === "correcting";
  const why = [{ name: "why", label: "reason", kind: "long", rows: 2 }];
  return [
    one.stage === "withdrawn" ? null : h("button", { type: "button", onclick: () => open(one.id), "aria-expanded": String(opened?.id === one.id) }, t(opened?.id === one.id ? "bulletin.desk.close" : "bulletin.desk.open")),
    published ? h("a", { class: "button", href: pageOf(one) }, t("bulletin.desk.page")) : null,
    one.stage === "withdrawn" ? null : deed(published ? "bulletin.desk.withdraw" : "bulletin.desk.withdraw.draft", "WithdrawBulletin", { bulletin: one.id }, why, () => gone(one.id), "bad"),
  ].filter(Boolean);
}

function card(one) {
  const last = one.editions?.at(-1);
  return h("article", { class: "card work bulletin-card", dataset: { id: one.id } },
    h("div", { class: "work-top" }, h("h2", {}, inWords(one.title)), tag("bulletin", one.stage)),
    h("p", { class: "soft small" }, [areaName(one.area), t(`bulletin.span.${one.span}`), days(one)].join(" · ")),
    last ? h("p", { class: "soft small" }, t("bulletin.published", { time: moment(one.published_at) }), ` · ${t("bulletin.edition", { edition: last.edition })}`) : null,
    one.withdrawn && one.stage === "withdrawn" ? h("p", { class: "soft" }, one.withdrawn.why) : null,
    h("p", { class: "acts" }, ...acts(one)),
    opened?.id === one.id ? opened.box : null);
}

async function open(id) {
  if (opened?.id === id) opened = opened.leaves() ? null : opened;
  else if (!opened || opened.leaves()) await edit(id);
  await read();
  if (opened) $(`[data-id="${CSS.escape(opened.id)}"]`)?.scrollIntoView({ block: "nearest" });
}

async function edit(id) {
  const one = await ask(`/v1/bulletins/${encodeURIComponent(id)}`);
  opened = new Editor(one, async () => {
    await edit(id); // what was sent is read back: another may have written meanwhile
    await read();
  });
  opened.box.append(story(one.steps));
}

function gone(id) {
  if (opened?.id === id) opened = null;
  setTimeout(() => read().catch(failed), 700); // the list hears of it a moment later
}

async function read() {
  const { items } = await ask("/v1/bulletins");
  if (opened) {
    const place = items.findIndex(({ id }) => id === opened.id); // the list hears of what was sent a moment later
    if (place < 0) items.unshift(opened.one);
    else items[place] = opened.one;
  }
  const box = $("#works");
  box.removeAttribute("aria-busy");
  box.replaceChildren(...items.map(card));
  $("#nothing").hidden = items.length > 0;
}

const failed = (problem) => say(problem.text ?? String(problem), "bad");

$("#draft").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (opened && !opened.leaves()) return;
  const said = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value));
  const button = $("button.main", event.target);
  button.disabled = true;
  try {
    const { bulletin, lines } = await ask("/v1/bulletins", { body: said });
    say(t("bulletin.desk.drafted", { count: lines }), "good");
    await edit(bulletin);
    await read();
  } catch (problem) {
    failed(problem);
  } finally {
    button.disabled = false;
  }
});

async function start() {
  await learn();
  const book = await ask("/v1/grid-book");
  for (const area of book.areas) areas.set(area.code, area);
  const options = inOrder(book.areas).map((area) => h("option", { value: area.code, selected: area.level === "community" }, areaLabel(area)));
  const select = $("#draft [name=area]");
  select.append(...options);
  select.value = book.areas.find(({ level }) => level === "community")?.code ?? select.value;
  $("#draft button.main").disabled = false;
  await read();
}

await start().catch(failed);
addEventListener("beforeunload", (event) => opened?.changed() && event.preventDefault());

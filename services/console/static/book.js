// The grid book: who stands where, who is away, who stands in.

import { ask } from "/static/shared/api.js";
import { Grids } from "/static/shared/grids.js";
import { $, h, lang, role, say, sub, t } from "/static/shared/page.js";
import { moment } from "/static/shared/time.js";
import { send } from "/static/deeds.js";
import { ask as askInDialog } from "/static/dialog.js";
import { follow } from "/static/live.js";
import { areaLabel, learn, plan, workerName } from "/static/names.js";
import { atTheStreet } from "/static/wall.js";

const DEPTH = { street: 0, community: 1, grid: 2, micro_grid: 3 };
const list = $("#areas");
let map = null;

function told(done) {
  say(t(done), "good");
  setTimeout(read, 300);
}

async function command(name, body, done) {
  try {
    await send(name, body);
    told(done);
    return true;
  } catch (problem) {
    say(problem.text ?? String(problem), "bad");
    return false;
  }
}

/** Only after a second look: a post is empty at once, and its matters go to whoever stands in. */
function relieve(area, { duty, worker, name }) {
  const body = { grid: area.code, duty, ...(duty === "volunteer" ? { worker } : {}) };
  askInDialog(t("book.relieve"), [h("p", {}, t("book.relieve.sure", { name, duty: t(`duty.${duty}`), area: area[lang] }))], h("button", { class: "bad" }, t("book.relieve")), () => body, async (values, key) => {
    await send("RelieveWorker", values, key);
    told("book.relieved");
  });
}

const post = (area, { duty, worker, name, away }) =>
  h("span", {}, h("small", { class: "soft" }, t(`duty.${duty}`)), h("span", { class: away ? "gone" : "" }, name), away ? h("small", { class: "late" }, t("book.away.now")) : null,
    role === "worker" ? null : h("button", { type: "button", class: "bare", onclick: () => relieve(area, { duty, worker, name }) }, t("book.relieve")));

function row(area) {
  const own = area.posts.find(({ duty }) => duty === "worker");
  const serves = area.level === "grid" || area.level === "micro_grid";
  const instead = serves && own?.worker !== area.on_duty ? area.on_duty : null;
  return h("li", { id: `area-${area.code}`, class: `depth-${DEPTH[area.level]}`, dataset: { area: area.code } },
    h("div", {}, h("h3", {}, area[lang]), h("small", { class: "soft" }, `${t(`book.level.${area.level}`)} · ${area.code}`)),
    h("div", { class: "posts" }, ...area.posts.map((each) => post(area, each)),
      instead ? h("b", {}, t("book.stands_in", { name: workerName(instead) })) : null,
      serves && !area.on_duty ? h("b", { class: "late" }, t("book.nobody")) : null));
}

/** Every area below the one above it. */
function inOrder(areas) {
  const below = Map.groupBy ? Map.groupBy(areas, ({ parent }) => parent) : areas.reduce((map, area) => map.set(area.parent, [...(map.get(area.parent) ?? []), area]), new Map());
  const known = new Set(areas.map(({ code }) => code));
  const walk = (area) => [area, ...(below.get(area.code) ?? []).flatMap(walk)];
  return areas.filter(({ parent }) => !known.has(parent)).flatMap(walk);
}

const absence = ({ worker, name, starts, ends }) =>
  h("li", {}, h("span", {}, h("b", {}, name), " ", t("book.away.span", { starts: moment(starts), ends: moment(ends) })),
    h("button", { type: "button", class: "bare", onclick: () => command("EndAbsence", { worker, starts }, "book.away.ended") }, t("book.away.end")));

async function read() {
  const { areas, absences } = await ask("/v1/grid-book");
  list.removeAttribute("aria-busy");
  $("#nothing").hidden = areas.length > 0;
  const sorted = inOrder(areas);
  list.replaceChildren(...sorted.map(row));
  $("#absences").replaceChildren(...absences.map(absence));
  $("#nobody-away").hidden = absences.length > 0;
  const select = $("#post select[name=grid]");
  if (select && !select.options.length) select.append(...sorted.map((area) => h("option", { value: area.code }, areaLabel(area))));
  const people = [...new Map(areas.flatMap(({ posts }) => posts.map(({ worker, name }) => [worker, name])))].sort(([, one], [, other]) => one.localeCompare(other, lang));
  $("#people").replaceChildren(...people.map(([worker, name]) => h("option", { value: worker }, name)));
  const away = $("#away select");
  if (away && !away.options.length) away.append(...people.map(([worker, name]) => h("option", { value: worker }, name)));
}

function choose(code) {
  map.select(code);
  for (const each of list.children) each.classList.toggle("chosen", each.dataset.area === code);
  $(`#area-${CSS.escape(code)}`)?.scrollIntoView({ block: "center" });
  const select = $("#post select[name=grid]");
  if (select) select.value = code;
}

const said = (form) => Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));

$("#post")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name, phone, ...fields } = said(event.target);
  const sealed = { ...(name ? { name } : {}), ...(phone ? { phone } : {}) };
  const body = Object.keys(sealed).length ? { ...fields, sealed } : fields;
  if (await command("PostWorker", body, "book.posted")) event.target.reset();
});

$("#away").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { starts, ends, ...fields } = said(event.target);
  const when = { starts: atTheStreet(starts), ends: atTheStreet(ends) };
  if (await command("NoteAbsence", { worker: sub, ...fields, ...when }, "book.away.noted")) event.target.reset();
});

async function start() {
  await learn();
  await read();
  follow({});
  if (plan.features.length) map = new Grids($("#map"), plan, { onGrid: choose, label: ({ code }) => code });
}

await start().catch((problem) => say(problem.text ?? String(problem), "bad"));

// Who is on duty when (值班表): a month as one line a day, and what is odd about it.

import { ask } from "/static/shared/api.js";
import { $, h, lang, role, say, sub, t } from "/static/shared/page.js";
import { moment } from "/static/shared/time.js";
import { send } from "/static/deeds.js";
import { areaLabel, learn, workerName } from "/static/names.js";
import { inOrder } from "/static/call-up-form.js";
import { atTheStreet, onTheWall } from "/static/wall.js";

const dayName = new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", { timeZone: "UTC", month: "numeric", day: "numeric", weekday: "short" });
const areas = new Map();
const areaName = (code) => areas.get(code)?.[lang] ?? code;
const which = $("#which");
const months = () => which.elements.month.value;

async function command(name, body, done) {
  try {
    await send(name, body);
    say(t(done), "good");
    await new Promise((later) => setTimeout(later, 300));
    await read();
    return true;
  } catch (problem) {
    say(problem.text ?? String(problem), "bad");
    return false;
  }
}

const DAY = 24 * 3600e3;
const clock = (at, day) => {
  const [ends, time] = onTheWall(at).split("T");
  if (ends === day) return time;
  return Date.parse(ends) - Date.parse(day) === DAY ? t("rota.next_day", { time }) : moment(at);
};

function duty(row) {
  const now = new Date(row.starts) <= new Date() && new Date() < new Date(row.ends);
  const mine = [row.worker, row.deputy].includes(sub);
  const strike = { area: row.area, month: onTheWall(row.starts).slice(0, 7), starts: row.starts, worker: row.worker };
  return h("span", { class: `${now ? "now" : ""} ${mine ? "mine" : ""}` },
    h("small", { class: "soft" }, areaName(row.area)),
    h("b", {}, workerName(row.worker)), row.deputy ? h("small", {}, t("rota.and_deputy", { name: workerName(row.deputy) })) : null,
    h("small", {}, `${onTheWall(row.starts).slice(11)}–${clock(row.ends, onTheWall(row.starts).slice(0, 10))}`),
    role === "worker" ? null : h("button", { type: "button", class: "bare", onclick: () => command("StrikeDuty", strike, "rota.struck") }, t("rota.strike")));
}

function line(day, rows) {
  const at = new Date(`${day}T00:00:00Z`);
  const weekend = [0, 6].includes(at.getUTCDay());
  const today = onTheWall(new Date()).slice(0, 10) === day;
  const past = day < onTheWall(new Date()).slice(0, 10);
  return h("li", { class: `${weekend ? "off" : ""} ${today ? "today" : ""} ${past ? "past" : ""}`, dataset: { day } }, h("b", {}, dayName.format(at)), h("div", { class: "duties" }, ...rows.map(duty)));
}

const twice = (one) => h("li", {}, t("rota.twice", { name: workerName(one.person), area: areaName(one.area), time: moment(one.starts), other: areaName(one.other_area), other_time: moment(one.other_starts) }));
const empty = (one) => h("li", {}, t("rota.gap", { area: areaName(one.area), starts: moment(one.starts), ends: moment(one.ends) }));

async function read() {
  const { rows, overlaps, gaps } = await ask(`/v1/rota?${new URLSearchParams({ month: months() })}`);
  const area = which.elements.area.value;
  const shown = rows.filter((row) => !area || row.area === area).sort((a, b) => (a.starts < b.starts ? -1 : 1));
  const [year, month] = months().split("-").map(Number);
  const days = Array.from({ length: new Date(Date.UTC(year, month, 0)).getUTCDate() }, (_, index) => `${months()}-${String(index + 1).padStart(2, "0")}`);
  const box = $("#days");
  box.removeAttribute("aria-busy");
  box.replaceChildren(...(shown.length ? days.map((day) => line(day, shown.filter(({ starts }) => onTheWall(starts).startsWith(day)))) : []));
  $("#earlier").hidden = !$(".past", box) || !$("li:not(.past)", box) || box.classList.contains("all");
  box.classList.toggle("all", $("#earlier").hidden);
  $("#nothing").hidden = shown.length > 0;
  const odd = [...overlaps.filter((one) => !area || [one.area, one.other_area].includes(area)).map(twice), ...gaps.filter((one) => !area || one.area === area).map(empty)];
  $("#odd").hidden = !odd.length;
  $("#odd ul").replaceChildren(...odd);
}

const failed = (problem) => say(problem.text ?? String(problem), "bad");

async function start() {
  await learn();
  const book = await ask("/v1/grid-book");
  for (const area of book.areas) areas.set(area.code, area);
  const options = () => inOrder(book.areas).map((area) => h("option", { value: area.code }, areaLabel(area)));
  $("#earlier").addEventListener("click", ({ currentTarget: button }) => {
    $("#days").classList.add("all");
    button.hidden = true;
  });
  which.elements.area.append(...options());
  which.elements.month.value = onTheWall(new Date()).slice(0, 7);
  which.addEventListener("change", () => months() && read().catch(failed));
  which.addEventListener("submit", (event) => event.preventDefault());
  const form = $("#duty");
  if (form) {
    const people = new Map(book.areas.flatMap(({ posts }) => posts.map(({ worker, name }) => [worker, name])));
    const names = () => [...people].sort(([, a], [, b]) => a.localeCompare(b, lang)).map(([id, name]) => h("option", { value: id }, name));
    const { area, starts, ends, worker, deputy } = form.elements;
    area.append(...options());
    worker.append(...names());
    deputy.append(...names());
    const tonight = onTheWall(new Date()).slice(0, 10);
    starts.value = `${tonight}T17:30`;
    ends.value = onTheWall(Date.parse(atTheStreet(`${tonight}T08:30`)) + 24 * 3600e3);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const from = atTheStreet(starts.value);
      const body = { area: area.value, month: starts.value.slice(0, 7), starts: from, ends: atTheStreet(ends.value), worker: worker.value, ...(deputy.value ? { deputy: deputy.value } : {}) };
      if (await command("RosterDuty", body, "rota.noted")) {
        for (const field of [starts, ends]) field.value = onTheWall(Date.parse(atTheStreet(field.value)) + 24 * 3600e3);
      }
    });
  }
  await read();
}

await start().catch(failed);

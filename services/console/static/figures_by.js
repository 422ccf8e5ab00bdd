// Figures by grid, worker, category, month or community, now or as of a past moment. Each number is a link to the requests
// that it counts, each request opens into its events as they were at that moment, and the address says all of it.

import { ask } from "/static/shared/api.js";
import { $, chip, h, say, t, words } from "/static/shared/page.js";
import { bars } from "/static/bars.js";
import { step } from "/static/dossier.js";
import { allCategories, allCommunities, categoryName, communityName, gridName, learn, workerName } from "/static/names.js";
import { atTheStreet, onTheWall } from "/static/wall.js";

const COUNTS = ["received", "responded", "resolved", "answered", "solved", "satisfied", "on_time", "late", "returned", "reopened", "withdrawn"];
/** Each rate, and the figure that it is a share of something in. */
const RATES = { response_rate: "responded", resolution_rate: "solved", satisfaction_rate: "satisfied", on_time_rate: "on_time" };
const NAMES = { grid: (key) => `${key} ${gridName(key)}`, worker: workerName, category: categoryName, community: communityName, month: (key) => key };
const CHOSEN = ["by", "community", "category", "drawn"];
const MOST_BARS = 30;
const SHOWN = 20;
const form = $("#ask");
const fields = form.elements;

const percent = (rate) => (rate === null ? "–" : `${Math.round(rate * 1000) / 10}%`);
const address = () => new URLSearchParams(location.search);

/** What the service is asked of all figures: which requests, and as of when. */
function asked() {
  const { community, category, as_of } = Object.fromEntries(address());
  return { ...(community ? { community } : {}), ...(category ? { category } : {}), ...(as_of ? { as_of } : {}) };
}

function read() {
  const said = address();
  for (const name of CHOSEN) if ([...fields[name].options].some(({ value }) => value && value === said.get(name))) fields[name].value = said.get(name);
  const moment = said.get("as_of");
  if (moment) fields.as_of.value = onTheWall(moment);
}

function chosen() {
  const values = Object.fromEntries(CHOSEN.map((name) => [name, fields[name].value]));
  const at = fields.as_of.value;
  return { ...values, ...(at ? { as_of: atTheStreet(at) } : {}) };
}

const query = (values) => `?${new URLSearchParams(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "" && value !== null && value !== undefined)))}`;

async function count() {
  const by = fields.by.value;
  const table = await ask(`/v1/figures/${by}${query(asked())}`);
  $("#by-name").textContent = t(`figures.by.${by}`);
  const lines = table.lines.map((line) => ({ ...line, name: line.key ? NAMES[by](line.key) : t("figures.nobody") }));
  $("#lines").replaceChildren(...lines.map((line) => row(line, line.key)), row({ ...table.total, name: t("figures.total") }, null));
  const weights = Object.entries(table.weights).map(([rate, weight]) => `${t(`figures.n.${rate}`)} ${percent(weight)}`).join(" + ");
  $("#weights").textContent = t("figures.weights", { weights });
  draw(lines);
}

/** A share is drawn as it is; a count beside the greatest of its like. */
function draw(lines) {
  const figure = fields.drawn.value;
  const share = figure in RATES || figure === "score";
  const known = lines.filter((line) => line[figure] !== null && (share || line[figure] > 0));
  if (fields.by.value !== "month") known.sort((one, other) => other[figure] - one[figure]);
  const entries = known.slice(0, MOST_BARS).map((line) => ({ key: line.key, name: line.name, count: line[figure], shown: figure in RATES ? percent(line[figure]) : undefined }));
  bars($("#drawn"), entries, (key) => query({ ...chosen(), figure: RATES[figure] ?? (figure === "score" ? "received" : figure), key, all: key === "" ? "no" : "" }), { most: figure in RATES ? 1 : figure === "score" ? 100 : undefined });
  $("#drawn-none").hidden = entries.length > 0;
}

function row(line, key) {
  const link = (figure, text) => h("a", { href: query({ ...chosen(), figure, key, all: key === "" ? "no" : "" }) }, text);
  return h("tr", {},
    h("td", {}, line.name),
    ...COUNTS.map((figure) => h("td", {}, line[figure] ? link(figure, String(line[figure])) : "0")),
    ...Object.entries(RATES).map(([rate, figure]) => h("td", {}, line[rate] ? link(figure, percent(line[rate])) : percent(line[rate]))),
    h("td", {}, h("b", {}, line.score === null ? "–" : String(line.score))));
}

/** The requests behind the number that the address names. An empty key is that of what belongs to nobody: `all=no`. */
async function behind() {
  const said = address();
  const [figure, by] = [said.get("figure"), fields.by.value];
  const box = $("#behind");
  box.hidden = !figure;
  if (!figure) return;
  const nobody = said.get("all") === "no";
  const key = nobody ? "" : said.get("key");
  const found = await ask(`/v1/figures/${by}/requests?${new URLSearchParams({ ...asked(), figure, ...(key === null ? {} : { key }) })}`);
  const name = key === null ? t("figures.total") : key === "" ? t("figures.nobody") : NAMES[by](key);
  const list = h("ul", { class: "behind" });
  const more = h("button", { type: "button", onclick: () => show(found.rows.splice(0)) }, t("ledger.more"));
  const show = (rows) => {
    list.append(...rows.map((one) => request(one, asked().as_of)));
    more.hidden = !found.rows.length;
  };
  const left = found.requests.length - found.rows.length;
  show(found.rows.splice(0, SHOWN));
  box.replaceChildren(
    h("h2", {}, `${name} · ${t(`figures.n.${figure}`)} · ${found.requests.length}`),
    list,
    h("p", { class: "more" }, more),
    left ? h("p", { class: "soft small" }, t("figures.behind.more", { count: left })) : "",
  );
  box.scrollIntoView({ block: "nearest" });
}

function request(one, moment) {
  const events = h("ol", { class: "story" });
  const details = h("details", { ontoggle: () => details.open && !events.children.length && open(one.id, moment, events) },
    h("summary", {}, h("span", { class: "mono" }, one.code), h("b", {}, one.category ? categoryName(one.category) : t(`kind.${one.kind}`)), h("span", { class: "soft" }, words(one.text)), chip(one.status)),
    h("p", { class: "small" }, h("a", { href: `/#${encodeURIComponent(one.id)}` }, t("figures.behind.open"))),
    events);
  return h("li", {}, details);
}

async function open(id, moment, list) {
  try {
    const { history } = await ask(`/v1/requests/${encodeURIComponent(id)}`);
    const by_then = history.filter(({ at }) => !moment || new Date(at) <= new Date(moment)).reverse();
    list.replaceChildren(...by_then.map(step));
  } catch (problem) {
    say(problem.text ?? String(problem), "bad");
  }
}

const trouble = (problem) => say(problem.text ?? String(problem), "bad");

function go(to, { again = true } = {}) {
  history.pushState(null, "", to);
  return (again ? count().then(behind) : behind()).catch(trouble);
}

form.addEventListener("change", () => go(query(chosen())));
form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("click", (event) => {
  const link = event.target.closest("#lines a, #drawn a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  go(link.href, { again: false });
});
addEventListener("popstate", () => {
  form.reset();
  read();
  count().then(behind).catch(trouble);
});
await learn();
fields.community.append(...allCommunities().map(([code, name]) => h("option", { value: code }, name)));
fields.category.append(...allCategories().map(([code, name]) => h("option", { value: code }, name)));
read();
await count().then(behind).catch(trouble);

// Figures by grid, worker, category, month or community, now or as of a past moment; each number opens into its requests.

import { ask } from "/static/shared/api.js";
import { $, h, say, t } from "/static/shared/page.js";
import { categoryName, communityName, gridName, learn, workerName } from "/static/names.js";

const COUNTS = ["received", "responded", "resolved", "solved", "satisfied", "on_time", "late", "returned", "reopened"];
const RATES = ["response_rate", "resolution_rate", "satisfaction_rate", "on_time_rate"];
const NAMES = { grid: (key) => `${key} ${gridName(key)}`, worker: workerName, category: categoryName, community: communityName, month: (key) => key };
const SHOWN = 100;
const form = $("#ask");

const percent = (rate) => (rate === null ? "–" : `${Math.round(rate * 1000) / 10}%`);

function asked() {
  const at = form.elements.as_of.value;
  return at ? { as_of: new Date(at).toISOString() } : {};
}

async function read() {
  const by = form.elements.by.value;
  const table = await ask(`/v1/figures/${by}?${new URLSearchParams(asked())}`);
  $("#by-name").textContent = t(`figures.by.${by}`);
  $("#behind").hidden = true;
  $("#lines").replaceChildren(
    ...table.lines.map((line) => row(by, line, line.key ? NAMES[by](line.key) : t("figures.nobody"), line.key)),
    row(by, table.total, t("figures.total"), null),
  );
}

function row(by, line, name, key) {
  return h("tr", {},
    h("td", {}, name),
    ...COUNTS.map((figure) => h("td", {}, line[figure] ? h("button", { type: "button", class: "bare", onclick: () => open(by, key, figure, name) }, String(line[figure])) : "0")),
    ...RATES.map((rate) => h("td", {}, percent(line[rate]))),
    h("td", {}, h("b", {}, line.score === null ? "–" : String(line.score))));
}

async function open(by, key, figure, name) {
  const query = new URLSearchParams({ ...asked(), figure, ...(key === null ? {} : { key }) });
  const { requests } = await ask(`/v1/figures/${by}/requests?${query}`);
  const box = $("#behind");
  box.replaceChildren(
    h("h2", {}, `${name} · ${t(`figures.n.${figure}`)} · ${requests.length}`),
    h("p", {}, ...requests.slice(0, SHOWN).flatMap((id) => [h("a", { class: "mono small", href: `/#${encodeURIComponent(id)}` }, id.slice(-12)), " "])),
  );
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
}

const again = () => read().catch((problem) => say(problem.text ?? String(problem), "bad"));
form.addEventListener("change", again);
form.addEventListener("submit", (event) => event.preventDefault());
await learn();
await again();

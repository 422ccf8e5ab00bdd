// The table of requests: keyset pages, filters that stand in the address, and rows that change while one looks.

import { ask } from "/static/shared/api.js";
import { $, calmly, chip, h, t, words } from "/static/shared/page.js";
import { fully, since, until } from "/static/shared/time.js";
import { allCategories, allCommunities, categoryName, communityName, grids, workerName } from "/static/names.js";

const PAGE = 50;
const MOST_ROWS = 400;
const FILTERS = ["community", "grid", "status", "category", "kind", "severity", "channel"];
const CHOICES = { kind: ["issue", "consultation", "help", "complaint", "tip", "suggestion", "wish", "dispute", "praise", "finding"], severity: ["red", "yellow", "blue"], channel: ["web", "chat", "sms", "phone", "open311", "import"] };
const STATUSES = ["submitted", "triage", "assigned", "accepted", "in_progress", "on_hold", "returned", "resolved", "reopened", "closed", "declined", "withdrawn"];
const OVER = new Set(["resolved", "closed", "declined", "withdrawn"]);

const form = $("#filters");
const body = $("#rows");

export class Ledger {
  constructor({ onChoose, onFilter }) {
    this.rows = new Map();
    this.next = null;
    this.chosen = null;
    this.onChoose = onChoose;
    this.onFilter = onFilter;
    this.readTexts = calmly(() => this.fetchTexts(), 1000);
    this.fillFilters();
    form.addEventListener("change", () => this.filtered());
    form.addEventListener("reset", () => setTimeout(() => this.filtered()));
    $("#more").addEventListener("click", () => this.load(this.next));
    body.addEventListener("click", (event) => {
      const row = event.target.closest("tr");
      if (row && !event.target.closest("a")) location.hash = row.dataset.id;
    });
    setInterval(() => this.tick(), 30_000);
  }

  fillFilters() {
    const option = (value, text) => h("option", { value }, text);
    form.elements.community.append(...allCommunities().map(([code, name]) => option(code, name)));
    form.elements.status.append(...STATUSES.map((status) => option(status, t(`status.${status}`))));
    form.elements.category.append(...allCategories().map(([code, name]) => option(code, name)));
    const byCommunity = Map.groupBy ? Map.groupBy(grids.values(), ({ community }) => community) : new Map([[undefined, [...grids.values()]]]);
    for (const [community, members] of byCommunity) {
      const options = members.map(({ code, name }) => option(code, `${code} ${name ?? ""}`));
      form.elements.grid.append(...(community ? [h("optgroup", { label: communityName(community) }, ...options)] : options));
    }
    const wanted = new URLSearchParams(location.search);
    for (const [name, values] of Object.entries(CHOICES)) form.elements[name].append(...values.map((value) => option(value, t(`${name}.${value}`))));
    for (const name of [...FILTERS, "order"]) form.elements[name].value = wanted.get(name) ?? "";
    form.elements.overdue.checked = wanted.has("overdue");
  }

  get filters() {
    return Object.fromEntries(FILTERS.map((name) => [name, form.elements[name].value]).filter(([, value]) => value));
  }

  /** What the address and the service are asked: the filters, what is overdue, and the order. */
  get asked() {
    const { order, overdue } = form.elements;
    return { ...this.filters, ...(overdue.checked ? { overdue: "true" } : {}), ...(order.value ? { order: order.value } : {}) };
  }

  /** Done ones and the newest first have no rank. */
  get ranked() {
    return !form.elements.order.value && !OVER.has(this.filters.status);
  }

  set(name, value) {
    form.elements[name].value = value;
    this.filtered();
  }

  filtered() {
    const query = new URLSearchParams(this.asked);
    history.replaceState(null, "", `${query.size ? `?${query}` : location.pathname}${location.hash}`);
    return this.load();
  }

  query(more = {}) {
    return new URLSearchParams({ ...this.asked, limit: PAGE, ...more });
  }

  /** The first page, or the one after a cursor. Returns the greatest revision seen. */
  async load(after = null) {
    $('[type="reset"]', form).hidden = Object.keys(this.asked).length === 0;
    const { items, next } = await ask(`/v1/ledger?${this.query(after ? { after } : {})}`);
    if (!after) {
      this.rows.clear();
      body.replaceChildren();
      this.onFilter?.(this.filters);
    }
    for (const item of items) this.put(item, body.children.length);
    this.next = next;
    $("#more").hidden = !next;
    this.empty();
    return Math.max(0, ...items.map(({ revision }) => revision));
  }

  put(row, place = 0) {
    const known = this.rows.get(row.id);
    const element = drawn({ ...row, text: row.text ?? known?.row.text }, row.id === this.chosen);
    if (known) known.element.replaceWith(element);
    else body.insertBefore(element, body.children[place] ?? null);
    this.rows.set(row.id, { row: { ...known?.row, ...row }, element });
    return element;
  }

  /** Rows as the stream tells them: changed ones in their place, new ones on top, others' off the table. */
  changed(rows) {
    const wanted = Object.entries(this.filters);
    for (const row of rows) {
      const known = this.rows.get(row.id);
      if (known && known.row.revision >= row.revision) continue;
      if (!wanted.every(([name, value]) => row[name] === value) || (this.ranked && !row.rank_at) || (form.elements.overdue.checked && !isLate(row))) {
        known?.element.remove();
        this.rows.delete(row.id);
        continue;
      }
      if (this.ranked) {
        const place = this.placeOf(row);
        if (!known && place === null) continue;
        this.put(row).classList.add("fresh");
        this.move(row.id, place);
      } else {
        if (!known && !this.isNewer(row)) continue;
        this.put(row).classList.add("fresh");
      }
      if (!known) this.readTexts();
    }
    while (body.children.length > MOST_ROWS) {
      this.rows.delete(body.lastElementChild.dataset.id);
      body.lastElementChild.remove();
    }
    this.empty();
  }

  /** Before which row it stands in the order of priority: undefined at the end of all, null beyond the pages read so far. */
  placeOf({ id, rank_at }) {
    const after = [...body.children].find((element) => element.dataset.id !== id && (this.rows.get(element.dataset.id)?.row.rank_at ?? "") > rank_at);
    return after ?? (this.next ? null : undefined);
  }

  move(id, before) {
    const { element } = this.rows.get(id);
    if (before === null) {
      element.remove();
      this.rows.delete(id);
    } else body.insertBefore(element, before ?? null);
  }

  /** An old request that is not on the pages read so far stays where it is: further down. */
  isNewer({ at }) {
    const first = this.rows.get(body.firstElementChild?.dataset.id);
    return !first || at >= first.row.at;
  }

  /** The stream carries no words of residents; the page may read them. */
  /** What just came is among the newest, wherever its rank has put it. */
  async fetchTexts() {
    const { items } = await ask(`/v1/ledger?${this.query({ order: "newest" })}`).catch(() => ({ items: [] }));
    for (const item of items) {
      const known = this.rows.get(item.id);
      if (known && !known.row.text && known.row.revision <= item.revision) this.put({ ...known.row, ...item }).classList.add("fresh");
    }
  }

  /** By id, or by the code that people pass on. */
  choose(key) {
    const known = [...this.rows.values()].find(({ row }) => row.id === key || row.code === key);
    this.chosen = known?.row.id ?? key;
    for (const row of body.children) row.classList.toggle("chosen", row.dataset.id === this.chosen);
    this.onChoose?.(this.chosen);
  }

  tick() {
    for (const { row, element } of this.rows.values()) {
      $(".due", element).replaceWith(dueCell(row));
      $("time", element).textContent = since(row.at);
    }
  }

  empty() {
    $("#nothing").hidden = body.children.length > 0;
  }
}

function dueCell(row) {
  const cell = h("td", { class: "due", "data-label": t("ledger.due") });
  const by = ["assigned", "reopened"].includes(row.status) && row.accept_by ? row.accept_by : row.due_at;
  if (OVER.has(row.status) || !by) return cell;
  const { text, late, soon } = until(by);
  cell.append(h("span", { class: late ? "late" : soon ? "soon" : "", title: fully(by) }, text));
  return cell;
}

const isLate = ({ status, due_at }) => Boolean(due_at) && !OVER.has(status) && due_at < new Date().toISOString();

/** Why it stands where it does: how many call for it, and what moved it, in hours; opened by a tap. */
function whyOf({ why, people }) {
  if (!why) return null;
  const hours = (value) => t("ledger.why.hours", { hours: `${value > 0 ? "+" : "−"}${Math.abs(value)}` });
  return h("details", { class: "why", onclick: (event) => event.stopPropagation() },
    h("summary", {}, people > 1 ? t("ledger.why.people", { people }) : t("ledger.why")),
    h("ul", {},
      h("li", {}, t(`ledger.why.${why.by}`), h("b", {}, fully(why.base))),
      ...Object.entries(why.shifts).map(([name, value]) => h("li", {}, t(`ledger.why.shift.${name}`), h("b", {}, hours(value))))));
}

function drawn(row, chosen) {
  return h("tr", { dataset: { id: row.id }, class: `sev-${row.severity ?? "none"}${chosen ? " chosen" : ""}` },
    h("td", { class: "words", title: t(`severity.${row.severity}`, {}, "") }, h("b", {}, row.category ? categoryName(row.category) : t(`kind.${row.kind}`)), h("span", {}, words(row.text) || row.place?.building || ""), whyOf(row)),
    h("td", { class: "where", "data-label": t("ledger.grid") }, row.grid ? h("span", { class: "mono" }, row.grid) : h("span", { class: "late" }, t("ledger.no_grid")), h("small", { class: "soft" }, row.worker ? workerName(row.worker) : row.grid ? t("ledger.no_worker") : "")),
    h("td", {}, chip(row.status)),
    dueCell(row),
    h("td", { class: "code" }, h("a", { href: `#${row.id}`, class: "mono" }, row.code), h("small", { class: "soft" }, h("time", { dateTime: row.at, title: fully(row.at) }, since(row.at)))),
  );
}

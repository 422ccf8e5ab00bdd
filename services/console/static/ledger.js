// The table of requests: keyset pages, filters that stand in the address, and rows that change while one looks.

import { ask } from "/static/shared/api.js";
import { $, calmly, chip, h, t, words } from "/static/shared/page.js";
import { fully, since, until } from "/static/shared/time.js";
import { allCategories, allCommunities, categoryName, communityName, grids, workerName } from "/static/names.js";

const PAGE = 50;
const MOST_ROWS = 400;
const FILTERS = ["community", "grid", "status", "category"];
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
    for (const name of FILTERS) form.elements[name].value = wanted.get(name) ?? "";
  }

  get filters() {
    return Object.fromEntries(FILTERS.map((name) => [name, form.elements[name].value]).filter(([, value]) => value));
  }

  set(name, value) {
    form.elements[name].value = value;
    this.filtered();
  }

  filtered() {
    const query = new URLSearchParams(this.filters);
    history.replaceState(null, "", `${query.size ? `?${query}` : location.pathname}${location.hash}`);
    return this.load();
  }

  query(more = {}) {
    return new URLSearchParams({ ...this.filters, limit: PAGE, ...more });
  }

  /** The first page, or the one after a cursor. Returns the greatest revision seen. */
  async load(after = null) {
    $('[type="reset"]', form).hidden = Object.keys(this.filters).length === 0;
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
      if (!wanted.every(([name, value]) => row[name] === value)) {
        known?.element.remove();
        this.rows.delete(row.id);
        continue;
      }
      if (!known && !this.isNewer(row)) continue;
      this.put(row).classList.add("fresh");
      if (!known) this.readTexts();
    }
    while (body.children.length > MOST_ROWS) {
      this.rows.delete(body.lastElementChild.dataset.id);
      body.lastElementChild.remove();
    }
    this.empty();
  }

  /** An old request that is not on the pages read so far stays where it is: further down. */
  isNewer({ at }) {
    const first = this.rows.get(body.firstElementChild?.dataset.id);
    return !first || at >= first.row.at;
  }

  /** The stream carries no words of residents; the page may read them. */
  async fetchTexts() {
    const { items } = await ask(`/v1/ledger?${this.query()}`).catch(() => ({ items: [] }));
    for (const item of items) {
      const known = this.rows.get(item.id);
      if (known && !known.row.text && known.row.revision <= item.revision) this.put(item).classList.add("fresh");
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

function drawn(row, chosen) {
  return h("tr", { dataset: { id: row.id }, class: `sev-${row.severity ?? "none"}${chosen ? " chosen" : ""}` },
    h("td", { class: "words", title: t(`severity.${row.severity}`, {}, "") }, h("b", {}, row.category ? categoryName(row.category) : t(`kind.${row.kind}`)), h("span", {}, words(row.text) || row.place?.building || "")),
    h("td", { class: "where", "data-label": t("ledger.grid") }, row.grid ? h("span", { class: "mono" }, row.grid) : h("span", { class: "late" }, t("ledger.no_grid")), h("small", { class: "soft" }, row.worker ? workerName(row.worker) : row.grid ? t("ledger.no_worker") : "")),
    h("td", {}, chip(row.status)),
    dueCell(row),
    h("td", { class: "code" }, h("a", { href: `#${row.id}`, class: "mono" }, row.code), h("small", { class: "soft" }, h("time", { dateTime: row.at, title: fully(row.at) }, since(row.at)))),
  );
}

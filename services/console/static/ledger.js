// The table of requests: keyset pages, and rows that change while one looks.

import { ask } from "/static/shared/api.js";
import { $, calmly, chip, h, say, t, words } from "/static/shared/page.js";
import { fully, since, until } from "/static/shared/time.js";
import { categoryName, workerName } from "/static/names.js";
import { move, swap } from "/static/redraw.js";
import { Filters, fragment, OVER } from "/static/filters.js";

const PAGE = 50;
const MOST_ROWS = 400;
const MOST_FOUND = 200;

const body = $("#rows");

export class Ledger {
  constructor({ onChoose, onFilter }) {
    this.rows = new Map();
    this.next = null;
    this.chosen = null;
    this.onChoose = onChoose;
    this.onFilter = onFilter;
    this.readTexts = calmly(() => this.fetchTexts(), 1000);
    this.filters = new Filters(() => this.load());
    $("#more").addEventListener("click", () => this.load(this.next));
    body.addEventListener("click", (event) => {
      const row = event.target.closest("tr");
      if (row && !event.target.closest("a, label, input")) location.hash = fragment({ id: row.dataset.id });
    });
    setInterval(() => this.tick(), 30_000);
  }

  async page(more = {}) {
    const asked = { ...(await this.filters.asked()), ...more };
    const { words } = this.filters;
    if (!words) return ask(`/v1/ledger?${new URLSearchParams({ limit: PAGE, ...asked })}`);
    const { order, after, overdue, without_owner, ...others } = asked;
    return ask("/v1/ledger/search", { body: { ...others, words, limit: MOST_FOUND, overdue: Boolean(overdue), without_owner: Boolean(without_owner) } });
  }

  /** The first page, or the one after a cursor. Returns the greatest revision seen. */
  async load(after = null) {
    const { items, next, wrong } = await this.page(after ? { after } : {}).catch((problem) => ({ items: [], next: null, wrong: problem.text ?? String(problem) }));
    if (wrong) say(wrong, "bad");
    if (!after) {
      this.rows.clear();
      body.replaceChildren();
      this.onFilter?.(this.filters.rows);
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
    $(".pick input", element).checked = known ? $(".pick input", known.element).checked : false;
    if (known) swap(known.element, element);
    else body.insertBefore(element, body.children[place] ?? null);
    this.rows.set(row.id, { row: { ...known?.row, ...row }, element });
    return element;
  }

  /** Rows as the stream tells them: changed ones in their place, new ones on top, others' off the table. */
  changed(rows) {
    for (const row of rows) {
      const known = this.rows.get(row.id);
      if (known && known.row.revision >= row.revision) continue;
      const belongs = this.filters.holds(row);
      if (belongs === null && !known) continue;
      if (belongs === false) {
        known?.element.remove();
        this.rows.delete(row.id);
        continue;
      }
      if (this.filters.ranked) {
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
    } else move(body, element, before ?? null);
  }

  /** An old request that is not on the pages read so far stays where it is: further down. */
  isNewer({ at }) {
    const first = this.rows.get(body.firstElementChild?.dataset.id);
    return !first || at >= first.row.at;
  }

  /** The stream carries no words of residents; the page may read them. What just came is among the newest, wherever its rank has put it. */
  async fetchTexts() {
    const { items } = await this.page({ order: "newest" }).catch(() => ({ items: [] }));
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
    h("td", { class: "words", title: t(`severity.${row.severity}`, {}, "") }, h("label", { class: "pick" }, h("input", { type: "checkbox", value: row.id, "aria-label": t("moving.pick", { code: row.code }) })), h("b", {}, row.category ? categoryName(row.category) : t(`kind.${row.kind}`)), h("span", {}, words(row.text) || row.place?.building || ""), whyOf(row)),
    h("td", { class: "where", "data-label": t("ledger.grid") }, row.grid ? h("span", { class: "mono" }, row.grid) : h("span", { class: "late" }, t("ledger.no_grid")), h("small", { class: "soft" }, row.worker ? workerName(row.worker) : row.grid ? t("ledger.no_worker") : "")),
    h("td", {}, chip(row.status)),
    dueCell(row),
    h("td", { class: "code" }, h("a", { href: fragment({ id: row.id }), class: "mono" }, row.code), h("small", { class: "soft" }, h("time", { dateTime: row.at, title: fully(row.at) }, since(row.at)))),
  );
}

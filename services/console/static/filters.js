// Which rows the ledger shows: the form, the address that says the same, and what of a live row can be told from it.
// Words that somebody said stand in the address's fragment, which no server gets to see and no log keeps.

import { ask } from "/static/shared/api.js";
import { $, h, t } from "/static/shared/page.js";
import { allCategories, allCommunities, allWorkers, communityName, grids } from "/static/names.js";

const CHOICES = { kind: ["issue", "consultation", "help", "complaint", "tip", "suggestion", "wish", "dispute", "praise", "finding"], severity: ["red", "yellow", "blue"], channel: ["web", "chat", "sms", "phone", "open311", "import"] };
const STATUSES = ["submitted", "triage", "assigned", "accepted", "in_progress", "on_hold", "returned", "resolved", "reopened", "closed", "declined", "withdrawn"];
const SELECTS = ["community", "grid", "status", "category", "kind", "severity", "channel", "worker"];
const TICKS = ["overdue", "without_owner"];
const TYPED = ["since", "until", "matter", "order"];
const NAMES = [...SELECTS, ...TICKS, ...TYPED];
export const OVER = new Set(["resolved", "closed", "declined", "withdrawn"]);

const form = $("#filters");
const more = $("#more-filters");
const fields = form.elements;

/** `#<request>?words=…`: which request is open, and what is searched for. */
export function place() {
  const [id, query] = location.hash.slice(1).split("?");
  return { id: decodeURIComponent(id), words: new URLSearchParams(query).get("words") ?? "" };
}

export function fragment({ id = place().id, words = place().words } = {}) {
  return id || words ? `#${encodeURIComponent(id ?? "")}${words ? `?${new URLSearchParams({ words })}` : ""}` : "";
}

const isLate = ({ status, due_at }) => Boolean(due_at) && !OVER.has(status) && due_at < new Date().toISOString();

export class Filters {
  constructor(onChange) {
    this.onChange = onChange;
    this.fill();
    this.read();
    more.open = matchMedia("(min-width: 761px)").matches;
    form.addEventListener("change", () => this.changed());
    form.addEventListener("reset", () => setTimeout(() => this.changed()));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.changed();
    });
  }

  fill() {
    const option = (value, text) => h("option", { value }, text);
    fields.community.append(...allCommunities().map(([code, name]) => option(code, name)));
    fields.status.append(...STATUSES.map((status) => option(status, t(`status.${status}`))));
    fields.category.append(...allCategories().map(([code, name]) => option(code, name)));
    fields.worker.append(...allWorkers().map(([id, name]) => option(id, name)));
    const byCommunity = Map.groupBy ? Map.groupBy(grids.values(), ({ community }) => community) : new Map([[undefined, [...grids.values()]]]);
    for (const [community, members] of byCommunity) {
      const options = members.map(({ code, name }) => option(code, `${code} ${name ?? ""}`));
      fields.grid.append(...(community ? [h("optgroup", { label: communityName(community) }, ...options)] : options));
    }
    for (const [name, values] of Object.entries(CHOICES)) fields[name].append(...values.map((value) => option(value, t(`${name}.${value}`))));
  }

  /** What the address says. */
  read() {
    const said = new URLSearchParams(location.search);
    for (const name of [...SELECTS, ...TYPED]) this.show(name, said.get(name) ?? "");
    for (const name of TICKS) fields[name].checked = said.has(name);
    fields.words.value = place().words;
    this.count();
  }

  /** A code that is in no list any more can still be asked for. */
  show(name, value) {
    const field = fields[name];
    if (value && field.options && ![...field.options].some((option) => option.value === value)) field.append(h("option", { value }, value));
    field.value = value;
  }

  get rows() {
    return Object.fromEntries(SELECTS.map((name) => [name, fields[name].value]).filter(([, value]) => value));
  }

  /** All of it but the words, as the address has it. */
  get said() {
    const values = NAMES.map((name) => [name, TICKS.includes(name) ? (fields[name].checked ? "true" : "") : fields[name].value.trim()]);
    return Object.fromEntries(values.filter(([, value]) => value));
  }

  get words() {
    return fields.words.value.trim();
  }

  /** As the service is asked: people know a matter by its code, the service by its id. */
  async asked() {
    const { matter, ...others } = this.said;
    if (!matter) return others;
    const known = await ask(`/v1/requests/${encodeURIComponent(matter)}`).catch(() => null);
    return { ...others, matter: known?.state.id ?? matter };
  }

  /** What is done, what stands under another request and what is searched for come with the newest first. */
  get ranked() {
    const { order, status, matter } = this.said;
    return !order && !matter && !this.words && !OVER.has(status);
  }

  /** Whether a row of the live line belongs on this page; null: it cannot be told from the row. */
  holds(row) {
    const { overdue, without_owner, since, until, matter } = this.said;
    if (!Object.entries(this.rows).every(([name, value]) => row[name] === value)) return false;
    if (this.ranked && !row.rank_at) return false;
    if (overdue && !isLate(row)) return false;
    if (without_owner && (row.worker || OVER.has(row.status))) return false;
    return since || until || matter || this.words ? null : true;
  }

  set(name, value) {
    this.show(name, value);
    return this.changed();
  }

  changed() {
    const query = new URLSearchParams(this.said);
    history.replaceState(null, "", `${query.size ? `?${query}` : location.pathname}${fragment({ words: this.words })}`);
    this.count();
    return this.onChange();
  }

  count() {
    const { order, ...narrowing } = this.said;
    const chosen = Object.keys(narrowing).length;
    $("#how-many").textContent = chosen ? String(chosen) : "";
    $('[type="reset"]', form).hidden = !chosen && !order && !this.words;
  }
}

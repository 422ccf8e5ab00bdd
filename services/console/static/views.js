// Saved views: filters and words under a name, for oneself or for the colleagues of one's communities.

import { ask } from "/static/shared/api.js";
import { $, h, role, say, t } from "/static/shared/page.js";

const list = $("#views");

export class Views {
  /** `onChoose(view)` is told which was taken. */
  constructor(filters, onChoose) {
    this.filters = filters;
    this.onChoose = onChoose;
    this.items = [];
  }

  /** Reads them; the first one is taken where the address says nothing of its own. */
  async load({ opening = false } = {}) {
    ({ items: this.items } = await ask("/v1/saved-views").catch(() => ({ items: this.items })));
    const first = this.items.find(({ first }) => first);
    if (opening && first && !location.search && !location.hash) this.write(first);
    this.draw();
  }

  write({ filters, words }) {
    const query = new URLSearchParams(filters);
    const hash = words ? `#?${new URLSearchParams({ words })}` : "";
    history.replaceState(null, "", `${query.size ? `?${query}` : location.pathname}${hash}`);
    this.filters.read();
  }

  draw() {
    const now = same(this.filters.said, this.filters.words);
    const current = this.items.find(({ filters, words }) => same(filters, words) === now);
    const some = Object.keys(this.filters.said).length > 0 || this.filters.words;
    const shown = [
      ...this.items.map((view) =>
        h("button", { type: "button", class: "view", "aria-pressed": String(view === current), title: view.mine ? t("views.mine") : t("views.shared"), onclick: () => this.take(view) },
          view.name, view.shared ? h("small", { class: "soft" }, ` · ${t(view.mine ? "views.shared.by_me" : "views.shared")}`) : null, view.first ? h("small", { class: "soft" }, ` · ${t("views.first")}`) : null)),
      some && !current ? h("button", { type: "button", class: "bare", id: "save-view", onclick: () => this.ask() }, t("views.save")) : null,
      current?.mine ? h("button", { type: "button", class: "bare", id: "forget-view", onclick: () => this.forget(current) }, t("views.forget")) : null,
    ].filter(Boolean);
    list.replaceChildren(...shown);
    list.hidden = !shown.length;
  }

  take(view) {
    this.write(view);
    this.draw();
    this.onChoose();
  }

  ask() {
    const name = h("input", { id: "view-name", required: true, maxLength: 40, autocomplete: "off" });
    const shared = h("input", { type: "checkbox" });
    const first = h("input", { type: "checkbox", checked: !this.items.some(({ mine }) => mine) });
    const dialog = h("dialog", { "aria-labelledby": "view-title" },
      h("form", { method: "dialog", class: "stack" },
        h("h2", { id: "view-title" }, t("views.save")),
        h("div", { class: "field" }, h("label", { htmlFor: "view-name" }, t("views.name")), name),
        role === "worker" ? null : h("label", { class: "row" }, shared, t("views.share")),
        h("label", { class: "row" }, first, t("views.first.ask")),
        h("p", { class: "row" }, h("button", { type: "button", onclick: () => dialog.close() }, t("ui.cancel")), h("button", { class: "main", value: "go" }, t("views.keep")))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (dialog.returnValue === "go" && name.value.trim()) this.save(name.value.trim(), { shared: shared.checked, first: first.checked });
    });
    document.body.append(dialog);
    dialog.showModal();
    name.focus();
  }

  async save(name, how) {
    const { words, said } = this.filters;
    const body = { name, filters: said, ...how, ...(words ? { words } : {}) };
    await this.after(() => ask("/v1/saved-views", { body }), t("views.kept", { name }));
  }

  async forget({ id, name }) {
    await this.after(() => ask(`/v1/saved-views/${id}/removal`, { body: {} }), t("views.forgotten", { name }));
  }

  async after(work, done) {
    try {
      await work();
      say(done, "good");
      await this.load();
    } catch (problem) {
      say(problem.text ?? String(problem), "bad");
    }
  }
}

const same = (filters, words) => JSON.stringify([Object.entries(filters).filter(([, value]) => value).sort(), words || ""]);

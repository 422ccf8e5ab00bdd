// One request: what was said, what became of it, and what can be done now.

import { ask } from "/static/shared/api.js";
import { $, calmly, chip, h, t, words } from "/static/shared/page.js";
import { fully, moment, until } from "/static/shared/time.js";
import { buttons, contact } from "/static/actions.js";
import { beside } from "/static/beside.js";
import { why } from "/static/why.js";
import { categoryName, gridName, workerName } from "/static/names.js";

const box = $("#dossier");
const SAID = ["text", "note", "outcome", "comment", "question", "answer"];

export class Dossier {
  constructor({ onState, onClose }) {
    this.id = null;
    this.onState = onState;
    this.onClose = onClose;
    this.again = calmly(() => this.read(), 400);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.id && !$("dialog[open]")) this.onClose();
    });
  }

  async open(id) {
    this.id = id;
    document.body.classList.toggle("reading", Boolean(id));
    box.hidden = !id;
    $("#overview").hidden = Boolean(id);
    if (!id) return box.replaceChildren();
    await this.read();
    box.scrollTop = 0;
    return box.focus({ preventScroll: true });
  }

  async read() {
    const id = this.id;
    if (!id) return;
    try {
      const { state, history } = await ask(`/v1/requests/${encodeURIComponent(id)}`);
      if (id !== this.id) return;
      box.replaceChildren(...this.drawn(state, history));
      this.onState(state);
    } catch (problem) {
      if (id === this.id) box.replaceChildren(h("p", { class: "empty" }, problem.text));
    }
  }

  drawn(state, history) {
    return [
      h("header", { class: "dossier-top" },
        h("div", {}, h("p", { class: "mono soft small" }, state.code), h("h2", {}, state.category ? categoryName(state.category) : t(`kind.${state.kind}`))),
        chip(state.status),
        h("button", { type: "button", class: "bare close", "aria-label": t("ui.close"), onclick: () => this.onClose() }, "✕")),
      state.text ? h("blockquote", {}, words(state.text)) : null,
      facts(state),
      beside(state),
      why(state.id),
      h("div", { class: "acts" }, ...buttons(state, this.again)),
      h("ol", { class: "story" }, ...[...history].reverse().map(step)),
    ].filter(Boolean);
  }
}

function facts(state) {
  const due = state.due_at && !["resolved", "closed", "declined", "withdrawn"].includes(state.status) ? until(state.due_at) : null;
  const lines = [
    [t("ledger.grid"), state.grid ? `${state.grid} ${gridName(state.grid)}` : t("ledger.no_grid")],
    [t("ledger.worker"), workerName(state.worker)],
    [t("ledger.place"), state.place?.building],
    [t("ledger.channel"), t(`channel.${state.channel}`, {}, "")],
    [t("act.contact"), contact(state, "act.contact.open")],
    [t("ledger.paused"), state.paused && t(`why.${state.paused}`)],
    [t("ledger.contact_by"), state.contact_by && moment(state.contact_by)],
    [t("ledger.due"), due && `${due.text} · ${moment(state.due_at)}`, due?.late],
  ];
  return h("dl", { class: "facts" }, ...lines.filter(([, value]) => value).map(([name, value, late]) => h("div", {}, h("dt", {}, name), h("dd", { class: late ? "late" : "" }, value))));
}

function step(entry) {
  const values = {
    ...entry,
    grid: entry.grid ? gridName(entry.grid) : "",
    worker: entry.worker ? workerName(entry.worker) : t("ledger.no_worker"),
    reason: t(`why.${entry.reason}`, {}, entry.reason ?? ""),
    rule: t(`rule.${entry.rule}`, {}, ""),
    level: t(`level.${entry.level}`, {}, ""),
    head: entry.head ? workerName(entry.head) : "",
    severity: t(`severity.${entry.severity}`, {}, ""),
    before: t(`severity.${entry.before}`, {}, ""),
    deadline: t(`deadline.${entry.deadline}`, {}, ""),
    solved: entry.solved === undefined ? "" : t(entry.solved ? "event.solved" : "event.unsolved"),
    satisfaction: "★".repeat(entry.satisfaction ?? 0),
  };
  const said = SAID.map((field) => entry[field]).find((text) => typeof text === "string" && text);
  const [kind, who] = (entry.actor ?? "").split(":");
  return h("li", {},
    h("p", { class: "what" }, t(`event.${entry.type}`, values)),
    said ? h("p", { class: "said" }, words(said)) : null,
    shown(entry),
    h("p", { class: "by" }, h("time", { dateTime: entry.at, title: fully(entry.at) }, moment(entry.at)), kind ? ` · ${t(`actor.${kind}`, { who: who ?? "" }, entry.actor)}` : ""));
}

/** What a resident showed, or a worker. */
function shown({ picture, pictures = [] }) {
  const names = picture ? [picture, ...pictures] : pictures;
  if (!names.length) return null;
  const address = (name) => `/v1/pictures/${encodeURIComponent(name)}`;
  return h("p", { class: "pictures" }, ...names.map((name) => h("a", { href: address(name), target: "_blank" }, h("img", { src: address(name), alt: t("ui.picture"), loading: "lazy" }))));
}

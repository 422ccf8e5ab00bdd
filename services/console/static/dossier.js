// One request: what was said, what became of it, and what can be done now.

import { ask } from "/static/shared/api.js";
import { $, calmly, chip, h, role, sub, t, words } from "/static/shared/page.js";
import { fully, moment } from "/static/shared/time.js";
import { buttons } from "/static/actions.js";
import { beside } from "/static/beside.js";
import { clocks } from "/static/clocks.js";
import { guidance } from "/static/guidance.js";
import { matter } from "/static/matter.js";
import { accusedName, contact, eraser } from "/static/reporter.js";
import { refill } from "/static/redraw.js";
import { why } from "/static/why.js";
import { actorName, categoryName, gridName, workerName } from "/static/names.js";

const box = $("#dossier");
const SAID = ["text", "note", "outcome", "comment", "question", "answer"];
/** In these no clock runs. */
const OVER = new Set(["resolved", "closed", "declined", "withdrawn"]);

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
    this.shown = null;
    if (!id) return box.replaceChildren();
    await this.read();
    return box.focus({ preventScroll: true });
  }

  /** The rules declined what was meant for the state up to `before`: say what happened since, and show what stands now. */
  async overtaken(before) {
    const history = await this.read();
    const news = (history ?? []).filter(({ revision }) => revision > before);
    if (news.length) $(".dossier-top", box).after(h("div", { class: "note sun", role: "alert" }, h("p", {}, t("dossier.overtaken")), h("ul", {}, ...news.map((entry) => h("li", {}, t(`event.${entry.type}`, told(entry)), " · ", by(entry))))));
  }

  async read() {
    const id = this.id;
    if (!id) return null;
    try {
      const { state, history, joined } = await ask(`/v1/requests/${encodeURIComponent(id)}`);
      if (id !== this.id) return null;
      this.draw(state, history, joined);
      this.onState(state);
      return history;
    } catch (problem) {
      if (id !== this.id) return null;
      this.shown = null;
      box.replaceChildren(h("p", { class: "empty" }, problem.text));
      return null;
    }
  }

  /** Another request is drawn from its head; the same one stays where it was scrolled to, and is drawn only if it changed. */
  draw(state, history, joined) {
    const now = JSON.stringify([state, history, joined]);
    if (now === this.shown) return;
    const [again, top] = [this.shown !== null, box.scrollTop];
    this.shown = now;
    const parts = this.drawn(state, history, joined);
    if (again) refill(box, ...parts);
    else box.replaceChildren(...parts);
    box.scrollTop = again ? top : 0;
  }

  drawn(state, history, joined) {
    const version = Math.max(0, ...history.map(({ revision }) => revision));
    const done = (name) => (name === null ? this.overtaken(version) : this.again());
    return [
      h("header", { class: "dossier-top" },
        h("div", {}, h("p", { class: "mono soft small" }, state.code), h("h2", {}, state.category ? categoryName(state.category) : t(`kind.${state.kind}`))),
        chip(state.status),
        h("button", { type: "button", class: "bare close", "aria-label": t("ui.close"), onclick: () => this.onClose() }, "✕")),
      state.text ? h("blockquote", {}, words(state.text)) : null,
      OVER.has(state.status) || state.status === "triage" ? null : clocks(state.id),
      h("div", { class: "acts" }, ...buttons(state, done)),
      guidance(state, () => this.again(), { open: true }),
      matter(state, joined, done),
      facts(state, done),
      beside(state),
      why(state.id),
      h("ol", { class: "story" }, ...[...history].reverse().map(step)),
    ].filter(Boolean);
  }
}

function facts(state, done) {
  const lines = [
    [t("ledger.grid"), state.grid ? `${state.grid} ${gridName(state.grid)}` : t("ledger.no_grid")],
    [t("ledger.worker"), workerName(state.worker)],
    [t("ledger.severity"), state.severity && t(`severity.${state.severity}`)],
    [t("ledger.place"), state.place?.building],
    [t("ledger.channel"), t(`channel.${state.channel}`, {}, "")],
    [t("act.contact"), role === "operator" || (role === "worker" && state.worker !== sub) ? null : h("span", { class: "row" }, contact(state, "act.contact.open"), eraser(state, done))],
    [t("ledger.about"), state.about && (role === "operator" || (role === "worker" && state.worker !== sub) ? t(`about.${state.about}`) : h("span", { class: "row" }, t(`about.${state.about}`), accusedName(state)))],
    [t("ledger.level"), state.level && t(`level.${state.level}`, {}, "")],
  ];
  return h("dl", { class: "facts" }, ...lines.filter(([, value]) => value).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

/** What an event says, in the page's language. */
function told(entry) {
  return {
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
}

function by({ actor, at }) {
  return h("span", { class: "by" }, h("time", { dateTime: at, title: fully(at) }, moment(at)), actor ? ` · ${actorName(actor)}` : "");
}

export function step(entry) {
  const said = SAID.map((field) => entry[field]).find((text) => typeof text === "string" && text);
  return h("li", {},
    h("p", { class: "what" }, t(`event.${entry.type}`, told(entry))),
    said ? h("p", { class: "said" }, words(said)) : null,
    shown(entry),
    h("p", {}, by(entry)));
}

/** What a resident showed, or a worker; and which of it the resident's page shows. */
function shown({ picture, pictures = [], shown: open = [] }) {
  const names = picture ? [picture, ...pictures] : pictures;
  if (!names.length) return null;
  const address = (name) => `/v1/pictures/${encodeURIComponent(name)}`;
  return h("p", { class: "pictures" }, ...names.map((name) => h("a", { href: address(name), target: "_blank" }, h("img", { src: address(name), alt: t("ui.picture"), loading: "lazy" }), open.includes(name) ? h("span", { class: "soft small" }, t("pictures.shown")) : null)));
}

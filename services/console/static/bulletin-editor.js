// The text of one bulletin under the pen: words changed, lines dropped, added or moved; then saved, looked at, published.

import { $, h, say, t } from "/static/shared/page.js";
import { SECTIONS, corrections, inWords, sections } from "/static/shared/bulletin.js";
import { send } from "/static/deeds.js";

const ROLES = ["group", "resident", "worker"];
const still = (text) => text.trim();

export class Editor {
  /** `one` is the bulletin as the desk has it; `done()` is called when something was sent. */
  constructor(one, done) {
    Object.assign(this, { one, id: one.id, done, title: { ...one.title }, lines: one.lines.map((line) => ({ ...line })) });
    this.before = this.text();
    this.box = h("div", { class: "editor stack" });
    this.write();
  }

  text = () => JSON.stringify(this.said());
  said = () => ({ title: this.title, lines: this.lines.filter(({ zh }) => still(zh)) });
  changed = () => this.text() !== this.before;
  /** Whether it may be left: what was not saved is asked about. */
  leaves = () => !this.changed() || confirm(t("bulletin.desk.unsaved"));

  write() {
    this.box.replaceChildren(
      this.pair(this.title, "bulletin.desk.headline", 1),
      ...SECTIONS.map((section) => this.section(section)),
      h("p", { class: "acts" },
        h("button", { type: "button", class: "main", onclick: (event) => this.save(event.currentTarget) }, t("bulletin.desk.save")),
        h("button", { type: "button", onclick: () => this.preview() }, t("bulletin.desk.preview"))),
      this.publishing());
  }

  section(section) {
    const mine = this.lines.filter((line) => line.section === section);
    return h("section", { dataset: { section } }, h("h3", {}, t(`bulletin.section.${section}`)),
      h("ol", { class: "written" }, ...mine.map((line, place) => this.line(line, mine, place))),
      h("button", { type: "button", class: "bare", onclick: () => this.add(section) }, t("bulletin.desk.add")));
  }

  line(line, mine, place) {
    const act = (label, perform, able = true) => h("button", { type: "button", class: "bare small", disabled: !able, onclick: perform }, t(label));
    return h("li", {},
      this.pair(line, line.of ? "bulletin.desk.counted" : "bulletin.desk.by_hand", 2),
      h("p", { class: "acts" },
        act("bulletin.desk.up", () => this.swap(line, mine[place - 1]), place > 0),
        act("bulletin.desk.down", () => this.swap(line, mine[place + 1]), place < mine.length - 1),
        act("bulletin.desk.drop", () => this.drop(line))));
  }

  /** The same in both languages, the Chinese first. */
  pair(said, label, rows) {
    const field = (language) => h("label", {}, h("span", { class: "soft small" }, `${t(label)} · ${t(`bulletin.desk.${language}`)}`),
      h("textarea", { rows, maxLength: rows === 1 ? 80 : 500, value: said[language], name: language, oninput: ({ target }) => (said[language] = target.value.replace(/\s*\n\s*/g, " ")) }));
    return h("div", { class: "pair" }, field("zh"), field("en"));
  }

  add(section) {
    this.lines.push({ section, of: "", zh: "", en: "" });
    this.write();
    [...this.box.querySelectorAll(`[data-section="${section}"] textarea[name=zh]`)].at(-1).focus();
  }

  swap(one, other) {
    const [a, b] = [this.lines.indexOf(one), this.lines.indexOf(other)];
    [this.lines[a], this.lines[b]] = [other, one];
    this.write();
  }

  drop(line) {
    this.lines = this.lines.filter((each) => each !== line);
    this.write();
  }

  preview() {
    this.box.replaceChildren(
      h("div", { class: "preview" }, h("h2", {}, inWords(this.title)), ...corrections(this.one.editions ?? []), ...sections(this.said().lines)),
      h("p", { class: "acts" }, h("button", { type: "button", onclick: () => this.write() }, t("bulletin.desk.preview.end"))),
      this.publishing());
  }

  publishing() {
    if (this.one.stage === "published") return null; // nothing new: an edit makes the next edition
    const edition = (this.one.editions?.length ?? 0) + 1;
    return h("form", { class: "publish fields", onsubmit: (event) => this.publish(event, edition) },
      edition > 1 ? h("label", { class: "whole" }, t("bulletin.desk.why"), h("input", { name: "why", required: true, maxLength: 300 })) : null,
      h("fieldset", { class: "whole" }, h("legend", {}, t("bulletin.desk.tell")),
        ...ROLES.map((role) => h("label", { class: "tick" }, h("input", { type: "checkbox", name: "roles", value: role, checked: role === "group" }), " ", t(`bulletin.desk.tell.${role}`)))),
      h("button", { class: "main" }, edition > 1 ? t("bulletin.desk.publish.next", { edition }) : t("bulletin.desk.publish")));
  }

  async save(button) {
    await this.sending(button, "bulletin.desk.saved", () => send("EditBulletin", { bulletin: this.id, seen: this.one.changes, ...this.said() }));
  }

  /** What is not saved yet is not published: it would not be what was read. */
  async publish(event, edition) {
    event.preventDefault();
    if (this.changed()) return say(t("bulletin.desk.unsaved"), "bad");
    const form = new FormData(event.currentTarget);
    const body = { bulletin: this.id, seen: this.one.changes, roles: form.getAll("roles"), ...(edition > 1 ? { why: still(form.get("why")) } : {}) };
    return this.sending($("button.main", event.currentTarget), "bulletin.desk.out", () => send("PublishBulletin", body));
  }

  async sending(button, said, perform) {
    button.disabled = true;
    try {
      await perform();
      this.before = this.text();
      await this.done();
      say(t(said), "good");
    } catch (problem) {
      say(problem.text ?? String(problem), "bad");
    } finally {
      button.disabled = false;
    }
  }
}

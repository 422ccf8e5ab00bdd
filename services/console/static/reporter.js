// Whoever said it: name and phone, opened for a purpose; and forgotten when they ask for it, after a second look.

import { ask } from "/static/shared/api.js";
import { h, role, say, t, words } from "/static/shared/page.js";
import { asked } from "/static/asking.js";

/** A reporter's name and phone are opened for a purpose, which is on record before anybody sees them. */
export function contact(request, label = "act.contact") {
  async function open(values) {
    const found = await ask(`/v1/requests/${encodeURIComponent(request.id)}/reporter`, { body: values });
    show(found.erased ? { name: words("erased") } : found);
  }
  return h("button", { type: "button", class: "bare", dataset: { action: "contact" }, onclick: () => asked("contact", ["purpose"], request, open) }, t(label));
}

/** Whom it names, opened in the same way. */
export function accusedName(request) {
  async function open(values) {
    const found = await ask(`/v1/requests/${encodeURIComponent(request.id)}/accused`, { body: values });
    show({ name: found.erased ? words("erased") : found.name }, "act.accused");
  }
  return h("button", { type: "button", class: "bare", dataset: { action: "accused" }, onclick: () => asked("accused", ["purpose"], request, open) }, t("act.accused.open"));
}

function show(found, title = "act.contact") {
  const lines = ["name", "phone", "address", "entrance", "unit"].filter((name) => found[name]);
  const value = (name) => (name === "phone" ? h("a", { class: "button main", href: `tel:${found.phone}` }, found.phone) : found[name]);
  const dialog = h("dialog", { "aria-labelledby": "contact-title", onclose: () => dialog.remove() },
    h("form", { method: "dialog", class: "stack" },
      h("h2", { id: "contact-title" }, t(title)),
      lines.length ? h("dl", { class: "facts" }, ...lines.map((name) => h("div", {}, h("dt", {}, t(`act.contact.${name}`)), h("dd", {}, value(name))))) : h("p", {}, t("act.contact.none")),
      h("p", { class: "row" }, h("button", { class: "main" }, t("ui.close")))));
  document.body.append(dialog);
  dialog.showModal();
}

/** Erasing takes two steps, and the code typed by hand: nobody brings it back. */
export function eraser(request, done) {
  if (role !== "staff" && role !== "secretary") return null;
  return h("button", { type: "button", class: "bare danger", dataset: { action: "erase" }, onclick: () => erasing({ what: t("erase.request", { code: request.code }), code: request.code, path: `/v1/requests/${encodeURIComponent(request.id)}/erasure` }, done) }, t("erase.title"));
}

/** First what is lost, then the code; `done()` when it is gone. */
export function erasing({ what, code, path }, done) {
  const typed = h("input", { id: "erase-code", autocomplete: "off", class: "mono", maxLength: 64 });
  const first = h("div", { class: "stack" }, h("p", {}, what), h("p", { class: "soft" }, t("erase.kept")));
  const second = h("div", { class: "field", hidden: true }, h("label", { htmlFor: "erase-code" }, t("erase.type", { code })), typed);
  const next = h("button", { type: "submit", class: "bad", dataset: { step: "1" } }, t("erase.next"));
  async function go(event) {
    event.preventDefault();
    if (second.hidden) {
      second.hidden = false;
      next.textContent = t("erase.now");
      next.dataset.step = "2";
      return typed.focus();
    }
    if (typed.value.trim().toUpperCase() !== code.toUpperCase()) {
      typed.setAttribute("aria-invalid", "true");
      return say(t("erase.other_code"), "bad");
    }
    next.disabled = true;
    try {
      await ask(path, { body: {} });
      say(t("erase.done"), "good");
      dialog.close();
      done?.("erase");
    } catch (problem) {
      say(problem.text ?? String(problem), "bad");
      next.disabled = false;
    }
    return null;
  }
  const dialog = h("dialog", { "aria-labelledby": "erase-title", onclose: () => dialog.remove() },
    h("form", { method: "dialog", class: "stack", onsubmit: go },
      h("h2", { id: "erase-title" }, t("erase.title")), first, second,
      h("p", { class: "row" }, h("button", { type: "button", onclick: () => dialog.close() }, t("ui.cancel")), next)));
  document.body.append(dialog);
  dialog.showModal();
}

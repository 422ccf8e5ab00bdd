// A dialog that asks for something and does it: what was typed stays until it was taken, and a refusal is said where it was typed.

import { newKey } from "/static/shared/api.js";
import { h, t } from "/static/shared/page.js";

/** `values()` is what was typed; `perform(values, key)` does it, under one key as long as nothing else is typed. `go` is the button. */
export function ask(title, parts, go, values, perform) {
  const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
  let [before, key] = ["", ""];
  async function send(event) {
    event.preventDefault();
    const typed = values();
    const now = JSON.stringify(typed);
    if (now !== before) [before, key] = [now, newKey()];
    go.disabled = wrong.hidden = true;
    go.setAttribute("aria-busy", "true");
    try {
      await perform(typed, key);
      dialog.close();
    } catch (problem) {
      wrong.textContent = problem.text ?? String(problem);
      wrong.hidden = false;
    } finally {
      go.disabled = false;
      go.removeAttribute("aria-busy");
    }
  }
  const dialog = h("dialog", { "aria-labelledby": "dialog-title", onclose: () => dialog.remove() },
    h("form", { method: "dialog", class: "stack", onsubmit: send },
      h("h2", { id: "dialog-title" }, title), ...parts, wrong,
      h("p", { class: "row" }, h("button", { type: "button", onclick: () => dialog.close() }, t("ui.cancel")), go)));
  document.body.append(dialog);
  dialog.showModal();
  const fields = [...dialog.querySelectorAll("input, select, textarea")];
  (fields.find(({ required, value }) => required && !value) ?? fields[0] ?? go).focus();
}

// Taking the ledger out as a file: why is asked first, and it is on record before anything leaves.

import { Problem } from "/static/shared/api.js";
import { $, h, lang, say, t } from "/static/shared/page.js";

export function offerToTake(filters) {
  $("#take")?.addEventListener("click", () => open(filters));
}

function open(filters) {
  const purpose = h("input", { id: "take-purpose", required: true, maxLength: 200, autocomplete: "off" });
  const form = h("select", { id: "take-form" }, h("option", { value: "xlsx" }, t("ledger.take.xlsx")), h("option", { value: "csv" }, t("ledger.take.csv")));
  const texts = h("input", { type: "checkbox" });
  const go = h("button", { class: "main" }, t("ledger.take"));
  const dialog = h("dialog", { "aria-labelledby": "take-title", onclose: () => dialog.remove() },
    h("form", { class: "stack", onsubmit: async (event) => {
      event.preventDefault();
      go.disabled = true;
      go.setAttribute("aria-busy", "true");
      try {
        await take({ ...(await filters.asked()), ...(filters.words ? { words: filters.words } : {}), purpose: purpose.value.trim(), form: form.value, texts: texts.checked, lang });
        dialog.close();
      } catch (problem) {
        say(problem.text ?? String(problem), "bad");
        go.disabled = false;
        go.removeAttribute("aria-busy");
      }
    } },
      h("div", {}, h("h2", { id: "take-title" }, t("ledger.take")), h("p", { class: "soft small" }, t("ledger.take.lead"))),
      h("div", { class: "field" }, h("label", { htmlFor: "take-purpose" }, t("ledger.take.purpose")), purpose),
      h("div", { class: "field" }, h("label", { htmlFor: "take-form" }, t("ledger.take.form")), form),
      h("label", { class: "row" }, texts, t("ledger.take.texts")),
      h("p", { class: "row" }, h("button", { type: "button", onclick: () => dialog.close() }, t("ui.cancel")), go)));
  document.body.append(dialog);
  dialog.showModal();
  purpose.focus();
}

async function take({ overdue, without_owner, ...asked }) {
  const body = JSON.stringify({ ...asked, overdue: Boolean(overdue), without_owner: Boolean(without_owner) });
  const response = await fetch("/v1/ledger/export", { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => null);
  if (!response) throw new Problem(0, {}, 3);
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})), 2);
  const address = URL.createObjectURL(await response.blob());
  const [, name] = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "") ?? [];
  h("a", { href: address, download: name ?? "ledger" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}


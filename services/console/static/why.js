// Why a request is where it is: the steps and rules in order, which one took it, and what the others missed.

import { ask } from "/static/shared/api.js";
import { h, t } from "/static/shared/page.js";

const missed = (row) => row.missed.map((one) => t(`whyhere.missed.${one}`, {}, one)).join(t("whyhere.and"));

function line(row) {
  const name = row.step ? t(`whyhere.step.${row.step}`) : row.title || row.rule;
  const verdict = row.used ? t("whyhere.used") : row.matched ? t("whyhere.matched") : t("whyhere.no", { missed: missed(row) });
  return h("li", { class: row.used ? "" : "soft" }, `${name}：${verdict}`);
}

function drawn({ policy, assigned, steps, rules }) {
  const version = policy.version ? t("whyhere.policy", { version: policy.version, name: policy.name }) : t("whyhere.default");
  return [
    h("ol", { class: "small" }, ...[...steps, ...rules].map(line), assigned && !assigned.grid ? h("li", {}, t("whyhere.triage")) : null),
    h("p", { class: "soft small" }, version),
  ];
}

/** A line that opens; routing is asked when somebody wants to know. */
export function why(id) {
  const inside = h("div", { "aria-live": "polite" });
  const box = h("details", { class: "why" }, h("summary", {}, t("whyhere.title")), inside);
  box.addEventListener("toggle", async () => {
    if (!box.open || inside.childElementCount) return;
    try {
      inside.replaceChildren(...drawn(await ask(`/v1/requests/${encodeURIComponent(id)}/explanation`)));
    } catch (problem) {
      inside.replaceChildren(h("p", { class: "soft" }, problem.text ?? String(problem)));
    }
  });
  return box;
}

// What an operator wants to know first: does everything stand, and what waits for a person.

import { ask } from "/static/shared/api.js";
import { $, h, t } from "/static/shared/page.js";
import { follow } from "/static/live.js";

const REFRESH = 5000; // milliseconds

function card({ service, ready, checks = {}, url, ...counts }) {
  const numbers = Object.entries(counts).filter(([, value]) => typeof value === "number");
  return h("li", { class: `card service ${ready ? "ready" : "down"}` },
    h("header", {}, h("i", { "aria-hidden": "true" }), h("h2", {}, service), h("span", { class: "soft" }, t(ready ? "operations.ready" : "operations.not_ready"))),
    h("ul", { class: "checks" }, ...Object.entries(checks).map(([name, fine]) => h("li", { class: fine ? "fine" : "late" }, `${fine ? "✓" : "✕"} ${t(`operations.check.${name}`, {}, name)}`))),
    numbers.length ? h("dl", { class: "counts" }, ...numbers.map(([name, value]) => h("div", { class: value ? "late" : "" }, h("dt", {}, t(`operations.count.${name}`, {}, name)), h("dd", {}, String(value))))) : null,
    url ? h("p", { class: "small" }, h("a", { href: `${url}/metrics` }, t("operations.metrics")), " · ", h("a", { href: `${url}/readyz` }, "readyz")) : null);
}

async function read() {
  try {
    const services = await ask("/v1/services");
    const down = services.filter(({ ready }) => !ready);
    $("#verdict").textContent = down.length ? t("operations.down", { services: down.map(({ service }) => service).join(", ") }) : t("operations.all_ready");
    $("#services").replaceChildren(...services.map(card));
  } catch (problem) {
    $("#verdict").textContent = problem.text;
  }
}

await read();
setInterval(() => document.hidden || read(), REFRESH);
follow({});

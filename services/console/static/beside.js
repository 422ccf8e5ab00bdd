// What stands beside one request: its joint tasks, and where to call one or to mediate.

import { ask } from "/static/shared/api.js";
import { h, role, t } from "/static/shared/page.js";

/** Links that fill themselves: a joint task that runs shows on its request. */
export function beside({ id, kind, code }) {
  const box = h("p", { class: "acts" });
  if (role === "worker" || role === "operator") return box;
  const to = (page, label) => h("a", { href: `/${page}?${new URLSearchParams({ request: code })}` }, t(label));
  if ((role === "staff" || role === "secretary") && kind !== "tip") box.append(to("people", "act.beside.people"));
  if (kind === "dispute") box.append(to("mediations", "act.beside.mediate"));
  ask(`/v1/joint-tasks?${new URLSearchParams({ request: id })}`)
    .then(({ items }) => {
      const runs = items.some(({ stands }) => stands === "running");
      box.append(to("joint-tasks", runs ? "act.beside.runs" : items.length ? "act.beside.was" : "act.beside.call"));
    })
    .catch(() => {}); // the request itself is there; what stands beside it comes with the next look
  return box;
}

// Bars in plain CSS, each a link to the matters behind it. Numbers come from the service, never from here.

import { h, t } from "/static/shared/page.js";
import { redraw } from "/static/redraw.js";

const ORDER = ["submitted", "triage", "assigned", "accepted", "in_progress", "on_hold", "returned", "reopened", "resolved", "closed", "declined", "withdrawn"];

/** `most` is what a whole bar stands for; left out: the greatest there is. */
export function bars(list, entries, link, { most = Math.max(1, ...entries.map(({ count }) => count)) } = {}) {
  const line = ({ key, name, count, tone, shown = String(count) }) => {
    const bar = h("i", { class: tone ?? "" });
    bar.style.width = `${(count / most) * 100}%`;
    return h("li", {}, h("a", { href: link(key) }, h("span", { class: "name" }, name), h("span", { class: "bar" }, bar), h("b", {}, shown)));
  };
  redraw(list, entries, line, { key: ({ key }) => key, as: (entry) => JSON.stringify([entry, most, link(entry.key)]) });
}

/** One bar for each status that any request is in, in the order of a request's life. */
export function byStatus(list, counts) {
  bars(
    list,
    ORDER.filter((status) => counts[status]).map((status) => ({ key: status, name: t(`status.${status}`), count: counts[status], tone: `s-${status}` })),
    (status) => `/?status=${status}`,
  );
}

// The live stream: every change of the ledger as it happens, resumed by the browser where it broke off.

import { $, t } from "/static/shared/page.js";

const PAUSE = 200; // milliseconds; rows that come together are drawn together

function show(state) {
  const link = $("#link");
  if (!link || link.dataset.state === state) return;
  link.dataset.state = state;
  link.lastElementChild.textContent = t(`live.${state}`);
}

/** `rows(list)` is told of the newest state of each request that changed, `topics()` that there is a new topic. */
export function follow({ after = 0, rows, topics }) {
  const waiting = new Map();
  let due = null;
  const stream = new EventSource(`/v1/live?after=${after}`);
  stream.addEventListener("open", () => show("on"));
  stream.addEventListener("error", () => show(stream.readyState === EventSource.CLOSED ? "off" : "waiting"));
  stream.addEventListener("ledger", ({ data }) => {
    const row = JSON.parse(data);
    waiting.set(row.id, row);
    due ??= setTimeout(() => {
      due = null;
      const changed = [...waiting.values()];
      waiting.clear();
      rows?.(changed);
    }, PAUSE);
  });
  stream.addEventListener("topic", () => topics?.());
  addEventListener("pagehide", () => stream.close());
  return stream;
}

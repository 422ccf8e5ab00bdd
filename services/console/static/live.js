// The live stream: every change of the ledger as it happens, resumed by the browser where it broke off.

import { $, t } from "/static/shared/page.js";

const PAUSE = 200; // milliseconds; rows that come together are drawn together
const AGAIN = 3000; // milliseconds

function show(state) {
  const link = $("#link");
  if (!link || link.dataset.state === state) return;
  link.dataset.state = state;
  link.lastElementChild.textContent = t(`live.${state}`);
}

/** `rows(list)` is told of the newest state of each request that changed, `topics()` that there is a new topic. */
export function follow({ after = 0, rows, topics }) {
  const waiting = new Map();
  let last = after;
  let due = null;
  let stream = null;

  function changed({ data, lastEventId }) {
    const row = JSON.parse(data);
    last = Math.max(last, Number(lastEventId) || 0);
    waiting.set(row.id, row);
    due ??= setTimeout(() => {
      due = null;
      const list = [...waiting.values()];
      waiting.clear();
      rows?.(list);
    }, PAUSE);
  }

  function open() {
    stream = new EventSource(`/v1/live?after=${last}`);
    stream.addEventListener("open", () => show("on"));
    stream.addEventListener("error", broken);
    stream.addEventListener("ledger", changed);
    stream.addEventListener("topic", () => topics?.());
  }

  /** The browser takes a broken line up again by itself, but an answer other than 200 (a 503, say) for the end. */
  function broken() {
    const over = stream.readyState === EventSource.CLOSED;
    show(over ? "off" : "waiting");
    if (over) setTimeout(open, AGAIN);
  }

  open();
  addEventListener("pagehide", () => stream.close());
}

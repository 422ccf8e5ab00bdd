// The clocks of a request: what is left of each in working time, as the policy's calendar counts it, kept up to date.

import { ask } from "/static/shared/api.js";
import { h, t } from "/static/shared/page.js";
import { fully, length, moment } from "/static/shared/time.js";

const AGAIN = 30_000; // milliseconds

function line({ deadline, by, left }, { running }) {
  const late = left < 0 || (running && left === 0);
  const text = t(late ? "clock.late" : "clock.left", { time: length(Math.abs(left)) });
  return h("div", {}, h("dt", {}, t(`clock.${deadline}`)), h("dd", { class: late ? "late" : left < 2 * 3600 ? "soon" : "" }, text, by ? h("time", { class: "soft small", dateTime: by, title: fully(by) }, ` ${moment(by)}`) : null));
}

function drawn(told) {
  const { paused, matter, working, clocks } = told;
  const note = matter ? t("clock.follows") : paused ? t("clock.paused", { why: t(`why.${paused}`) }) : t(working ? "clock.working" : "clock.closed");
  return clocks.length ? [h("dl", { class: "facts" }, ...clocks.map((clock) => line(clock, told))), h("p", { class: "soft small" }, note)] : [];
}

/** Fills itself, and asks again as long as it is shown. */
export function clocks(id) {
  const box = h("section", { class: "clocks", "aria-label": t("clock.title"), dataset: { fills: "clocks" } });
  async function look() {
    const told = await ask(`/v1/requests/${encodeURIComponent(id)}/clocks`).catch(() => null);
    if (told) box.replaceChildren(...drawn(told));
    setTimeout(() => { if (box.isConnected) look(); }, AGAIN);
  }
  look();
  return box;
}

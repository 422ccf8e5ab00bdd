// On a worker's own page: somebody calls for help, and there is a shift that one has not answered for.

import { ask } from "/static/shared/api.js";
import { $, h, sub, t } from "/static/shared/page.js";

async function look() {
  const { items } = await ask("/v1/call-ups");
  const open = ({ ends }) => new Date(ends) > new Date();
  const silent = ({ people }) => !people.some(({ worker }) => worker === sub);
  const shifts = items.filter(({ stands }) => stands === "running").flatMap((call) => call.shifts.filter((shift) => call.mine.includes(shift.code) && open(shift)));
  const box = $("#called");
  const waits = shifts.filter(silent).length;
  const stands = shifts.filter((shift) => shift.people.some((each) => each.worker === sub && ["confirmed", "here"].includes(each.stands))).length;
  box.hidden = !waits && !stands;
  box.replaceChildren(h("a", { href: "/call-ups" }, waits ? t("call_up.waits", { count: waits }) : t("call_up.in", { count: stands })));
}

const quietly = () => look().catch(() => {}); // the page is about other things; the next look tells
await quietly();
setInterval(quietly, 30_000);

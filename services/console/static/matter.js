// One matter, many requests: what stands together, how many people that is, and what may belong to it, too.

import { ask } from "/static/shared/api.js";
import { chip, h, role, t, words } from "/static/shared/page.js";
import { fully, since } from "/static/shared/time.js";
import { perform } from "/static/actions.js";
import { categoryName, gridName } from "/static/names.js";

const SUGGESTED = 3;
const LIKELY = 0.5;
/** Only what a worker has follows another; only what is not done yet is followed. */
const FOLLOWS = new Set(["assigned", "accepted", "in_progress", "on_hold", "reopened"]);
const DONE = new Set(["resolved", "closed", "declined", "withdrawn"]);
const mayJoin = role !== "worker" && role !== "operator";

/** Which of two follows which: the smaller matter the greater one, else the later word the earlier one. None: neither can. */
function joining(one, other) {
  const can = (follower, lead) => FOLLOWS.has(follower.status) && !follower.matter && !DONE.has(lead.status);
  const weight = ({ requests, at }) => [-(requests ?? 1), at];
  const [a, b] = [weight(one), weight(other)];
  const greater = a[0] < b[0] || (a[0] === b[0] && a[1] <= b[1]);
  const ways = [[other, one], [one, other]];
  const [follower, lead] = (one.matter || other.matter ? ways : greater ? ways : ways.reverse()).find(([f, l]) => can(f, l)) ?? [];
  return follower ? { request: follower, matter: lead.matter ?? lead.id } : null;
}

function line(row, ...more) {
  return h("li", { class: "alike", dataset: { code: row.code } },
    h("p", {}, h("a", { class: "mono", href: `/#${encodeURIComponent(row.id)}` }, row.code), " ", chip(row.status), " ", h("b", {}, row.category ? categoryName(row.category) : t(`kind.${row.kind}`))),
    row.text ? h("p", { class: "glance" }, words(row.text)) : null,
    ...more);
}

function glance({ reasons, place, grid, at, people }) {
  const near = reasons.building ? t("matter.same_building") : reasons.metres === null ? null : t("matter.metres", { metres: reasons.metres });
  const said = reasons.words.slice(0, 4).join("、");
  const parts = [
    place?.building ?? (grid ? gridName(grid) : null),
    near,
    h("time", { dateTime: at, title: fully(at) }, since(at)),
    said ? t("matter.words", { words: said }) : null,
    people > 1 ? t("matter.people", { people }) : null,
  ].filter(Boolean);
  return h("p", { class: "soft small" }, ...parts.flatMap((part, place) => (place ? [" · ", part] : [part])));
}

function suggestion(state, match, done) {
  const way = mayJoin ? joining(state, match) : null;
  const join = ({ currentTarget }) => perform("join", way.request, currentTarget, done, { matter: way.matter });
  return line(match, glance(match), way ? h("button", { type: "button", class: "small", dataset: { join: match.code }, onclick: join }, t("matter.join")) : null);
}

function together(state, lead, joined, done) {
  const part = (row) => (mayJoin ? h("button", { type: "button", class: "bare small", dataset: { part: row.code }, onclick: ({ currentTarget }) => perform("part", row, currentTarget, done) }, t("act.part")) : null);
  const rows = joined.filter(({ id }) => id !== state.id).map((row) => line(row, h("p", { class: "soft small" }, row.place?.building ?? gridName(row.grid), " · ", since(row.at)), part(row)));
  const leading = lead.id === state.id ? [] : [h("p", { class: "soft small" }, t("matter.follows")), h("ul", {}, line(lead))];
  return [
    h("h3", {}, t("matter.together", { requests: joined.length + 1, people: lead.people ?? joined.length + 1 })),
    ...leading,
    rows.length ? h("ul", {}, ...rows) : null,
  ].filter(Boolean);
}

/** Fills itself: the request is there at once, what stands beside it comes when it is known. */
export function matter(state, joined, done) {
  const box = h("section", { class: "same-matter", "aria-label": t("matter.title") });
  if (role === "operator") return box;
  const standing = h("div", { dataset: state.matter ? { fills: "matter" } : {} });
  const likely = h("div", { dataset: DONE.has(state.status) ? {} : { fills: "likely" } });
  box.append(standing, likely);
  const one = (id) => ask(`/v1/requests/${encodeURIComponent(id)}`);
  if (state.matter) one(state.matter).then((lead) => standing.replaceChildren(...together(state, lead.state, lead.joined, done))).catch(() => {});
  else if (joined.length) standing.replaceChildren(...together(state, state, joined, done));
  if (DONE.has(state.status)) return box;
  ask(`/v1/requests/${encodeURIComponent(state.id)}/similar`)
    .then(({ items }) => {
      const near = items.filter(({ score }) => score >= LIKELY).slice(0, SUGGESTED);
      likely.replaceChildren(...(near.length ? [h("h3", {}, t("matter.likely", { count: near.length })), h("ul", {}, ...near.map((match) => suggestion(state, match, done)))] : []));
    })
    .catch(() => likely.replaceChildren()); // erased words, or an index that is not there yet: the request itself can be worked on
  return box;
}

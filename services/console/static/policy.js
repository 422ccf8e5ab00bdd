// The policy that holds, told so that one can read it; and the way to another: check, try, adopt.

import { ask, newKey } from "/static/shared/api.js";
import { $, h, say, t } from "/static/shared/page.js";
import { fully } from "/static/shared/time.js";
import { actorName, categoryName, gridName, learn } from "/static/names.js";

const draft = $("#draft");
const outcome = $("#outcome");
let version = 0;
let tried = "";

const table = (heads, rows) =>
  h("div", { class: "policy-table" }, h("table", {}, h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))), h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((cell, place) => h("td", { "data-label": heads[place] }, cell)))))));

const span = (text) => (text ? text.replace("h", t("policy.hours")).replace("m", t("policy.minutes")) : "—");
const running = (clock) => t(clock.round_the_clock ? "policy.round_the_clock" : "policy.working_time");
const shifts = (list) => (list.length ? list.map(({ start, end }) => `${start}–${end}`).join(t("policy.and")) : t("policy.closed"));
const joined = (list) => list.join(t("policy.or"));

function clocks({ clocks: each, category_clocks: special }) {
  const rows = Object.entries(each).map(([severity, clock]) => [t(`severity.${severity}`), span(clock.accept), span(clock.contact), span(clock.resolve), running(clock)]);
  const more = special.map((clock) => [
    `${categoryName(clock.category)}${clock.severity ? ` · ${t(`severity.${clock.severity}`)}` : ""}`,
    span(clock.accept), span(clock.contact), span(clock.resolve), clock.round_the_clock === null ? "—" : running(clock),
  ]);
  return h("section", { class: "card" }, h("h2", {}, t("policy.clocks")), table(["what", "accept", "contact", "resolve", "runs"].map((name) => t(`policy.clock.${name}`)), [...rows, ...more]));
}

function calendar({ calendar: days }) {
  const week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [t(`weekday.${day}`), shifts(days.week[day] ?? [])]);
  const single = Object.entries(days.single_days).map(([day, list]) => [day, shifts(list)]);
  return h("section", { class: "card" },
    h("h2", {}, t("policy.calendar")),
    table([t("policy.day"), t("policy.worked")], [...week, ...single]),
    h("p", { class: "soft small" }, t(days.statutory ? "policy.statutory" : "policy.no_statutory"), " ", days.time_zone),
    days.holidays.length ? h("p", { class: "small" }, t("policy.holidays"), days.holidays.join(" ")) : null,
    days.make_up_days.length ? h("p", { class: "small" }, t("policy.make_up_days"), days.make_up_days.join(" ")) : null);
}

function conditions(rule) {
  return [
    rule.categories.length && joined(rule.categories.map(categoryName)),
    rule.kinds.length && joined(rule.kinds.map((kind) => t(`kind.${kind}`))),
    rule.channels.length && joined(rule.channels.map((channel) => t(`channel.${channel}`))),
    rule.words.length && t("policy.if.words", { words: joined(rule.words) }),
    rule.not_words.length && t("policy.if.not_words", { words: joined(rule.not_words) }),
    rule.hours !== "any" && t(`policy.if.${rule.hours}`),
    rule.weekdays.length && joined(rule.weekdays.map((day) => t(`weekday.${day}`))),
    rule.time_of_day && `${rule.time_of_day.start}–${rule.time_of_day.end}`,
  ].filter(Boolean).join(t("policy.and"));
}

function consequences({ send, severity, over_place: over }) {
  const where = send && (send.to === "grid" ? `${send.grid} ${gridName(send.grid)}` : `${send.area} · ${t(send.to === "head" ? "policy.head" : `duty.${send.duty}`, {}, send.duty)}`);
  return [
    where && t(over ? "policy.then.over" : "policy.then.send", { where }),
    severity && t("policy.then.severity", { severity: t(`severity.${severity}`) }),
  ].filter(Boolean).join(t("policy.and"));
}

function rules({ rules: each }) {
  return h("section", { class: "card" },
    h("h2", {}, t("policy.rules")),
    h("p", { class: "soft small" }, t("policy.rules.how")),
    each.length
      ? table(["rule", "if", "then"].map((name) => t(`policy.rule.${name}`)), each.map((rule, place) => [`${place + 1}. ${rule.title || rule.name}`, conditions(rule) || t("policy.always"), consequences(rule)]))
      : h("p", { class: "empty" }, t("policy.no_rules")));
}

function rest(policy) {
  const { weights } = policy;
  return h("section", { class: "card" },
    h("h2", {}, t("policy.rest")),
    h("ul", {},
      h("li", {}, t("policy.remind", { span: span(policy.remind_before) })),
      h("li", {}, t("policy.escalate", { span: span(policy.escalate_after) })),
      h("li", {}, t("policy.no_answer", { days: policy.no_answer_days })),
      h("li", {}, t("policy.stall", { days: policy.stall_days })),
      h("li", {}, t("policy.weights", weights))));
}

function versions(list) {
  if (!list.length) return null;
  return h("details", { class: "card" }, h("summary", {}, t("policy.versions")),
    table(["version", "when", "who", "note"].map((name) => t(`policy.version.${name}`)), list.map((one) => [`${one.version} ${one.name}`, fully(one.at), actorName(one.actor), one.note])));
}

async function read() {
  const holding = await ask("/v1/policy");
  version = holding.version;
  const box = $("#holding");
  box.removeAttribute("aria-busy");
  const name = holding.version ? t("policy.holds", { version: holding.version, name: holding.name }) : t("policy.holds.default");
  box.replaceChildren(...[h("p", {}, h("strong", {}, name)), clocks(holding.policy), calendar(holding.policy), rules(holding.policy), rest(holding.policy), versions(holding.versions)].filter(Boolean));
  // Where nothing was adopted yet, what holds by default is what one changes.
  if (!draft.value) draft.value = JSON.stringify(holding.version ? holding.content : holding.policy, null, 2);
}

function written() {
  try {
    return JSON.parse(draft.value);
  } catch (odd) {
    outcome.replaceChildren(h("p", { class: "late" }, t("policy.not_json"), ` ${odd.message}`));
    return null;
  }
}

const mistake = ({ field, problem, detail, context }) => h("li", {}, h("code", {}, field || "—"), " ", t(`policy.mistake.${problem}`, context, detail));

async function check(content) {
  const { ok, reason, mistakes } = await ask("/v1/policy/check", { body: { content } });
  outcome.replaceChildren(ok ? h("p", {}, t("policy.can")) : h("div", {}, h("p", { class: "late" }, t(`problem.${reason}`, {}, t("policy.cannot"))), h("ul", {}, ...mistakes.map(mistake))));
  return ok;
}

function told(found) {
  const word = (where) => where ?? t("policy.triage");
  return [
    h("p", {}, h("strong", {}, t("policy.tried", found))),
    found.moves.length ? table([t("policy.before"), t("policy.after"), t("policy.requests")], found.moves.slice(0, 20).map((move) => [word(move.before), word(move.after), String(move.requests)])) : null,
    found.differences.length
      ? h("details", {}, h("summary", {}, t("policy.differences")), table([t("policy.request"), t("policy.before"), t("policy.after")], found.differences.map((one) => [h("a", { href: `/#${one.request}` }, one.code), `${word(one.before.where)} ${t(`severity.${one.before.severity}`)}`, `${word(one.after.where)} ${t(`severity.${one.after.severity}`)}`])))
      : null,
  ].filter(Boolean);
}

const calmly = (work) => async (event) => {
  const button = event.currentTarget;
  button.disabled = true;
  try {
    await work();
  } catch (problem) {
    say(problem.text ?? String(problem), "bad");
  } finally {
    button.disabled = button.id === "adopt" && tried !== draft.value;
  }
};

async function start() {
  await learn();
  await read();
  $("#file").addEventListener("change", async ({ target }) => {
    if (target.files[0]) draft.value = await target.files[0].text();
    draft.dispatchEvent(new Event("input"));
  });
  draft.addEventListener("input", () => ($("#adopt").disabled = tried !== draft.value));
  $("#check").addEventListener("click", calmly(async () => {
    const content = written();
    if (content) await check(content);
  }));
  $("#try").addEventListener("click", calmly(async () => {
    const content = written();
    if (!content || !(await check(content))) return;
    const text = draft.value;
    outcome.replaceChildren(h("p", { class: "soft" }, t("policy.trying")));
    outcome.replaceChildren(...told(await ask("/v1/policy/dry-run", { body: { content } })));
    tried = text;
    $("#adopt").disabled = tried !== draft.value;
  }));
  $("#adopt").addEventListener("click", calmly(async () => {
    const content = written();
    if (!content) return;
    await ask("/v1/commands/AdoptPolicy", { body: { content, on: version, note: $("#note").value }, headers: { "Idempotency-Key": newKey() } });
    say(t("policy.adopted"), "good");
    tried = "";
    outcome.replaceChildren();
    await read();
  }));
}

await start().catch((problem) => say(problem.text ?? String(problem), "bad"));

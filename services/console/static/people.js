// People as they were recognised: what is known of each without a name, who is one person, and who is forgotten.

import { ask, newKey } from "/static/shared/api.js";
import { $, chip, h, say, t } from "/static/shared/page.js";
import { fully, moment, since } from "/static/shared/time.js";
import { categoryName, learn } from "/static/names.js";
import { contact, erasing } from "/static/reporter.js";

const list = $("#people");
const SHOWN = 5;
let after = null;
let chosen = null;

/** Ids are random and long: their end tells two apart on one page. */
const short = (person) => person.slice(-6).toUpperCase();
const failed = (problem) => say(problem.text ?? String(problem), "bad");

async function send(command, body) {
  try {
    await ask(`/v1/commands/${command}`, { body, headers: { "Idempotency-Key": newKey() } });
    say(t(`people.done.${command}`), "good");
    await again();
  } catch (problem) {
    failed(problem);
  }
}

/** Ask in a dialog; resolves to what was typed by name, or null. */
function asking(title, text, fields) {
  return new Promise((resolve) => {
    const inputs = fields.map(({ name, ...more }) => [name, h("input", { id: `people-${name}`, required: true, maxLength: 200, autocomplete: "off", ...more })]);
    const dialog = h("dialog", { "aria-labelledby": "people-asking" },
      h("form", { method: "dialog", class: "stack" },
        h("h2", { id: "people-asking" }, title), h("p", { class: "soft" }, text),
        ...inputs.map(([name, input]) => h("div", { class: "field" }, h("label", { htmlFor: input.id }, t(`people.field.${name}`)), input)),
        h("p", { class: "row" }, h("button", { type: "button", onclick: () => dialog.close() }, t("ui.cancel")), h("button", { class: "main", value: "go" }, title))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "go" ? Object.fromEntries(inputs.map(([name, input]) => [name, input.value.trim()])) : null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

async function join(person) {
  const said = await asking(t("people.join"), t("people.join.why", { person: short(person) }), [{ name: "code", class: "mono" }, { name: "why" }]);
  if (!said) return;
  try {
    const { items } = await ask(`/v1/people?${new URLSearchParams({ request: said.code })}`);
    const other = items.find((each) => each.person !== person);
    if (!other) say(t("people.nobody"), "bad");
    else await send("JoinPeople", { person, into: other.person, why: said.why });
  } catch (problem) {
    failed(problem);
  }
}

async function part(person) {
  const said = await asking(t("people.part"), t("people.part.sure", { person: short(person) }), []);
  if (said) await send("PartPeople", { person });
}

async function release(person, bound) {
  const said = await asking(t("people.release"), t("people.release.sure", { contact: bound.masked ?? t(`people.kind.${bound.kind}`) }), []);
  if (said) await send("ReleaseContact", { person, contact: bound.contact });
}

function number(person, bound) {
  const span = bound.until ? t("people.was", { since: moment(bound.since), until: moment(bound.until) }) : t("people.since", { since: moment(bound.since) });
  return h("li", {}, h("b", { class: "mono" }, bound.masked ?? t("people.hidden")), " ", h("span", { class: "soft small" }, `${t(`people.kind.${bound.kind}`)} · ${span}`),
    bound.until ? null : h("button", { type: "button", class: "bare small", dataset: { release: bound.contact }, onclick: () => release(person, bound) }, t("people.release")));
}

function said(title, rows) {
  if (!rows.length) return null;
  const line = ({ id, code, status, category, kind, at }) => h("li", {}, h("a", { class: "mono", href: `/#${encodeURIComponent(id)}` }, code), " ", category ? categoryName(category) : t(`kind.${kind}`), " ", chip(status), " ", h("time", { class: "soft small", dateTime: at, title: fully(at) }, since(at)));
  return h("div", {}, h("h3", {}, title), h("ul", { class: "said-by" }, ...rows.slice(0, SHOWN).map(line)), rows.length > SHOWN ? h("p", { class: "soft small" }, t("people.and_more", { count: rows.length - SHOWN })) : null);
}

function card({ person, into, same, contacts, requests, supports }) {
  const forget = () => erasing({ what: t("people.forget", { count: requests.length }), code: short(person), path: `/v1/people/${encodeURIComponent(person)}/erasure` }, again);
  return h("li", { class: "card person", dataset: { person } },
    h("h2", {}, t("people.person", { person: short(person) })),
    h("p", { class: "soft small" }, t("people.counts", { requests: requests.length, supports: supports.length })),
    same.length ? h("p", { class: "note" }, t("people.same", { people: same.map(short).join("、") })) : null,
    h("ul", { class: "numbers" }, ...contacts.map((bound) => number(person, bound))),
    said(t("people.requests"), requests),
    said(t("people.supports"), supports),
    h("p", { class: "acts" },
      into ? h("button", { type: "button", dataset: { act: "part" }, onclick: () => part(person) }, t("people.part")) : h("button", { type: "button", dataset: { act: "join" }, onclick: () => join(person) }, t("people.join")),
      requests.length ? contact(requests[0], "people.open") : null,
      requests.length ? h("button", { type: "button", class: "bad", dataset: { act: "forget" }, onclick: forget }, t("erase.title")) : null));
}

async function read(more = false) {
  const asked = { ...(chosen ? { request: chosen } : {}), ...(more && after ? { after } : {}) };
  const found = await ask(`/v1/people?${new URLSearchParams(asked)}`);
  after = found.next;
  list.removeAttribute("aria-busy");
  if (!more) list.replaceChildren();
  list.append(...found.items.map(card));
  $("#nothing").hidden = list.childElementCount > 0;
  $("#more").hidden = !after;
  $("#all").hidden = !chosen;
}

const again = () => read().catch(failed);

$("#find").addEventListener("submit", (event) => {
  event.preventDefault();
  chosen = $("#code").value.trim() || null;
  history.replaceState(null, "", chosen ? `?${new URLSearchParams({ request: chosen })}` : location.pathname);
  again();
});
$("#all").addEventListener("click", () => {
  chosen = null;
  $("#code").value = "";
  history.replaceState(null, "", location.pathname);
  again();
});
$("#more").addEventListener("click", () => read(true).catch(failed));

async function start() {
  await learn();
  chosen = new URLSearchParams(location.search).get("request");
  $("#code").value = chosen ?? "";
  await read();
}

await start().catch(failed);

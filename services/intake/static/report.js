// A resident says what is wrong: one form, one POST, one key that makes repeating it safe.

import { ask, intent } from "/static/shared/api.js";
import { Grids } from "/static/shared/grids.js";
import { $, h, lang, say, t } from "/static/shared/page.js";
import { sendPictures } from "/static/shared/pictures.js";
import { chosen } from "/static/chosen.js";
import { keep } from "/static/lookup.js";

const form = $("#report");
const field = (id) => document.getElementById(id);
/** Coming from the wall of wishes, what is said is a wish, whatever it is about. */
const WISHED = new URLSearchParams(location.search).get("kind") === "wish";
if (WISHED) {
  $("#asking h1").textContent = t("report.wish.title");
  $("#asking .lead").textContent = t("report.wish.lead");
}
const state = { place: null, grids: null };
const tell = intent("/v1/requests");
const pictures = chosen(field("pictures"), field("chosen"));

async function fill() {
  const [categories, buildings] = await Promise.all([ask("/v1/categories"), ask("/v1/buildings")]);
  $("#categories").replaceChildren(
    ...categories.flatMap((category) => [
      h("input", { type: "radio", name: "category", value: category.code, id: `category-${category.code}`, dataset: { kind: category.kind ?? "" } }),
      h("label", { htmlFor: `category-${category.code}` }, category[lang]),
    ]),
  );
  $("#buildings").append(...buildings.map((building) => h("option", { value: building })));
}

/** The lane that a grid's buildings stand in, as neighbours call it: 26弄. */
function lane({ buildings = [] }) {
  const lanes = new Set(buildings.map((building) => building.match(/\d+弄/)?.[0]));
  return lanes.size === 1 ? ([...lanes][0] ?? "") : "";
}

async function showMap() {
  if (state.grids) return;
  state.grids = new Grids(field("map"), await ask("/v1/plan"), {
    label: lane,
    onPlace: ({ lon, lat, code }) => {
      state.place = { lon: Number(lon.toFixed(6)), lat: Number(lat.toFixed(6)) };
      state.grids.pin(state.place);
      state.grids.select(code);
      const name = code && state.grids.layers.get(code).feature.properties.name;
      field("picked").textContent = name ? t("report.map.picked", { grid: name }) : t("report.map.outside");
    },
  });
}

/** A complaint or a tip is about somebody: whom, decides who never gets it. */
const ABOUT_PEOPLE = ["complaint", "tip"];

form.addEventListener("change", ({ target }) => {
  if (target.name === "category") field("about").hidden = !ABOUT_PEOPLE.includes(target.dataset.kind);
  if (target.name !== "way") return;
  for (const part of form.querySelectorAll("[data-way]")) part.hidden = part.dataset.way !== target.value;
  if (target.value === "map") showMap().catch((problem) => complain(problem.text));
});

function place() {
  const way = form.elements.way.value;
  const said = (id) => field(id).value.trim();
  if (way === "building" && said("building")) return { building: said("building"), ...(said("unit") && { unit: said("unit") }) };
  if (way === "map" && state.place) return state.place;
  if (way === "address" && said("address")) return { address: said("address") };
  return way === "nowhere" ? { address: t("report.nowhere.said") } : undefined;
}

function about() {
  if (field("about").hidden) return {};
  return { about: form.querySelector("[name=about]:checked")?.value, about_name: field("about_name").value.trim() || undefined };
}

function written() {
  const category = form.querySelector("[name=category]:checked");
  const reporter = { name: field("name").value.trim() || undefined, phone: field("phone").value.trim() || undefined };
  return {
    text: field("text").value.trim(),
    kind: WISHED ? "wish" : category?.dataset.kind || undefined,
    category: category?.value,
    location: place(),
    ...about(),
    reporter: reporter.name || reporter.phone ? reporter : undefined,
  };
}

function complain(text) {
  $("#trouble").textContent = text;
  $("#trouble").hidden = !text;
}

/** Put each wrong field's text beside it. What has no field of its own stands above the button. */
function mark(wrong) {
  for (const line of form.querySelectorAll("[data-wrong]")) line.hidden = true;
  for (const each of form.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
  for (const [name, text] of Object.entries(wrong)) {
    const line = form.querySelector(`[data-wrong="${name}"]`);
    if (!line) {
      complain(text);
      continue;
    }
    line.textContent = text;
    line.hidden = false;
    field(name)?.setAttribute("aria-invalid", "true");
  }
  form.querySelector("[data-wrong]:not([hidden])")?.closest("section").querySelector("input:not([type=radio]), textarea")?.focus();
}

function busy(is) {
  field("send").disabled = is;
  field("send").setAttribute("aria-busy", is);
}

async function send(body, tries = 0) {
  try {
    return await tell(body);
  } catch (problem) {
    if (!problem.passing || tries >= 5) throw problem;
    complain(t("report.again"));
    await new Promise((go) => setTimeout(go, problem.retryAfter * 1000 * (tries + 1)));
    return send(body, tries + 1);
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  complain("");
  const body = written();
  if (!body.text) return mark({ text: t("report.text.needed") });
  if (!body.location) return mark({ location: t("report.where.needed") });
  mark({});
  busy(true);
  try {
    const taken = await send(body);
    done(taken);
    await show(taken);
  } catch (problem) {
    if (problem.fields?.length) mark(Object.fromEntries(problem.fields.map(({ field }) => [field.split(".")[0], t(`report.wrong.${field.split(".")[0]}`, {}, problem.text)])));
    else complain(problem.text ?? String(problem));
  } finally {
    busy(false);
  }
});

/** The words are in the journal by now: a picture that is declined is told, and takes nothing back. */
async function show({ code, token }) {
  if (!pictures.length) return;
  say(t("track.picture.sending"));
  try {
    await sendPictures(`/v1/requests/${encodeURIComponent(code)}/pictures`, pictures, { Authorization: `Bearer ${token}` });
    say(t("track.picture.done"), "good");
  } catch (problem) {
    field("picture-trouble").textContent = t("report.pictures.later", { why: problem.text ?? String(problem) });
    field("picture-trouble").hidden = false;
  }
}

function done({ code, token }) {
  complain("");
  keep(code, token);
  $("#asking").hidden = true;
  $("#done").hidden = false;
  $("#new-code").textContent = code;
  $("#follow").href = `/r/${encodeURIComponent(code)}`;
  $("#done").focus();
  scrollTo({ top: 0 });
  $("#copy").addEventListener("click", async () => {
    await navigator.clipboard?.writeText(code);
    $("#copy").textContent = t("report.copied");
  });
}

await fill().catch((problem) => complain(problem.text));

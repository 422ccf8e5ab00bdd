// One request as anybody with its code may see it; with the token of this browser, also to answer and to add.

import { ask, intent } from "/static/shared/api.js";
import { $, chip, h, lang, say, t } from "/static/shared/page.js";
import { sendPictures } from "/static/shared/pictures.js";
import { fully, moment, until } from "/static/shared/time.js";
import { tokenOf } from "/static/lookup.js";

const box = $("#request");
const code = box.dataset.code;
const path = `/v1/requests/${encodeURIComponent(code)}`;
const bearing = (token) => ({ Authorization: `Bearer ${token}` });
const token = await tokenOf(code, (brought) => ask(`${path}/question`, { headers: bearing(brought) }).then(() => true, (problem) => (problem.passing ? undefined : false)));

const REFRESH = 4000; // milliseconds
const ENDED = ["closed", "declined", "withdrawn"];
const STEP_OF = { submitted: 0, triage: 0, returned: 0, assigned: 1, reopened: 1, accepted: 2, in_progress: 2, on_hold: 2, resolved: 3, closed: 4, declined: 4, withdrawn: 4 };

let shown = "";
let names = {};

function draw(request) {
  const { status } = request;
  $("#status").replaceChildren(chip(status));
  $("#category").textContent = names[request.category] ?? t(`kind.${request.kind}`, {}, "");
  $("#submitted").textContent = fully(request.submitted_at);
  const steps = $("#steps");
  steps.hidden = ["declined", "withdrawn"].includes(status);
  for (const [place, step] of [...steps.children].entries()) {
    step.classList.toggle("reached", place <= STEP_OF[status]);
    if (place === STEP_OF[status]) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  }
  $("#people").textContent = request.people > 1 ? t("track.people", { count: request.people }) : "";
  $("#support").hidden = Boolean(token) || ENDED.includes(status);
  promise(request);
  because(request.why);
  drawWork(request);
  $("#story").replaceChildren(
    ...[...request.timeline].reverse().map(({ type, at }) => h("li", {}, h("p", { class: "what" }, t(`told.${type}`, { grid: request.grid ?? "" })), h("time", { dateTime: at, title: fully(at) }, moment(at)))),
  );
  const types = request.timeline.map(({ type }) => type);
  const answered = types.lastIndexOf("FeedbackRecorded") > types.lastIndexOf("RequestResolved");
  $("#comment-wish").hidden = request.kind !== "wish";
  $("#rate").hidden = !token || answered || !["resolved", "closed"].includes(status);
  $("#own").hidden = !token || ENDED.includes(status);
  $("#withdraw").hidden = status === "resolved";
  $("#reading").hidden = Boolean(token);
  if (!token || !request.asked) $("#ask").hidden = true;
  else showQuestion();
}

/** Why it waits or is not ours, and where to go instead. */
function because(why) {
  const said = Object.entries(why ?? {}).filter(([, words]) => words);
  $("#because").hidden = said.length === 0;
  $("#because").replaceChildren(...said.map(([what, words]) => h("p", {}, h("b", {}, t(`track.why.${what}`)), " ", words)));
}

/** What the worker shows of the work, and in words to whoever submitted it. What was erased meanwhile leaves no hole. */
async function drawWork({ status, pictures: names }) {
  const address = (name) => `${path}/pictures/${encodeURIComponent(name)}`;
  const box = $("#work-pictures");
  const settle = () => {
    $("#outcome").hidden = !$("#outcome").textContent;
    $("#work").hidden = $("#outcome").hidden && !box.childElementCount;
  };
  const gone = ({ target }) => {
    target.closest("a").remove();
    settle();
  };
  box.replaceChildren(...names.map((name, place) => h("a", { href: address(name), target: "_blank" }, h("img", { src: address(name), alt: t("track.work.picture", { number: place + 1 }), loading: "lazy", onerror: gone }))));
  settle();
  const done = token && ["resolved", "closed"].includes(status);
  $("#outcome").textContent = (done && (await told("outcome"))) || "";
  settle();
}

/** Words that are for whoever shows the token, and for nobody else. */
const told = async (what) => (await ask(`${path}/${what}`, { headers: bearing(token) }).catch(() => ({})))[what] ?? "";

async function showQuestion() {
  $("#question").textContent = await told("question");
  $("#ask").hidden = false;
}

saying($("#ask form"), "answers", () => ({ text: $("#answer").value.trim() }), "ask.done");

/** One sentence on what comes next. */
function promise(request) {
  const note = $("#promise");
  const open = !ENDED.includes(request.status) && request.status !== "resolved";
  const due = open && request.due_at ? until(request.due_at) : null;
  note.classList.toggle("sun", Boolean(due?.late));
  note.textContent = due ? t(due.late ? "track.promise.late" : "track.promise", { time: moment(request.due_at) }) : t(`track.next.${request.status}`, {}, "");
  note.hidden = !note.textContent;
}

async function refresh() {
  try {
    const request = await ask(path);
    box.removeAttribute("aria-busy");
    const now = JSON.stringify(request);
    if (now !== shown) draw(request);
    shown = now;
    if (ENDED.includes(request.status) && request.status !== "closed") return;
  } catch (problem) {
    if (problem.status === 404 || problem.status === 422) {
      box.hidden = true;
      $("#missing").hidden = false;
      return;
    }
  }
  soon();
}

let waiting;
function soon(pause = REFRESH) {
  clearTimeout(waiting);
  waiting = setTimeout(() => (document.hidden ? soon() : refresh()), pause);
}

/** A form that says `body()` to `what`: only what got through is cleared and closed, and what went wrong is told in it. */
function saying(form, what, body, thanks) {
  const tell = intent(`${path}/${what}`);
  const trouble = h("p", { class: "note bad", role: "alert", hidden: true });
  const button = $("button:not([type=button])", form);
  button.closest("p").before(trouble);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    trouble.hidden = true;
    try {
      await tell(body(), token ? bearing(token) : {});
      form.reset();
      form.closest("dialog")?.close();
      say(t(thanks), "good");
    } catch (problem) {
      trouble.textContent = problem.fields?.some(({ field }) => field.endsWith("phone")) ? t("ui.wrong.phone") : (problem.text ?? String(problem));
      trouble.hidden = false;
    } finally {
      button.disabled = false;
    }
    soon(300);
  });
}

saying($("#rate form"), "feedback", () => {
  const { solved, satisfaction, comment } = $("#rate form").elements;
  return { solved: solved.value === "yes", satisfaction: Number(satisfaction.value), comment: comment.value.trim() || undefined };
}, "track.thanks");

$("#picture").addEventListener("change", async ({ target }) => {
  const label = target.closest("label");
  label.setAttribute("aria-busy", "true");
  try {
    await sendPictures(`${path}/pictures`, target.files, bearing(token));
    say(t("track.picture.done"), "good");
  } catch (problem) {
    say(problem.text ?? String(problem), "bad");
  }
  label.removeAttribute("aria-busy");
  target.value = "";
  soon(300);
});

function asking(button, dialog, ...said) {
  button.addEventListener("click", () => dialog.showModal());
  $("[data-close]", dialog).addEventListener("click", () => dialog.close());
  saying($("form", dialog), ...said);
}
$("#messages").addEventListener("click", async () => {
  try {
    const { page } = await ask(`${path}/preferences`, { body: {}, headers: bearing(token) });
    location.assign(page);
  } catch (problem) {
    say(problem.text, "bad");
  }
});
asking($("#amend"), $("#amending"), "amendments", () => ({ text: $("#more").value.trim() }), "track.amended");
asking($("#withdraw"), $("#withdrawing"), "withdrawal", () => ({ reason: $("#why").value.trim() || undefined }), "track.withdrawn");
asking($("#support"), $("#supporting"), "support", () => ({ phone: $("#support-phone").value.trim(), tell: $("#support-tell").checked }), "track.supported");

names = Object.fromEntries((await ask("/v1/categories").catch(() => [])).map((category) => [category.code, category[lang]]));
await refresh();

// Disputes that are mediated (人民调解).

import { ask } from "/static/shared/api.js";
import { $, h, role, say, t } from "/static/shared/page.js";
import { moment, until } from "/static/shared/time.js";
import { deed, opener, workersOf } from "/static/deeds.js";
import { allWorkers, learn, workerName } from "/static/names.js";
import { byTheMinute, redraw } from "/static/redraw.js";
import { story, tag } from "/static/steps.js";

function card(one) {
  const fixed = { request: one.id };
  const by = one.confirm_by && !applied(one) ? until(one.confirm_by) : null;
  const acts = one.stands === "open" ? [
    one.mediator ? deed("mediation.session", "HoldMediationSession", fixed, [{ name: "note", kind: "long" }], read, "main") : null,
    role === "worker" ? null : deed("mediation.name", "NameMediator", fixed, [{ name: "mediator", kind: "choice", options: workersOf() }], read),
    one.mediator ? deed("mediation.agree", "RecordAgreement", fixed, [{ name: "terms", kind: "long" }, { name: "effective_at", kind: "time", optional: true }], read) : null,
    one.mediator ? deed("mediation.fail", "RecordFailure", fixed, [{ name: "note", kind: "long", optional: true }], read, "bad") : null,
  ] : one.stands === "agreed" && role !== "worker" ? [
    applied(one) ? null : deed("mediation.apply", "ApplyForConfirmation", fixed, [{ name: "jointly", kind: "tick" }], read, "main"),
    deed("mediation.follow_up", "FollowUp", fixed, [{ name: "kept", kind: "tick", value: true }, { name: "note", kind: "long", optional: true }], read),
  ] : [];
  return h("article", { class: "card work", dataset: { id: one.id } },
    h("div", { class: "work-top" }, h("h2", {}, h("a", { href: `/#${encodeURIComponent(one.id)}` }, t("mediation.one"))), tag("mediation", one.stands)),
    h("p", {}, t("mediation.by", { mediator: one.mediator ? workerName(one.mediator) : t("mediation.nobody") })),
    one.stands === "agreed" ? h("p", { class: by?.late ? "late" : by?.soon ? "soon" : "" }, applied(one) ? t("mediation.applied") : t("mediation.confirm_by", { time: moment(one.confirm_by), left: by.text })) : null,
    opener("mediation.parties", `/v1/mediations/${encodeURIComponent(one.id)}/parties`, "mediation.purpose"),
    h("p", { class: "acts" }, ...acts), story(one.steps));
}

const applied = ({ steps = [] }) => steps.some(({ type }) => type === "JudicialConfirmationApplied");

async function read() {
  const { items } = await ask("/v1/mediations");
  const box = $("#works");
  box.className = "works";
  redraw(box, items, card, { as: byTheMinute });
  $("#nothing").hidden = items.length > 0;
}

const failed = (problem) => say(problem.text ?? String(problem), "bad");
await learn().catch(failed);
if (role !== "worker") {
  const asked = new URLSearchParams(location.search).get("request") ?? "";
  $("#acts").append(deed("mediation.open", "OpenMediation", {},
    [{ name: "request", value: asked }, { name: "parties", kind: "long" }, { name: "party_ids", kind: "many", options: allWorkers(), optional: true }], read, "main"));
}
await read().catch(failed);

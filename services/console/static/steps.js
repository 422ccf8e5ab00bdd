// The history of one piece of joint work, folded away until somebody wants it.

import { h, t, words } from "/static/shared/page.js";
import { fully, moment } from "/static/shared/time.js";
import { workerName } from "/static/names.js";

/** `named` gives codes of departments their names. */
export function story(steps = [], named = (code) => code) {
  const line = ({ type, at, about = {}, words: said = {} }) => {
    const values = { ...about };
    for (const name of ["worker", "mediator"]) if (values[name]) values[name] = workerName(values[name]);
    for (const name of ["department", "lead", "whose"]) if (values[name]) values[name] = named(values[name]);
    if (values.reason) values.reason = t(`why.${values.reason}`, {}, values.reason);
    return h("li", {}, h("time", { class: "soft", dateTime: at, title: fully(at) }, moment(at)), " ", t(`event.${type}`, values),
      ...Object.values(said).filter(Boolean).map((text) => h("p", { class: "said" }, words(text))));
  };
  return h("details", {}, h("summary", { class: "soft small" }, t("deed.steps", { count: steps.length })), h("ol", { class: "steps" }, ...[...steps].reverse().map(line)));
}

export const tag = (group, stands) => h("span", { class: `tag ${["overdue", "missed", "unanswered", "failed", "due"].includes(stands) ? "bad" : ["done", "evaluated", "here", "agreed", "made", "fixed", "finished", "fulfilled"].includes(stands) ? "good" : ""}` }, t(`stands.${group}.${stands}`));

// A bulletin (工作计划及进展) as residents read it: sections in their order, and how often it was corrected.

import { h, lang, t } from "/static/shared/page.js";
import { moment } from "/static/shared/time.js";

export const SECTIONS = ["decided", "done", "due"];

/** In the language of the page; what has no English is shown in Chinese. */
export const inWords = (said) => (lang === "zh" ? said.zh : said.en || said.zh);

const parts = (day) => day.split("-").map(Number);
export function days({ since, until }) {
  const [year, month, day] = parts(since);
  const [, lastMonth, lastDay] = parts(until);
  return t("bulletin.days", { year, month, day, last_month: lastMonth, last_day: lastDay });
}

/** The lines by section: a section without a line is not shown. */
export const sections = (lines) => SECTIONS.map((section) => [section, lines.filter((line) => line.section === section)])
  .filter(([, some]) => some.length)
  .map(([section, some]) => h("section", {}, h("h2", {}, t(`bulletin.section.${section}`)), h("ul", { class: "lines" }, ...some.map((line) => h("li", {}, inWords(line))))));

/** What was corrected, the last edition first; nothing where there is one edition. */
export const corrections = (editions) => (editions.length < 2 ? [] : [
  h("section", { class: "note corrected" }, h("h2", { class: "small" }, t("bulletin.corrected", { edition: editions.at(-1).edition })),
    h("ul", {}, ...editions.slice(1).reverse().map(({ edition, at, why }) => h("li", {}, h("b", {}, t("bulletin.edition", { edition })), ` ${moment(at)}：${why}`)))),
]);

// Moments on the tenant's clock, whatever clock the browser has.

import { lang, t, zone } from "/static/shared/page.js";

const locale = lang === "zh" ? "zh-CN" : "en-GB";
const day = new Intl.DateTimeFormat(locale, { timeZone: zone, month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
const full = new Intl.DateTimeFormat(locale, { timeZone: zone, dateStyle: "long", timeStyle: "short", hour12: false });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
const measure = (unit) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: lang === "zh" ? "short" : "narrow", maximumFractionDigits: 0 });
const lengths = { day: measure("day"), hour: measure("hour"), minute: measure("minute") };

const UNITS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

function measured(seconds) {
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? ["minute", 60];
  return [Math.floor(seconds / size), unit];
}

/** "3 h 20 min" of so many seconds: the two largest units. */
export function length(seconds) {
  const parts = [];
  let rest = Math.round(seconds / 60) * 60;
  for (const [unit, size] of UNITS.slice(1)) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount) parts.push(lengths[unit].format(amount));
  }
  return parts.join(" ") || lengths.minute.format(0);
}

export const moment = (iso) => day.format(new Date(iso));
export const fully = (iso) => full.format(new Date(iso));

/** "3 minutes ago"; older than a week: the date. */
export function since(iso) {
  const seconds = (Date.now() - new Date(iso)) / 1000;
  if (seconds < 60) return t("time.now");
  if (seconds > 7 * 86400) return moment(iso);
  const [amount, unit] = measured(seconds);
  return relative.format(-amount, unit);
}

/** How long is left until a deadline, or how late it is: {text, late, soon}. */
export function until(iso) {
  const seconds = (new Date(iso) - Date.now()) / 1000;
  const [amount, unit] = measured(Math.abs(seconds));
  const text = lengths[unit].format(amount);
  return { text: t(seconds < 0 ? "time.late" : "time.left", { time: text }), late: seconds < 0, soon: seconds < 2 * 3600 };
}

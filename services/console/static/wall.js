// What clocks on the wall show in the street, whatever zone the browser is in: forms are filled by them.

import { zone } from "/static/shared/page.js";

const iso = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });

/** 2026-11-28T17:30, as a field of kind datetime-local wants it. */
export const onTheWall = (at) => iso.format(new Date(at)).replace(" ", "T");

/** The moment at which the street's clocks show this. */
export function atTheStreet(reading) {
  const guess = new Date(`${reading}:00Z`);
  const off = new Date(`${onTheWall(guess)}:00Z`) - guess;
  return new Date(guess - off).toISOString();
}

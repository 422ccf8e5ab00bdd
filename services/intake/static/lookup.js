// Following a request by its code, and the codes that this browser was given.

import { $, h } from "/static/shared/page.js";

const TOKENS = "lastmile.tokens";
const KEPT = 50;

/** Every request made in this browser, newest first: [{code, token}]. A token stands here and nowhere else. */
export function own() {
  try {
    return JSON.parse(localStorage.getItem(TOKENS)) ?? [];
  } catch {
    return [];
  }
}

export function keep(code, token) {
  const others = own().filter((each) => each.code !== code);
  localStorage.setItem(TOKENS, JSON.stringify([{ code, token }, ...others].slice(0, KEPT)));
}

/**
 * The token of a request in this browser, or the one that its link brought behind the #, once the door has said that it holds.
 * Where nobody could say (undefined), it stays in the address for the next try.
 */
export async function tokenOf(code, holds) {
  const brought = location.hash.slice(1);
  const well = Boolean(brought) && !keptFor(code) && (await holds(brought));
  if (well) keep(code, brought);
  if (brought && well !== undefined) history.replaceState(null, "", location.pathname + location.search);
  return keptFor(code);
}

const keptFor = (code) => own().find((each) => each.code === code)?.token;

for (const form of document.querySelectorAll("form.lookup")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = form.elements.code.value.trim().toUpperCase();
    if (code) location.href = `/r/${encodeURIComponent(code)}`;
  });
}

const mine = $("#mine");
if (mine && own().length > 0) {
  mine.hidden = false;
  $(".codes", mine).replaceChildren(...own().slice(0, 6).map(({ code }) => h("li", {}, h("a", { href: `/r/${encodeURIComponent(code)}`, class: "mono" }, code))));
}

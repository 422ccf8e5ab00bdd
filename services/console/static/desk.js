// What every page of the desk does by itself: its menu goes as it came, and a list of many takes each with one click.

import { $ } from "/static/shared/page.js";

const rest = $(".rest");
if (rest) {
  document.addEventListener("click", ({ target }) => rest.contains(target) || (rest.open = false));
  rest.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !rest.contains(relatedTarget) && (rest.open = false));
  rest.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !rest.open) return;
    event.stopPropagation();
    rest.open = false;
    $("summary", rest).focus();
  });
}

/** Without this a click that forgets the control key takes all others off the list, and the next notice misses them. */
document.addEventListener("mousedown", (event) => {
  const select = event.target.closest("select[multiple]");
  if (!select || event.target === select || event.shiftKey || event.button) return;
  event.preventDefault();
  const top = select.scrollTop;
  event.target.selected = !event.target.selected;
  select.focus();
  setTimeout(() => (select.scrollTop = top));
  for (const type of ["input", "change"]) select.dispatchEvent(new Event(type, { bubbles: true }));
});

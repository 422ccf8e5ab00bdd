// The menu of the bar goes as it came: by Escape, by a click beside it, or with the keyboard leaving it.

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

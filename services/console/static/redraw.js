// Lists that are read again all day, drawn so that nothing is taken from under the hand: what is the same stays untouched;
// what is drawn anew keeps what was opened, what was typed, and the place of the keyboard; and a part that fills itself
// (`data-fills`) shows what it showed until it is filled again, so that nothing jumps.

const USED = "a[href], button, input, select, textarea, summary";
const drawn = new WeakMap(); // what each element was drawn from

/** Show `items` in `box`, in their order, each drawn by `draw(item)`; `as(item)` says what its looks depend on. */
export function redraw(box, items, draw, { key = ({ id }) => id, as = JSON.stringify } = {}) {
  const before = new Map([...box.children].map((element) => [element.dataset.key, element]));
  let place = box.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    const now = as(item);
    let element = before.get(name);
    if (!element || drawn.get(element) !== now) {
      const fresh = draw(item);
      fresh.dataset.key = name;
      drawn.set(fresh, now);
      if (element) swap(element, fresh);
      if (element === place) place = element ? fresh : place;
      element = fresh;
    }
    before.delete(name);
    if (element === place) place = place.nextElementSibling;
    else move(box, element, place);
  }
  for (const gone of before.values()) gone.remove();
  box.removeAttribute("aria-busy");
}

/** What also changes with the clock on the wall, minute by minute. */
export const byTheMinute = (item) => JSON.stringify(item) + Math.floor(Date.now() / 60e3);

/** Put an element of `box` before another one, the keyboard with it. */
export function move(box, element, before) {
  if (element.parentElement === box && element.nextElementSibling === before) return;
  const at = element.contains(document.activeElement) ? document.activeElement : null;
  box.insertBefore(element, before);
  at?.focus({ preventScroll: true });
}

/** Put `fresh` in the place of `old`, with what was open, typed and pointed at in it. */
export function swap(old, fresh) {
  const at = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(fresh);
  take(old, fresh);
  if (at) twin(at, old, fresh)?.focus({ preventScroll: true });
}

/** Draw all of `box` anew. */
export function refill(box, ...children) {
  const old = box.cloneNode(false);
  const at = box.contains(document.activeElement) ? document.activeElement : null;
  old.append(...box.childNodes);
  box.append(...children);
  take(old, box);
  if (at) twin(at, old, box)?.focus({ preventScroll: true });
}

const named = ({ tagName, className, name, id, dataset }) => [tagName, className, name, id, dataset.deed, dataset.action, dataset.fills].join(" ");

/** The one that is to the new what this was to the old: of the same kind and name, and as many after the first. */
function twin(element, old, fresh) {
  const alike = (box) => [...box.querySelectorAll(`${USED}, details, [data-fills]`)].filter((each) => named(each) === named(element));
  return alike(fresh)[alike(old).indexOf(element)];
}

function take(old, fresh) {
  for (const each of old.querySelectorAll("[data-fills]")) {
    const now = twin(each, old, fresh);
    if (now && !now.hasChildNodes()) now.append(...each.childNodes);
  }
  for (const each of old.querySelectorAll("details[open]")) twin(each, old, fresh)?.setAttribute("open", "");
  for (const each of old.querySelectorAll("input, select, textarea")) {
    const now = twin(each, old, fresh);
    if (now && each.type !== "file") Object.assign(now, ["checkbox", "radio"].includes(each.type) ? { checked: each.checked } : { value: each.value });
  }
}

// What every page's scripts stand on: the texts and the language that the server rendered with.

const root = document.documentElement;
export const { lang, zone, role, sub } = root.dataset;
export const publicUrl = root.dataset.public;

const texts = Object.assign(
  {},
  ...[...document.querySelectorAll('script[type="application/json"][id^="words"]')].map((block) => JSON.parse(block.textContent)),
);

/** The text of a slug with its {placeholders} filled; `otherwise` when nobody wrote one. */
export function t(slug, values = {}, otherwise = slug) {
  const text = texts[slug];
  return text === undefined ? otherwise : text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** One element: h("p", {class: "soft", onclick: f}, "text", child, …). Text is text: nothing here parses HTML. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const $ = (selector, within = document) => within.querySelector(selector);

const READING = { plain: 6000, good: 6000, bad: 12_000 }; // milliseconds

/** Say something in passing, in a corner and to screen readers, above whatever dialog is open. `tone` is good, bad or plain. */
export function say(text, tone = "plain") {
  const toast = h("div", { class: `toast ${tone}` }, text);
  const toasts = $("#toasts");
  toasts.append(toast);
  for (const shown of [false, true]) toasts.togglePopover?.(shown);
  setTimeout(() => toast.classList.add("going"), READING[tone] - 500);
  setTimeout(() => toast.remove(), READING[tone]);
}

/** Call `work` soon, at most once in `pause` milliseconds, however often it is asked for. */
export function calmly(work, pause) {
  let due = null;
  let last = 0;
  return () => {
    if (due !== null) return;
    due = setTimeout(
      () => {
        due = null;
        last = Date.now();
        work();
      },
      Math.max(60, last + pause - Date.now()),
    );
  };
}

/** Words of a person, or that they were erased. */
export const words = (text) => (text === "erased" ? t("ui.erased") : (text ?? ""));

export const chip = (status) => h("span", { class: `chip s-${status}` }, t(`status.${status}`));

// Where one is shows in the bar, however many places there are.
$(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

// The language switch keeps what else stands in the address.
for (const link of document.querySelectorAll("a[data-keep]")) {
  const keep = new URLSearchParams(location.search);
  keep.set("lang", link.hreflang);
  link.addEventListener("click", () => (link.href = `?${keep}${location.hash}`));
}

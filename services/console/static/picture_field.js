// Pictures that a worker adds: taken or chosen, sent at once, and seen again as the server drew them anew.

import { newKey } from "/static/shared/api.js";
import { $, h, t } from "/static/shared/page.js";
import { sendPicture } from "/static/shared/pictures.js";

const MOST = 9;
const KINDS = "image/jpeg,image/png,image/webp";

/** `mark`: each can be marked to be shown to the resident; none is unless somebody does. `changed()` is told of every step. */
export function pictureField({ mark = false, changed = () => {} }) {
  const strip = h("ul", { class: "taken", "aria-live": "polite" });
  const kept = new Map();
  let under_way = 0;

  const told = () => {
    for (const button of box.querySelectorAll("input[type=file]")) button.disabled = strip.childElementCount >= MOST;
    changed();
  };

  async function take(file) {
    const bar = h("progress", { max: 1, value: 0, "aria-label": t("pictures.sending", { name: file.name }) });
    const line = h("li", {}, h("span", { class: "frame" }, bar));
    strip.append(line);
    under_way += 1;
    told();
    try {
      const { picture } = await sendPicture("/v1/pictures", file, (share) => (bar.value = share));
      kept.set(line, picture);
      line.replaceChildren(...drawn(line, picture));
    } catch (problem) {
      line.replaceChildren(
        h("span", { class: "frame bad" }, "!"),
        h("p", { class: "wrong", role: "alert" }, `${file.name}：${problem.text ?? String(problem)}`),
        h("span", { class: "row" },
          h("button", { type: "button", class: "small", onclick: () => { line.remove(); take(file); } }, t("pictures.again")),
          remover(line)));
    } finally {
      under_way -= 1;
      told();
    }
  }

  const remover = (line) => h("button", { type: "button", class: "bare small", onclick: () => { kept.delete(line); line.remove(); told(); } }, t("pictures.remove"));

  function drawn(line, picture) {
    const id = `show-${newKey()}`;
    return [
      h("span", { class: "frame" }, h("img", { src: `/v1/pictures/${encodeURIComponent(picture)}`, alt: t("ui.picture") })),
      mark ? h("label", { class: "tick", htmlFor: id }, h("input", { type: "checkbox", id, name: "shown" }), t("pictures.show")) : null,
      remover(line),
    ].filter(Boolean);
  }

  const choose = (label, capture) => {
    const input = h("input", { type: "file", class: "unseen", accept: KINDS, multiple: !capture, onchange: () => {
      for (const file of [...input.files].slice(0, MOST - strip.childElementCount)) take(file);
      input.value = "";
    } });
    if (capture) input.setAttribute("capture", "environment");
    return h("label", { class: "button pick" }, t(label), input);
  };

  const box = h("div", { class: "picture-field", id: "asked-pictures", role: "group", "aria-label": t("act.field.pictures") },
    h("p", { class: "row" }, choose("pictures.take", true), choose("pictures.choose", false)),
    strip,
    mark ? h("p", { class: "soft small" }, t("pictures.show.why")) : null);

  return {
    box,
    busy: () => under_way > 0,
    values() {
      const lines = [...strip.children].filter((line) => kept.has(line));
      const shown = lines.filter((line) => $("input[name=shown]", line)?.checked);
      return {
        ...(lines.length ? { pictures: lines.map((line) => kept.get(line)) } : {}),
        ...(shown.length ? { shown: shown.map((line) => kept.get(line)) } : {}),
      };
    },
  };
}

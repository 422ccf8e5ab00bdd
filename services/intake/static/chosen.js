// Pictures that a resident chose, seen and taken away again before anything is sent.

import { h, say, t } from "/static/shared/page.js";

const MOST = 6;
const LARGEST = 8 * 1024 * 1024; // bytes, as the door takes them
const WIDE = 144; // pixels; twice the frame, for sharp screens

/** What is chosen through `input` is added to the list of files that is returned, and shown in `strip`. */
export function chosen(input, strip) {
  const files = [];

  function add(file) {
    const frame = h("span", { class: "frame" });
    const remove = () => {
      files.splice(files.indexOf(file), 1);
      line.remove();
      input.focus();
    };
    const line = h("li", {}, frame, h("button", { type: "button", class: "bare small", "aria-label": `${t("pictures.remove")} ${file.name}`, onclick: remove }, t("pictures.remove")));
    files.push(file);
    strip.append(line);
    createImageBitmap(file, { resizeWidth: WIDE })
      .then((bitmap) => {
        const { width, height } = bitmap;
        const canvas = h("canvas", { width, height, role: "img", "aria-label": file.name });
        canvas.getContext("2d").drawImage(bitmap, 0, 0);
        frame.append(canvas);
      })
      .catch(() => (frame.textContent = "?")); // the door says what is wrong with it
  }

  input.addEventListener("change", () => {
    const all = [...input.files];
    const small = all.filter(({ size }) => size <= LARGEST);
    if (small.length < all.length) say(t("problem.picture_too_large"), "bad");
    if (files.length + small.length > MOST) say(t("problem.too_many_pictures"), "bad");
    for (const file of small.slice(0, MOST - files.length)) add(file);
    input.value = "";
  });
  return files;
}

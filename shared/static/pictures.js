// Pictures on their way to a door: one after another, each of them whole or not at all.

import { Problem } from "/static/shared/api.js";

/** Send each file to `path`; resolves to the doors' answers, and throws a Problem at the first one that is declined. */
export async function sendPictures(path, files, headers = {}) {
  const answers = [];
  for (const file of files) {
    const response = await fetch(path, { method: "POST", body: file, headers: { Accept: "application/json", "Content-Type": file.type, ...headers } }).catch(() => null);
    const answer = (await response?.json().catch(() => ({}))) ?? {};
    if (!response?.ok) throw new Problem(response?.status ?? 0, answer, 3);
    answers.push(answer);
  }
  return answers;
}

/** Send one, and tell how far it is: `progress(share)`, 0 to 1. Resolves to the door's answer; throws a Problem. */
export function sendPicture(path, file, progress) {
  return new Promise((resolve, reject) => {
    const line = new XMLHttpRequest();
    const failed = (status, answer = {}) => reject(new Problem(status, answer, 3));
    line.open("POST", path);
    line.setRequestHeader("Accept", "application/json");
    line.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    line.upload.addEventListener("progress", ({ loaded, total }) => progress(total ? loaded / total : 0));
    line.addEventListener("load", () => {
      let answer = {};
      try {
        answer = JSON.parse(line.responseText);
      } catch {
        // an answer that is no JSON says no more than its status
      }
      if (line.status < 300) resolve(answer);
      else failed(line.status, answer);
    });
    for (const lost of ["error", "abort", "timeout"]) line.addEventListener(lost, () => failed(0));
    line.send(file);
  });
}

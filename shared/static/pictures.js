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

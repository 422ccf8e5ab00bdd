// Talking to our own JSON: an error is a Problem (RFC 9457) with a slug, and a slug has a text.

import { role, t } from "/static/shared/page.js";

/** What the page calls a field, so that whoever has to mend it finds it. */
function labelOf(name) {
  const field = document.querySelector(`[name="${CSS.escape(name)}"]`);
  const label = (field?.labels?.[0] ?? document.querySelector(`label[for$="-${CSS.escape(name)}"]`))?.cloneNode(true);
  for (const more of label?.querySelectorAll("input, select, textarea, small, .soft") ?? []) more.remove();
  return (field?.ariaLabel ?? label?.textContent ?? "").trim();
}

export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body.reason ?? `http_${status}`);
    this.status = status;
    this.reason = body.reason ?? (status === 0 ? "offline" : "http_error");
    this.fields = (body.errors ?? []).map(({ field, why }) => ({ field: field.replace(/^body\./, ""), why }));
    this.detail = body.detail ?? "";
    this.about = body.about ?? {};
    this.retryAfter = retryAfter;
  }

  /** Worth repeating with the same key: nobody declined it, it only did not get through. */
  get passing() {
    return this.status === 0 || this.status === 503;
  }

  get text() {
    const named = this.fields.map(({ field }) => labelOf(field.split(".").at(-1))).filter(Boolean);
    return t(`problem.${this.reason}`, this.about, this.detail || t("problem.http_error")) + (named.length ? t("problem.fields", { fields: named.join(t("ui.comma")) }) : "");
  }
}

export async function ask(path, { body, headers = {}, ...more } = {}) {
  const options = { headers: { Accept: "application/json", ...headers }, ...more };
  if (body !== undefined) {
    options.method = "POST";
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Problem(0, {}, 3);
  }
  const answer = await response.json().catch(() => ({}));
  if (response.status === 401 && role) location.assign("/login"); // the sign-in ran out
  if (!response.ok) throw new Problem(response.status, answer, Number(response.headers.get("Retry-After") ?? 2));
  return answer;
}

/** Send what is meant to `path`: the same words under the same key, however often they have to be repeated; other words are
    another intent. */
export function intent(path) {
  let said = null;
  let key = null;
  return (body, headers = {}) => {
    const now = JSON.stringify(body);
    if (now !== said) [said, key] = [now, newKey()];
    return ask(path, { body, headers: { ...headers, "Idempotency-Key": key } });
  };
}

/** A key for one intent, 122 random bits. randomUUID exists on https and localhost only; a phone in the office network has neither. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

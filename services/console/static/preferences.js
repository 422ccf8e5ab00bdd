// What I hear of, over which channel, when and in which language.

import { ask } from "/static/shared/api.js";
import { $, h, say, t } from "/static/shared/page.js";
import { send } from "/static/deeds.js";

const form = $("#preferences");

function table({ topics, channels, off, digests }) {
  const isOff = new Set(off.map(({ topic, channel }) => `${topic}/${channel}`));
  const daily = new Map(digests.map(({ topic, daily_at }) => [topic, daily_at]));
  const name = (topic) => t(`preferences.topic.${topic}`);
  const box = (topic, channel) => h("td", { dataset: { label: t(`channel.${channel}`) } }, h("input", { type: "checkbox", checked: !isOff.has(`${topic}/${channel}`), dataset: { topic, channel }, "aria-label": `${name(topic)}, ${t(`channel.${channel}`)}` }));
  const row = (topic) => h("tr", {},
    h("th", { scope: "row" }, name(topic), h("small", { class: "soft" }, t(`preferences.topic.${topic}.more`))),
    ...channels.map((channel) => box(topic, channel)),
    h("td", { dataset: { label: t("preferences.daily") } }, h("input", { type: "time", value: daily.get(topic) ?? "", dataset: { daily: topic }, "aria-label": `${name(topic)}, ${t("preferences.daily")}` })));
  return h("table", { class: "choices" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("preferences.topic")), ...channels.map((channel) => h("th", { scope: "col" }, t(`channel.${channel}`))), h("th", { scope: "col" }, t("preferences.daily")))),
    h("tbody", {}, ...topics.map(row)));
}

async function read() {
  const wished = await ask("/v1/preferences");
  $("#choices").replaceChildren(table(wished));
  for (const name of ["quiet_from", "quiet_until", "language"]) form.elements[name].value = wished[name];
  form.elements.stopped.checked = wished.stopped;
  form.removeAttribute("aria-busy");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const off = [...form.querySelectorAll("[data-channel]")].filter(({ checked }) => !checked).map(({ dataset: { topic, channel } }) => ({ topic, channel }));
  const digests = [...form.querySelectorAll("[data-daily]")].filter(({ value }) => value).map(({ dataset, value }) => ({ topic: dataset.daily, daily_at: value }));
  const { quiet_from, quiet_until, language, stopped } = form.elements;
  try {
    await send("SetPreferences", { off, digests, quiet_from: quiet_from.value, quiet_until: quiet_until.value, language: language.value, stopped: stopped.checked });
    say(t("preferences.saved"), "good");
  } catch (problem) {
    say(problem.text ?? String(problem), "bad");
  }
});

await read().catch((problem) => say(problem.text ?? String(problem), "bad"));

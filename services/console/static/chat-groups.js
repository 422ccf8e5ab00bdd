// The chat groups of the grids (网格微群), and what brings messages into each.

import { ask, newKey } from "/static/shared/api.js";
import { $, h, role, say, t } from "/static/shared/page.js";
import { deed, gridsOf } from "/static/deeds.js";
import { gridName, learn } from "/static/names.js";
import { redraw } from "/static/redraw.js";

const sets = role === "staff" || role === "secretary";

function fieldsOf({ name = "", address = "" }, gateways) {
  const ways = [["person", t("groups.person")], ...gateways.map((gateway) => [gateway, gateway])];
  const [gateway, room = ""] = address === "person" ? ["person"] : address.split(/:(.*)/s);
  return [
    { name: "name", label: "group_name", value: name },
    { name: "gateway", label: "group_gateway", kind: "choice", options: ways, value: gateway },
    { name: "room", label: "group_room", optional: true, value: room },
  ];
}

function addressed({ gateway, room }) {
  if (gateway === "person") return "person";
  if (!room) throw Object.assign(new Error(), { text: t("groups.room_needed") });
  return `${gateway}:${room}`;
}

function group(one, gateways) {
  const mine = sets && one.group;
  return h("article", { class: "card work group", dataset: { id: one.group ?? one.grid } },
    h("div", { class: "work-top" }, h("h2", {}, one.name), h("span", { class: "chip" }, one.gateway === "person" ? t("groups.by_person") : t("groups.by_gateway", { gateway: one.gateway }))),
    h("p", { class: "soft" }, gridName(one.grid), " · ", h("span", { class: "mono" }, one.address === "person" ? t("groups.person") : one.address)),
    one.group ? null : h("p", { class: "soft small" }, t("groups.of_the_plan")),
    mine ? h("p", { class: "acts" },
      deed("groups.change", "SetChatGroup", ({ name, ...said }) => ({ group: one.group, grid: one.grid, name, address: addressed(said) }), fieldsOf(one, gateways), read),
      deed("groups.close", "CloseChatGroup", { group: one.group }, [], read, "bad")) : null);
}

async function read() {
  const { items, gateways } = await ask("/v1/chat-groups");
  const byGrid = items.toSorted((a, b) => (a.grid < b.grid ? -1 : a.grid > b.grid ? 1 : 0));
  redraw($("#groups"), byGrid, (one) => group(one, gateways), { key: (one) => one.group ?? `${one.grid} ${one.address}` });
  $("#nothing").hidden = items.length > 0;
  if (sets) {
    const where = { name: "grid", kind: "choice", options: gridsOf() };
    if (!$("#acts").hasChildNodes()) $("#acts").append(deed("groups.set", "SetChatGroup", ({ grid, name, ...said }) => ({ group: newKey(), grid, name, address: addressed(said) }), [where, ...fieldsOf({}, gateways)], read, "main"));
  }
}

await learn().then(read).catch((problem) => say(problem.text ?? String(problem), "bad"));

// What codes are called: of grids from the plan in force, of categories from the tenant's list.

import { ask } from "/static/shared/api.js";
import { lang, t } from "/static/shared/page.js";

export const plan = { features: [] };
export const grids = new Map();
const categories = new Map();
const communities = new Map();
const workers = new Map();

export async function learn() {
  const [shapes, listed, areas, staff] = await Promise.all([ask("/v1/plan"), ask("/v1/categories"), ask("/v1/communities"), ask("/v1/workers")]);
  Object.assign(plan, shapes);
  for (const { properties } of plan.features) {
    grids.set(properties.code, properties);
    if (properties.community) communities.set(properties.community, properties.community);
  }
  for (const category of listed) categories.set(category.code, category[lang]);
  for (const [id, { name }] of Object.entries(staff)) workers.set(id, name);
  for (const area of areas) communities.set(area.code, area[lang]);
}

export const gridName = (code) => grids.get(code)?.name ?? code ?? "";
export const categoryName = (code) => categories.get(code) ?? code ?? "";
export const communityName = (code) => communities.get(code) ?? code ?? "";
export const workerName = (id) => workers.get(id) ?? id ?? "";
/** Who did it, as an event names them: "worker:w-12". */
export function actorName(actor) {
  const [kind, who] = (actor ?? "").split(":");
  return kind ? t(`actor.${kind}`, { who: workerName(who) }, actor) : "";
}
/** An area of the grid book in a list to choose from. People know grids by their codes, too. */
export const areaLabel = ({ code, level, [lang]: name }) => (level === "street" || level === "community" || name === code ? name : `${code} ${name}`);
export const allCategories = () => [...categories];
export const allWorkers = () => [...workers].sort(([, one], [, other]) => one.localeCompare(other, lang));
export const allCommunities = () => [...communities];
/** Who stands on a grid's post, the worker first. */
export const posted = (code) => [grids.get(code)?.worker, grids.get(code)?.deputy].filter(Boolean);

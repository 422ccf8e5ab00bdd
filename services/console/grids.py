"""The grids as staff see them: the plan that holds, and who stands on its posts."""

from services.console.projection import POSTS
from shared.documents import Body
from shared.plans import Plan, PresentPlan
from shared.staff import Staff
from shared.store import Store

_NOWHERE: Plan = {"type": "FeatureCollection", "features": []}


class Grids:
    def __init__(self, tenant: str, store: Store, present: PresentPlan) -> None:
        self._tenant = tenant
        self._store = store
        self._present = present

    async def plan(self) -> Plan:
        """Return GeoJSON with ``categories`` and ``communities`` beside its features."""
        found = await self._present.get()
        return found[1] if found else _NOWHERE

    async def staffed(self) -> Body:
        """Return the plan's features; each grid names its ``worker`` and ``deputy``."""
        posts = await self._posts()
        features = [
            {**f, "properties": f["properties"] | posts.get(f["properties"]["code"], {})}
            for f in (await self.plan())["features"]
        ]
        return {"type": "FeatureCollection", "features": features}

    async def workers(self) -> dict[str, list[str]]:
        """Return the grids of every worker and deputy."""
        grids: dict[str, list[str]] = {}
        for grid, duties in sorted((await self._posts()).items()):
            for worker in duties.values():
                if grid not in grids.setdefault(worker, []):
                    grids[worker].append(grid)
        return grids

    async def _posts(self) -> dict[str, dict[str, str]]:
        posts: dict[str, dict[str, str]] = {}
        rows = self._store.documents(POSTS.name).find({"tenant": self._tenant, "body.worker": {"$ne": None}})
        async for row in rows:
            post = row["body"]
            posts.setdefault(post["grid"], {})[post["duty"]] = post["worker"]
        return posts

    async def demo_person(self, role: str) -> Staff | None:
        """As whom the demo lets somebody in: one of the first community stands for all."""
        plan = await self.plan()
        areas = tuple(area["code"] for area in plan.get("communities", ()))[:1]
        match role:
            case "worker":
                grid = next((f["properties"]["code"] for f in plan["features"] if _within(f, areas)), None)
                worker = (await self._posts()).get(grid or "", {}).get("worker")
                return Staff(sub=worker, role="worker", tenant=self._tenant) if worker else None
            case "secretary":
                return Staff(sub="s-secretary", role="secretary", tenant=self._tenant, areas=areas)
            case "director" | "operator" | "staff":
                return Staff(sub=f"s-{role}", role=role, tenant=self._tenant)
            case _:
                return None


def _within(feature: Body, areas: tuple[str, ...]) -> bool:
    return not areas or feature["properties"].get("community") in areas

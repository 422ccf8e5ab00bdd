"""The grids as staff see them: the plan that holds, and who stands on its posts."""

from typing import Any

from services.console.post_model import POSTS
from shared.areas import buildings_in, communities_of, grids_in
from shared.documents import Body
from shared.envelope import History
from shared.events.event import Sealed
from shared.plans import Plan, PresentPlan
from shared.staff import Staff
from shared.store import Store
from shared.vault import Vault

_NOWHERE: Plan = {"type": "FeatureCollection", "features": []}


class Grids:
    def __init__(self, tenant: str, store: Store, vault: Vault, present: PresentPlan) -> None:
        self._tenant = tenant
        self._store = store
        self._vault = vault
        self._present = present

    async def plan(self) -> Plan:
        """Return GeoJSON with ``categories`` and ``communities`` beside its features."""
        found = await self._present.get()
        return found[1] if found else _NOWHERE

    async def staffed(self) -> Body:
        """Return the plan's features; each grid names its ``worker`` and ``deputy``."""
        posts = await self._posts()
        features = [
            {
                **f,
                "properties": f["properties"]
                | {"buildings": buildings_in(f)}
                | posts.get(f["properties"]["code"], {}),
            }
            for f in (await self.plan())["features"]
        ]
        return {"type": "FeatureCollection", "features": features}

    async def workers(self) -> dict[str, Body]:
        """Return every worker and deputy by id: ``name``, and ``grids``."""
        posts = [row async for row in self._taken_posts()]
        boxes = [
            (History(self._tenant, "routing", "post", row["id"]).subject, Sealed.model_construct(**box))
            for row in posts
            if (box := row["body"].get("sealed"))
        ]
        opened = iter(await self._vault.open_many(boxes))
        workers: dict[str, Body] = {}
        for row in posts:
            post = row["body"]
            fields = next(opened) if post.get("sealed") else None
            worker = workers.setdefault(post["worker"], {"name": post["worker"], "grids": []})
            worker["name"] = (fields or {}).get("name", worker["name"])
            worker["grids"] = sorted({*worker["grids"], post["grid"]})
        return workers

    async def posts(self) -> list[Body]:
        """Return every post on which somebody stands: ``grid`` (an area's code), ``duty`` and ``worker``."""
        return [row["body"] async for row in self._taken_posts()]

    def _taken_posts(self) -> Any:
        return self._store.documents(POSTS.name).find({"tenant": self._tenant, "body.worker": {"$ne": None}})

    async def _posts(self) -> dict[str, dict[str, str]]:
        posts: dict[str, dict[str, str]] = {}
        async for row in self._taken_posts():
            post = row["body"]
            posts.setdefault(post["grid"], {})[post["duty"]] = post["worker"]
        return posts

    async def demo_person(self, role: str) -> Staff | None:
        """As whom the demo lets somebody in: one of the first community stands for all."""
        plan = await self.plan()
        areas = tuple(area["code"] for area in communities_of(plan))[:1]
        match role:
            case "worker":
                grid = min(grids_in(plan, areas), default=None)
                worker = (await self._posts()).get(grid or "", {}).get("worker")
                return Staff(sub=worker, role="worker", tenant=self._tenant) if worker else None
            case "secretary":
                return Staff(sub="s-secretary", role="secretary", tenant=self._tenant, areas=areas)
            case "director" | "operator" | "staff":
                return Staff(sub=f"s-{role}", role=role, tenant=self._tenant)
            case _:
                return None

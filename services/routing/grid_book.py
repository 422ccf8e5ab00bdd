"""The grid book: which grid covers a place, and who stands on its posts (一格一员).

By building first, then by point in polygon. A place that no grid covers is nobody's: it is never given to a neighbour.
"""

from dataclasses import dataclass
from typing import Any, Literal

from shapely import Point, STRtree
from shapely.geometry import shape

from shared.desk import Desk
from shared.events.event import Place
from shared.ids import post_id
from shared.plans import Plan, PresentPlan
from shared.words import Duty


@dataclass(frozen=True)
class Covered:
    """A grid, and the rule and plan that named it; ``worker`` is None while nobody is posted there."""

    grid: str
    community: str | None
    worker: str | None
    plan: str
    rule: Literal["building", "position", "by_hand"]


@dataclass(frozen=True)
class Uncovered:
    reason: Literal["no_place", "in_no_grid", "no_plan"]
    plan: str | None = None


class PlanIndex:
    """One plan, made ready for look-ups."""

    def __init__(self, name: str, plan: Plan) -> None:
        self.name = name
        features: list[dict[str, Any]] = plan["features"]
        self.communities = {f["properties"]["code"]: f["properties"].get("community") for f in features}
        self._codes = [f["properties"]["code"] for f in features]
        self._tree = STRtree([shape(f["geometry"]) for f in features])
        self._buildings = {
            building: f["properties"]["code"]
            for f in features
            for building in f["properties"].get("buildings", ())
        }

    def grid_of(self, place: Place) -> tuple[str, Literal["building", "position"]] | None:
        """A point on a boundary belongs to the first of the grids by code: the same one every time."""
        if place.building is not None and (grid := self._buildings.get(place.building)):
            return grid, "building"
        if place.lon is None or place.lat is None:
            return None
        found = self._tree.query(Point(place.lon, place.lat), predicate="intersects")
        return (min(self._codes[index] for index in found), "position") if len(found) else None


class GridBook:
    def __init__(self, tenant: str, present: PresentPlan, desk: Desk) -> None:
        self._tenant = tenant
        self._present = present
        self._desk = desk
        self._index: PlanIndex | None = None

    async def covering(self, place: Place) -> Covered | Uncovered:
        """Raises what the store, the journal and the plan stream raise."""
        index = await self._plan()
        if index is None:
            return Uncovered("no_plan")
        found = index.grid_of(place)
        if found is None:
            nowhere = place.building is None and place.lon is None
            return Uncovered("no_place" if nowhere else "in_no_grid", index.name)
        return await self._covered(index, *found)

    async def by_hand(self, grid: str) -> Covered | None:
        """Return the grid that a person named, or None when the present plan has no such grid."""
        index = await self._plan()
        if index is None or grid not in index.communities:
            return None
        return await self._covered(index, grid, "by_hand")

    async def _covered(
        self, index: PlanIndex, grid: str, rule: Literal["building", "position", "by_hand"]
    ) -> Covered:
        worker = await self._on_duty(grid)
        return Covered(grid, index.communities[grid], worker, index.name, rule)

    async def _on_duty(self, grid: str) -> str | None:
        for duty in (Duty.WORKER, Duty.DEPUTY):
            post = await self._desk.state("post", self._tenant, post_id(self._tenant, grid, duty))
            if post.worker is not None:
                return post.worker
        return None

    async def _plan(self) -> PlanIndex | None:
        if (present := await self._present.get()) is None:
            return None
        name, plan = present
        if self._index is None or self._index.name != name:
            self._index = PlanIndex(name, plan)
        return self._index

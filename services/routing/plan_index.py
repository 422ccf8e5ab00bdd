"""One grid plan, made ready for look-ups: by building, entrance and unit first, then by point in polygon."""

from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from shapely import Point, STRtree, intersects_xy, points, prepare
from shapely.geometry import shape

from shared.areas import Areas, Door, doors
from shared.events.event import Place
from shared.plans import Plan

Found = tuple[str, Literal["building", "position"]]

_AT_ONCE: Final = 65_536  # positions; more at once only take more memory


class PlanIndex:
    def __init__(self, name: str, plan: Plan) -> None:
        self.name = name
        self.areas = Areas(plan)
        features: list[dict[str, Any]] = sorted(plan["features"], key=self._rank)
        self.codes = [f["properties"]["code"] for f in features]
        self.communities = {code: self.areas.community_of(code) for code in self.codes}
        self._shapes = np.array([shape(f["geometry"]) for f in features], dtype=object)
        prepare(self._shapes)
        self._tree = STRtree(self._shapes)
        self._doors: dict[Door, str] = {}
        for feature in features:
            said = feature["properties"]
            for door in doors(said.get("buildings", ())):
                self._doors.setdefault(door, said["code"])

    def _rank(self, feature: dict[str, Any]) -> tuple[int, str]:
        """A micro-grid knows a place better than the grid around it; among equals the first by code."""
        code = feature["properties"]["code"]
        return -self.areas[code].level.depth, code

    def grid_of(self, place: Place, *, entrance: str | None = None, unit: str | None = None) -> Found | None:
        """A point on a boundary belongs to the first of the grids by code: the same one every time.

        A building that two grids share by its entrances or units needs one of them; without it the position decides.
        """
        if place.building is not None and (grid := self._behind(place.building, entrance, unit)):
            return grid, "building"
        if place.lon is None or place.lat is None:
            return None
        found = self._tree.query(Point(place.lon, place.lat), predicate="intersects")
        return (self.codes[found.min()], "position") if len(found) else None

    def _behind(self, building: str, entrance: str | None, unit: str | None) -> str | None:
        asked: list[Door] = [
            (building, entrance, unit),
            (building, entrance, None),
            (building, None, unit),
            (building, None, None),
        ]
        return next((grid for door in asked if (grid := self._doors.get(door))), None)

    def grids_of(self, positions: ArrayLike) -> list[str | None]:
        """Return the grid of each position (rows of longitude and latitude), as ``grid_of`` does one by one."""
        where = np.asarray(positions, dtype=float).reshape(-1, 2)
        nowhere = len(self.codes)
        named = np.array([*self.codes, None], dtype=object)
        found: list[str | None] = []
        for start in range(0, len(where), _AT_ONCE):
            part = where[start : start + _AT_ONCE]
            first = np.full(len(part), nowhere)
            which, grid = self._tree.query(
                points(part)
            )  # by their frames; then by their shapes, made ready once
            lies = intersects_xy(self._shapes[grid], *part[which].T)
            np.minimum.at(first, which[lies], grid[lies])
            found += named[first].tolist()
        return found

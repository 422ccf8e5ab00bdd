"""What the residents' door offers to choose from, and what an address names: all from the plan that holds."""

import asyncio
from contextlib import suppress
from typing import Any

from shared.areas import buildings_in, communities_of
from shared.journal import UnavailableError
from shared.plans import Plan, PlanMissingError, PresentPlan
from shared.store import StoreError

_LOOK_EVERY = 1.0  # seconds


class Places:
    """Keeps the present plan at hand, so that no submission waits for a database."""

    def __init__(self, present: PresentPlan) -> None:
        self._present = present
        self._plan: Plan = {"features": []}
        self._buildings: dict[str, str] = {}
        self._longest = 0
        self._looked = False

    async def look(self) -> None:
        """Raises what the store and the plan stream raise, except that a plan is damaged: then none is known."""
        try:
            found = await self._present.get()
        except PlanMissingError:
            found = None
        self._looked = True
        if found is not None and found[1] is not self._plan:
            self._plan = found[1]
            names = {name for f in self._plan["features"] for name in buildings_in(f)}
            self._buildings = {_squeezed(name): name for name in names}
            self._longest = max(map(len, self._buildings), default=0)

    async def keep_looking(self) -> None:
        while True:
            with suppress(StoreError, UnavailableError):  # the plan at hand is the newest known
                await self.look()
            await asyncio.sleep(_LOOK_EVERY)

    def named_in(self, address: str | None) -> str | None:
        """Return the building whose name an address begins with, the longest one first.

        Anywhere else in the line a name such as 3号楼 could be a neighbour's. Raises UnavailableError before the
        first look: an address must not lie in triage because the door has only just opened.
        """
        if address and not self._looked:
            raise UnavailableError("the plan was not looked at yet")
        line = _squeezed(address or "")
        for end in range(min(len(line), self._longest), 0, -1):
            if (name := self._buildings.get(line[:end])) and not line[end : end + 1].isdecimal():
                return name
        return None

    @property
    def buildings(self) -> list[str]:
        return sorted(self._buildings.values())

    @property
    def categories(self) -> list[dict[str, Any]]:
        return self._plan.get("categories", [])

    @property
    def communities(self) -> list[dict[str, Any]]:
        """What lies right below the street, by code and name."""
        return communities_of(self._plan)

    @property
    def grids(self) -> dict[str, Any]:
        """GeoJSON of the grids: code, name, community and buildings, and nobody's name."""
        features = [
            {
                "type": "Feature",
                "properties": {k: f["properties"].get(k) for k in ("code", "name", "community")}
                | {"buildings": buildings_in(f)},
                "geometry": f["geometry"],
            }
            for f in self._plan["features"]
        ]
        return {"type": "FeatureCollection", "features": features}


def _squeezed(text: str) -> str:
    return "".join(text.split())

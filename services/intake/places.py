"""What the residents' door offers to choose from, and what an address names: all from the plan that holds."""

import asyncio
from contextlib import suppress
from typing import Any

from shared.journal import UnavailableError
from shared.plans import Plan, PlanMissingError, PresentPlan
from shared.store import StoreError

_LOOK_EVERY = 1.0  # seconds


class Places:
    """Keeps the present plan at hand, so that no submission waits for a database."""

    def __init__(self, present: PresentPlan) -> None:
        self._present = present
        self._plan: Plan = {"features": []}
        self._buildings: list[str] = []

    async def look(self) -> None:
        """Raises what the store and the plan stream raise."""
        found = await self._present.get()
        if found is not None and found[1] is not self._plan:
            self._plan = found[1]
            buildings = {b for f in self._plan["features"] for b in f["properties"].get("buildings", ())}
            self._buildings = sorted(buildings, key=lambda name: (-len(name), name))

    async def keep_looking(self) -> None:
        while True:
            with suppress(
                StoreError, UnavailableError, PlanMissingError
            ):  # the plan at hand is the newest known
                await self.look()
            await asyncio.sleep(_LOOK_EVERY)

    def named_in(self, address: str | None) -> str | None:
        """Return the building whose name an address begins with or contains, the longest one first."""
        if not address:
            return None
        squeezed = "".join(address.split())
        return next((b for b in self._buildings if "".join(b.split()) in squeezed), None)

    @property
    def buildings(self) -> list[str]:
        return sorted(self._buildings)

    @property
    def categories(self) -> list[dict[str, Any]]:
        return self._plan.get("categories", [])

    @property
    def grids(self) -> dict[str, Any]:
        """GeoJSON of the grids: code, name, community and buildings, and nobody's name."""
        features = [
            {
                "type": "Feature",
                "properties": {k: f["properties"].get(k) for k in ("code", "name", "community", "buildings")},
                "geometry": f["geometry"],
            }
            for f in self._plan["features"]
        ]
        return {"type": "FeatureCollection", "features": features}

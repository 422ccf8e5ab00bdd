"""Whom a warning reaches: exactly the grids that it touches."""

from collections.abc import Mapping
from typing import Any

from shapely.geometry import shape

from services.notify.alert.cap import Alert
from shared.areas import Areas, Level


def grids_reached(alert: Alert, plan: Mapping[str, Any]) -> list[str]:
    """Return the codes of the grids that a shape of the warning intersects, or that lie in an area which it names by a
    code of ours.
    """
    areas = Areas(plan)
    shapes = [each for area in alert.areas for each in area.shapes]
    named = {code for area in alert.areas for code in area.codes if code in areas}
    within = {each for code in named for each in areas.within(code)}
    reached: list[str] = []
    for feature in plan["features"]:
        code = feature["properties"]["code"]
        if areas[code].level is Level.GRID:
            ground = shape(feature["geometry"])
            if code in within or any(each.intersects(ground) for each in shapes):
                reached.append(code)
    return sorted(reached)

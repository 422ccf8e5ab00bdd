"""Whom a warning reaches: exactly the grids that it touches."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from shapely import STRtree
from shapely.geometry import shape

from services.notify.alert.issued import Alert, WarnedArea
from shared.areas import Areas, Level


class Ground:
    """One grid plan, laid out once: a message with ten hazards asks it ten times."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self.areas = Areas(plan)
        features = [each for each in plan["features"] if each.get("geometry")]
        self._leaves = [each["properties"]["code"] for each in features]
        self._tree = STRtree([shape(each["geometry"]) for each in features])

    def under(self, areas: Iterable[WarnedArea]) -> list[str]:
        """Return the codes of the grids that a shape intersects, or that lie in an area which is named by a code of ours.
        A micro-grid (微网格) counts as its grid.
        """
        some = list(areas)
        leaves = {
            self._leaves[place]
            for each in some
            for drawn in each.shapes
            for place in self._tree.query(drawn, predicate="intersects")
        }
        return self.grids({code for each in some for code in each.codes}, leaves)

    def grids(self, named: Iterable[str], leaves: Iterable[str] = ()) -> list[str]:
        """Return the grids of these leaves, and those in these areas."""
        wanted, touched = frozenset(named), frozenset(leaves)
        reached: set[str] = set()
        for code, area in self.areas.items():
            if area.level is Level.GRID and any(each.code in wanted for each in self.areas.upwards(code)):
                reached.add(code)
        for code in touched:
            reached.update(each.code for each in self.areas.upwards(code) if each.level is Level.GRID)
        for code in wanted & self.areas.keys():  # a code of ours below a grid
            reached.update(each.code for each in self.areas.upwards(code) if each.level is Level.GRID)
        return sorted(reached)


def grids_reached(alert: Alert, plan: Mapping[str, Any]) -> list[str]:
    """Return the codes of the grids that any part of a message reaches."""
    return Ground(plan).under(alert.areas)


def unplaced(areas: Sequence[WarnedArea], ours: Collection[str] = ()) -> list[str]:
    """Return the places that the issuer names in words alone, or by codes of which none is of ours: nobody can tell which
    grids lie there.
    """
    return [each.words for each in areas if not each.rings and not {*each.codes} & {*ours}]

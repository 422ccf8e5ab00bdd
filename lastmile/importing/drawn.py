"""What is odd about a whole plan, when each shape alone is well: overlaps, doors named twice, parents that are not there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
from pydantic import TypeAdapter, ValidationError
from shapely import STRtree
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from shared.areas import Areas, Door, Level, doors
from shared.words import Code

_CODE: TypeAdapter[str] = TypeAdapter(Code)
_TOLERATED: Final = 0.01
"""So much of the smaller grid may lie in another: borders are drawn by hand, and twice."""
_ABOVE: Final = (Level.STREET, Level.COMMUNITY, Level.GRID)

Odd = tuple[str, str]
"""A code, and what is odd about it."""


class Drawn(Protocol):
    """A grid of the file: its code, and its feature as the plan keeps it."""

    @property
    def code(self) -> str: ...
    @property
    def feature(self) -> dict[str, Any]: ...


def areas_of(raw: Any) -> tuple[list[dict[str, Any]], list[Odd]]:
    """Return the areas of a file that can be used, parents before children, and what is odd about the others."""
    if not isinstance(raw, list):
        return [], [("", "the areas are no list")]
    odd: list[Odd] = []
    usable: dict[str, dict[str, Any]] = {}
    for number, each in enumerate(raw, start=1):
        area = _area(each)
        if isinstance(area, str):
            odd.append((_code(each) or f"area {number}", area))
        elif area["code"] in usable:
            odd.append((area["code"], "the code of this area was used before"))
        else:
            usable[area["code"]] = area
    kept: dict[str, dict[str, Any]] = {}
    for area in sorted(usable.values(), key=lambda area: Level(area["level"]).depth):
        if why := _lost(area, kept):
            odd.append((area["code"], why))
        else:
            kept[area["code"]] = area
    return list(kept.values()), odd


def _area(raw: Any) -> dict[str, Any] | str:
    code = _code(raw)
    if code is None:
        return "the area has no code of 1 to 64 characters"
    level = raw.get("level")
    if level not in _ABOVE:
        return f"its level {str(level)[:40]!r} is none of {', '.join(_ABOVE)}"
    zh = str(raw.get("zh") or raw.get("name") or code)
    area: dict[str, Any] = {"code": code, "level": str(level), "zh": zh, "en": str(raw.get("en") or zh)}
    return area | ({"parent": str(raw["parent"])} if raw.get("parent") else {})


def _code(raw: Any) -> str | None:
    try:
        return _CODE.validate_python(raw.get("code") if isinstance(raw, dict) else None)
    except ValidationError:
        return None


def _lost(area: Mapping[str, Any], kept: Mapping[str, Mapping[str, Any]]) -> str | None:
    parent = area.get("parent")
    if parent is None:
        return None
    if parent not in kept:
        return f"its parent {parent[:80]!r} is no area above it"
    if Level(kept[parent]["level"]).depth >= Level(area["level"]).depth:
        return f"its parent {parent[:80]!r} is not of a higher level"
    return None


def adopt_parents(grids: Iterable[Drawn], areas: Sequence[Mapping[str, Any]]) -> Iterator[Odd]:
    """Take a parent away that nobody knows, or that stands no higher. The grid is kept: its place is somebody's."""
    known = {area["code"]: Level(area["level"]) for area in areas}
    grids = list(grids)
    known |= {grid.code: Level(grid.feature["properties"].get("level", Level.GRID)) for grid in grids}
    for grid in grids:
        said = grid.feature["properties"]
        parent = said.get("parent")
        if parent is None:
            continue
        if parent not in known:
            del said["parent"]
            yield grid.code, f"its parent {parent[:80]!r} is unknown; the grid is kept without one"
        elif known[parent].depth >= known[grid.code].depth:
            del said["parent"]
            yield (
                grid.code,
                f"its parent {parent[:80]!r} is not of a higher level; the grid is kept without one",
            )


def overlapping(grids: Sequence[Drawn], areas: Sequence[Mapping[str, Any]]) -> Iterator[Odd]:
    """Name each grid that lies in one before it, beyond what hands that draw are forgiven. Two that were named are
    not held against a third.
    """
    shapes: list[BaseGeometry] = [shape(grid.feature["geometry"]) for grid in grids]
    if not shapes:
        return
    tree = Areas({"areas": areas, "features": [grid.feature for grid in grids]})
    one, other = STRtree(shapes).query(shapes, predicate="intersects")
    gone: set[int] = set()
    for later, earlier in sorted(np.stack([one, other], axis=1).tolist()):
        if earlier >= later or later in gone or earlier in gone:
            continue
        if _one_within_the_other(tree, grids[later].code, grids[earlier].code):
            continue
        common = shapes[later].intersection(shapes[earlier]).area
        share = common / min(shapes[later].area, shapes[earlier].area)
        if share > _TOLERATED:
            gone.add(later)
            yield (
                grids[later].code,
                f"it overlaps grid {grids[earlier].code!r} by {share:.0%} of the smaller one",
            )


def _one_within_the_other(tree: Areas, one: str, other: str) -> bool:
    """A micro-grid lies in its grid."""
    return any(
        above in [area.code for area in tree.upwards(below)] for above, below in ((one, other), (other, one))
    )


def named_twice(grids: Sequence[Drawn]) -> Iterator[Odd]:
    """A door is one grid's: the first one keeps it, and the others are told."""
    taken: dict[Door, str] = {}
    for grid in grids:
        said = grid.feature["properties"]
        kept: list[Any] = []
        for building in said.get("buildings", ()):
            mine = list(doors([building]))
            others = {taken[door] for door in mine if taken.get(door, grid.code) != grid.code}
            if others:
                yield (
                    grid.code,
                    f"building {mine[0][0][:80]!r} stands in grid {min(others)!r} already; it is kept there",
                )
            else:
                taken |= dict.fromkeys(mine, grid.code)
                kept.append(building)
        if "buildings" in said:
            said["buildings"] = kept


def buildings_of(raw: Any) -> list[Any]:
    """Read a list of buildings: names, or {name, entrances, units}. Raises ValueError."""
    if not isinstance(raw, list):
        raise ValueError("its buildings are no list")  # noqa: TRY004 - one kind of error, told in the report
    return [_building(each) for each in raw]


def _building(raw: Any) -> Any:
    if not isinstance(raw, dict):
        return str(raw)
    if not isinstance(raw.get("name"), str) or not raw["name"].strip():
        raise ValueError("one of its buildings has no name")
    building: dict[str, Any] = {"name": raw["name"].strip()}
    if entrances := _listed(raw, "entrances"):
        building["entrances"] = [_building(each) for each in entrances]
    if units := _listed(raw, "units"):
        building["units"] = [str(unit) for unit in units]
    return building if len(building) > 1 else building["name"]


def _listed(raw: Mapping[str, Any], name: str) -> list[Any]:
    found = raw.get(name) or []
    if not isinstance(found, list):
        message = f"the {name} of building {raw['name'][:80]!r} are no list"
        raise ValueError(message)  # noqa: TRY004 - one kind of error, told in the report
    return found

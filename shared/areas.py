"""The tree of areas: street (街道) → community (社区) → grid (网格) → micro-grid (微网格).

A plan's features are its leaves, with shapes; ``plan["areas"]`` lists what stands above them. An older plan has
``communities`` alone, and says of each grid in which one it lies.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Door = tuple[str, str | None, str | None]
"""A building, one of its entrances, one of its units."""

_BOTH = re.compile(r"(.+?单元)\s*(.*)")


class Level(StrEnum):
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    MICRO_GRID = "micro_grid"

    @property
    def depth(self) -> int:
        return list(Level).index(self)


@dataclass(frozen=True)
class Area:
    code: str
    level: Level
    parent: str | None
    zh: str
    en: str


class Areas(Mapping[str, Area]):
    """Every area of one plan by its code. A parent that is not there ends the way up, as a cycle does."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self._areas: dict[str, Area] = {}
        for raw in plan.get("communities", ()):
            self._add(Area(raw["code"], Level.COMMUNITY, None, *_names(raw)))
        for raw in plan.get("areas", ()):
            self._add(Area(raw["code"], Level(raw["level"]), raw.get("parent"), *_names(raw)))
        for feature in plan["features"]:
            said = feature["properties"]
            level = Level(said.get("level", Level.GRID))
            parent = said.get("parent") or said.get("community")
            self._add(Area(said["code"], level, parent, *_names(said)))

    def _add(self, area: Area) -> None:
        self._areas[area.code] = area

    def __getitem__(self, code: str) -> Area:
        return self._areas[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._areas)

    def __len__(self) -> int:
        return len(self._areas)

    def upwards(self, code: str) -> list[Area]:
        """Return the area and those above it, the nearest first; nothing for a code that is none."""
        way: dict[str, Area] = {}
        area = self._areas.get(code)
        while area is not None and area.code not in way:
            way[area.code] = area
            area = self._areas.get(area.parent or "")
        return list(way.values())

    def within(self, code: str) -> set[str]:
        """Return the codes of an area and of everything below it."""
        return {each for each in self._areas if any(area.code == code for area in self.upwards(each))}

    def community_of(self, code: str) -> str | None:
        """Return the community in which an area lies. An old plan may name one that nothing lists."""
        way = self.upwards(code)
        found = next((area.code for area in way if area.level is Level.COMMUNITY), None)
        return found or (way[-1].parent if way else None)


def _names(raw: Mapping[str, Any]) -> tuple[str, str]:
    zh = str(raw.get("zh") or raw.get("name") or raw["code"])
    return zh, str(raw.get("en") or zh)


def communities_of(plan: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return every community by code and name."""
    found = (area for area in Areas(plan).values() if area.level is Level.COMMUNITY)
    return [{"code": area.code, "zh": area.zh, "en": area.en} for area in found]


def grids_in(plan: Mapping[str, Any], among: Collection[str]) -> set[str]:
    """Return the codes of the grids that lie in any of these areas, or are one of them."""
    areas = Areas(plan)
    codes = {feature["properties"]["code"] for feature in plan["features"]}
    return {
        code
        for code in codes
        if areas.community_of(code) in among or any(each.code in among for each in areas.upwards(code))
    }


def buildings_in(feature: Mapping[str, Any]) -> list[str]:
    """Return the names of a grid's buildings, of which some may be its own by entrances or units alone."""
    named = feature["properties"].get("buildings") or ()
    return [building if isinstance(building, str) else building["name"] for building in named]


def door_said(said: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return entrance and unit. People write the entrance before the unit, too: 2单元301."""
    entrance, unit = said.get("entrance"), said.get("unit")
    if unit and not entrance and (both := _BOTH.fullmatch(unit)):
        entrance, unit = re.sub(r"\s", "", both[1]), both[2]
    return entrance or None, unit or None


def doors(buildings: Any) -> Iterator[Door]:
    """Yield every door that a list of buildings names. One written with entrances or units is theirs alone: the same
    building may stand in another grid with its other entrances.
    """
    for building in buildings:
        if isinstance(building, str):
            yield building, None, None
            continue
        name, entrances = building["name"], building.get("entrances", ())
        units = building.get("units", ())
        if not entrances and not units:
            yield name, None, None
        for unit in units:
            yield name, None, unit
        for entrance in entrances:
            if isinstance(entrance, str):
                yield name, entrance, None
                continue
            inside = entrance.get("units", ())
            if not inside:
                yield name, entrance["name"], None
            for unit in inside:
                yield name, entrance["name"], unit

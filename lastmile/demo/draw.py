"""Draws the demo street: ``python -m lastmile.demo.draw`` writes street.geojson and buildings.geojson.

梧桐里街道 does not exist. It is drawn on a plane in metres (x to the east, y to the north) from curved roads and a
river, cut into grids by lanes, turned a little and laid on WGS84. Nothing here is random, so a redraw is the same file.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from shapely import LineString, Polygon, box
from shapely.ops import polygonize, unary_union

from lastmile.demo.ground import COMMUNITIES, Block, Community, Curve, Metres
from lastmile.demo.street import HERE, people

ORIGIN = (121.4312, 31.2046)
"""Where the plane's middle lies: degrees, WGS84."""
MIDDLE: Metres = (640.0, 290.0)
TURN = math.radians(-8.5)
METRES_A_DEGREE = 111_320.0
DIGITS = 6
"""Of a degree: a tenth of a metre, the same for every grid that shares the corner."""

DIGITS_ZH = "零一二三四五六七八九"


@dataclass(frozen=True)
class House:
    code: str
    outline: Polygon
    floors: int
    doors: int


@dataclass(frozen=True)
class Grid:
    code: str
    name: str
    community: str
    worker: str
    deputy: str
    outline: Polygon
    houses: tuple[House, ...]


def draw() -> list[Grid]:
    """Return every grid of the street, community by community, numbered from the north-west like a page is read."""
    grids: list[Grid] = []
    workers = iter(people()["workers"])
    for community in COMMUNITIES:
        places = _areas(community)
        names = [next(workers)["id"] for _ in places]
        lanes = dict.fromkeys(community.streets, 0)
        for number, (row, outline) in enumerate(places, start=1):
            code = f"{community.prefix}-{number:02d}"
            street = community.streets[row]
            dice = Random(code)  # noqa: S311 - a drawing, not a secret
            lanes[street] += 4 + 2 * int(dice.random() * 8)
            grids.append(
                Grid(
                    code=code,
                    name=f"{community.name}第{_numeral(number)}{community.unit}",
                    community=community.code,
                    worker=names[number - 1],
                    deputy=names[number % len(names)],
                    outline=outline,
                    houses=tuple(_houses(outline, f"{street}{lanes[street]}弄", community.floors, dice)),
                )
            )
    return grids


def street() -> dict[str, Any]:
    """Return the grid plan."""
    return _collection(
        (
            {
                "code": grid.code,
                "name": grid.name,
                "worker": grid.worker,
                "deputy": grid.deputy,
                "community": grid.community,
                "buildings": [house.code for house in grid.houses],
            },
            grid.outline,
        )
        for grid in draw()
    )


def houses() -> dict[str, Any]:
    """Return the outlines of all buildings, each with what it takes to name its units."""
    return _collection(
        ({"code": house.code, "grid": grid.code, "floors": house.floors, "doors": house.doors}, house.outline)
        for grid in draw()
        for house in grid.houses
    )


def written(collection: dict[str, Any]) -> str:
    """One feature a line, so that a change of the plan can be read."""
    features = ",\n".join(
        json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in collection["features"]
    )
    return f'{{"type":"FeatureCollection","features":[\n{features}\n]}}\n'


def _areas(community: Community) -> list[tuple[int, Polygon]]:
    columns, rows = community.columns, community.rows
    lines = [_line(column, -60, 660, upright=True) for column in columns]
    left, right = columns[0](300) - 60, columns[-1](300) + 60
    lines += [_line(row, left, right, upright=False) for row in rows]
    for row, lanes_of_row in enumerate(community.lanes):
        for column, lanes in enumerate(lanes_of_row):
            block = Block(columns[column], columns[column + 1], rows[row], rows[row + 1])
            lines += [block.lane(lane) for lane in lanes]
    found: list[tuple[int, float, float, Polygon]] = []
    for area in polygonize(unary_union(lines)):
        middle = area.representative_point()
        row = sum(curve(middle.x) < middle.y for curve in rows) - 1
        column = sum(curve(middle.y) < middle.x for curve in columns) - 1
        found.append((row, column, area.centroid.x - area.centroid.y, area))
    if len(found) != community.grids:
        raise AssertionError(f"{community.name}: {len(found)} areas instead of {community.grids}")
    found.sort(key=lambda one: (-one[0], one[1], one[2]))
    return [(row, area) for row, _, _, area in found]


def _line(curve: Curve, start: float, end: float, *, upright: bool) -> LineString:
    steps = int((end - start) // 30)
    along = [start + (end - start) * step / steps for step in range(steps + 1)]
    return LineString([(curve(a), a) if upright else (a, curve(a)) for a in along])


def _houses(grid: Polygon, lane: str, floors: tuple[int, ...], dice: Random) -> Iterable[House]:
    """Rows of slabs that face south, as far apart as the winter sun asks; one place in nine stays green."""
    ground = grid.buffer(-7, join_style="mitre")
    west, south, east, north = ground.bounds
    number = 0
    y = north - 4
    while y - 12 > south:
        x = west + 2 + dice.random() * 6
        depth = 11 + dice.random() * 3
        while x < east:
            width = 26 + dice.random() * 16
            slab = box(x, y - depth, x + width, y)
            if not ground.contains(slab):
                x += 4
                continue
            x += width + 8
            if dice.random() < 1 / 9 and number:
                continue
            number += 1
            height = floors[int(dice.random() * len(floors))]
            yield House(f"{lane}{number}号", slab, height, 4 if height > 7 else 2 + int(dice.random() * 2))
        y -= depth + 15 + dice.random() * 4


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS_ZH[ones]
    return (DIGITS_ZH[tens] if tens > 1 else "") + "十" + (DIGITS_ZH[ones] if ones else "")


def _collection(things: Iterable[tuple[dict[str, Any], Polygon]]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": "Polygon", "coordinates": [_ring(outline)]},
            }
            for properties, outline in things
        ],
    }


def _ring(outline: Polygon) -> list[list[float]]:
    """RFC 7946: closed, counter-clockwise; from its westernmost corner, however the geometry library began it."""
    corners: list[list[float]] = []
    for x, y in outline.normalize().exterior.coords[:-1]:
        corner = _degrees(x, y)
        if corner not in corners:
            corners.append(corner)
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, corners[1:] + corners[:1], strict=True))
    if area < 0:
        corners.reverse()
    first = corners.index(min(corners))
    corners = corners[first:] + corners[:first]
    return [*corners, corners[0]]


def _degrees(x: float, y: float) -> list[float]:
    x, y = x - MIDDLE[0], y - MIDDLE[1]
    east = x * math.cos(TURN) - y * math.sin(TURN)
    north = x * math.sin(TURN) + y * math.cos(TURN)
    lon = ORIGIN[0] + east / (METRES_A_DEGREE * math.cos(math.radians(ORIGIN[1])))
    return [round(lon, DIGITS), round(ORIGIN[1] + north / METRES_A_DEGREE, DIGITS)]


def main() -> None:
    for name, collection in (("street.geojson", street()), ("buildings.geojson", houses())):
        Path(HERE, name).write_text(written(collection), encoding="utf-8")
        print(f"{name}: {len(collection['features'])}")


if __name__ == "__main__":
    main()

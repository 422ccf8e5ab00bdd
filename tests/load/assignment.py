"""Assignment in bulk: positions over ten thousand grids, beside a plain loop over shapely's STRtree.

``python -m tests.load.assignment``. The loop asks one position at a time and takes the first grid found: what one
writes in five lines, without a rule for borders. Both are given the same positions, in rounds that alternate.
"""

import random
import time
from collections.abc import Callable
from typing import Any

from shapely import Point, STRtree
from shapely.geometry import shape

from services.routing.plan_index import PlanIndex
from tests.load.figures import Pairs

SIDE = 100
POSITIONS = 100_000
ROUNDS = 7
_CORNERS = 24
"""Of each grid: about as many as a street's grids have that follow walls and kerbs."""


def city(side: int = SIDE, seed: int = 1) -> dict[str, Any]:
    """Return a plan of ``side`` × ``side`` grids that share their crooked borders."""
    dice = random.Random(seed)
    width = 0.004  # degrees
    steps = _CORNERS // 4

    def border(column: int, row: int, *, across: bool) -> list[list[float]]:
        line: list[list[float]] = []
        for step in range(steps + 1):
            along, aside = step / steps, 0 if step in (0, steps) else dice.uniform(-0.1, 0.1)
            x, y = (column + along, row + aside) if across else (column + aside, row + along)
            line.append([121 + x * width, 31 + y * width])
        return line

    across = [[border(c, r, across=True) for r in range(side + 1)] for c in range(side)]
    down = [[border(c, r, across=False) for r in range(side)] for c in range(side + 1)]

    def grid(column: int, row: int) -> dict[str, Any]:
        south, north = across[column][row], across[column][row + 1]
        west, east = down[column][row], down[column + 1][row]
        ring = [*south, *east[1:], *north[::-1][1:], *west[::-1][1:]]
        code = f"{column:03}-{row:03}"
        return {
            "type": "Feature",
            "properties": {"code": code, "name": code, "community": f"C{column // 10:02}"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }

    return {
        "type": "FeatureCollection",
        "features": [grid(column, row) for column in range(side) for row in range(side)],
    }


def positions(number: int = POSITIONS, side: int = SIDE, seed: int = 2) -> list[tuple[float, float]]:
    dice = random.Random(seed)
    reach = side * 0.004
    return [(121 + dice.uniform(-0.01, reach), 31 + dice.uniform(-0.01, reach)) for _ in range(number)]


def plain_loop(plan: dict[str, Any]) -> Callable[[list[tuple[float, float]]], list[str | None]]:
    """Return what bulk assignment is measured against."""
    tree = STRtree([shape(feature["geometry"]) for feature in plan["features"]])
    codes = [feature["properties"]["code"] for feature in plan["features"]]

    def assign(where: list[tuple[float, float]]) -> list[str | None]:
        found: list[str | None] = []
        for lon, lat in where:
            hits = tree.query(Point(lon, lat), predicate="intersects")
            found.append(codes[hits[0]] if len(hits) else None)
        return found

    return assign


def _rate(work: Callable[[], object], number: int) -> float:
    started = time.perf_counter()
    work()
    return number / (time.perf_counter() - started)


def main() -> None:
    plan, where = city(), positions()
    index, loop = PlanIndex("measured", plan), plain_loop(plan)
    assert index.grids_of(where) == loop(where)
    pairs, ours, theirs = Pairs(), [], []
    for _ in range(ROUNDS):
        ours.append(_rate(lambda: index.grids_of(where), len(where)))
        theirs.append(_rate(lambda: loop(where), len(where)))
        pairs.add(ours[-1], theirs[-1])
    made = time.perf_counter()
    PlanIndex("measured", plan)
    print("| what | figure |")
    print("|---|---:|")
    print(f"| grids | {len(plan['features']):,} |")
    print(f"| positions a second, in bulk | {sorted(ours)[ROUNDS // 2]:,.0f} |")
    print(f"| positions a second, a plain STRtree loop | {sorted(theirs)[ROUNDS // 2]:,.0f} |")
    print(f"| ratio (lowest to highest round) | {pairs} |")
    print(f"| making the plan ready | {time.perf_counter() - made:.2f} s |")


if __name__ == "__main__":
    main()

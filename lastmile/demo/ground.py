"""The ground of the demo street: its roads, its river and the lanes that cut blocks into grids.

On a plane in metres, x to the east and y to the north. Nothing here is random.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shapely import LineString

Metres = tuple[float, float]
Curve = Callable[[float], float]


def road(at: float, slope: float, swing: float, wave: float, shift: float = 0.0) -> Curve:
    """Return a gently winding road: its offset in metres as a function of how far along one is."""
    return lambda along: at + slope * along + swing * math.sin(along / wave + shift)


# West to east; between the fifth and the sixth the river runs, and no grid has it.
WEST = (
    road(0, 0.070, 9, 130),
    road(188, -0.045, 5, 150, 1.0),
    road(352, 0.060, 7, 170, 2.0),
    road(556, -0.020, 8, 140, 0.4),
    road(738, 0.050, 13, 150, 0.6),
    road(872, 0.055, 24, 150, 0.6),
)
EAST = (
    road(924, 0.050, 27, 150, 0.65),
    road(1112, 0.020, 10, 160, 1.2),
    road(1296, -0.060, 12, 150, 2.2),
)
# South to north. East of the river they do not meet those of the west, but for the bridge.
WEST_ROWS = (
    road(0, 0.020, 9, 210, 1.0),
    road(182, -0.025, 8, 160),
    road(388, 0.020, 9, 240, 2.0),
    road(582, -0.012, 11, 250),
)
EAST_ROWS = (
    road(-34, 0.030, 8, 170),
    road(176, -0.010, 9, 190, 1.0),
    road(415, -0.030, 8, 210),
    road(560, 0.010, 10, 180, 2.0),
)


@dataclass(frozen=True)
class Block:
    """What lies between two roads and two rows. (u, v) runs from its south-west corner (0, 0) to (1, 1)."""

    west: Curve
    east: Curve
    south: Curve
    north: Curve

    def at(self, u: float, v: float) -> Metres:
        x = y = 0.0
        for _ in range(12):  # converges by a factor of ten a step: the roads are nearly straight
            x = self.west(y) + u * (self.east(y) - self.west(y))
            y = self.south(x) + v * (self.north(x) - self.south(x))
        return x, y

    def lane(self, points: Sequence[tuple[float, float]]) -> LineString:
        return LineString([self.at(u, v) for u, v in points])


BEYOND = 0.015
"""Lanes run this much past the road they end at; what dangles is dropped when areas are formed."""
O, I = -BEYOND, 1 + BEYOND  # noqa: E741 - the two ends of a lane

Lane = tuple[tuple[float, float], ...]


def down(west: float, east: float | None = None) -> Lane:
    """Cut a block into west and east."""
    east = west if east is None else east
    return ((west, O), ((west + east) / 2 + 0.02, 0.45), (east, I))


def across(south: float, north: float | None = None) -> Lane:
    """Cut a block into south and north."""
    north = south if north is None else north
    return ((O, south), (0.55, (south + north) / 2 - 0.02), (I, north))


def across_with_a_step(south: float, north: float, where: float) -> Lane:
    return ((O, south), (where, south), (where + 0.03, north), (I, north))


# One list of lanes a block, by row from the south, then from the west: 26 grids, 6 and 8.
WUTONGLI_LANES: tuple[tuple[tuple[Lane, ...], ...], ...] = (
    ((down(0.52, 0.47),), (across(0.46, 0.54),), (down(0.44, 0.50),), (across_with_a_step(0.42, 0.56, 0.5),)),
    (
        (across(0.50, 0.44),),
        (across_with_a_step(0.56, 0.43, 0.45),),
        (across(0.52, 0.46), ((0.53, 0.47), (0.49, 0.75), (0.51, I))),
        (down(0.55, 0.48),),
    ),
    ((down(0.45, 0.52),), (down(0.50, 0.56),), (down(0.36, 0.33), down(0.67, 0.69)), (across(0.55, 0.47),)),
)
HEPAN_LANES: tuple[tuple[tuple[Lane, ...], ...], ...] = (
    ((across(0.52, 0.48),),),
    ((across(0.47, 0.52),),),
    ((across(0.50, 0.55),),),
)
QIAODONG_LANES: tuple[tuple[tuple[Lane, ...], ...], ...] = (
    ((), ()),
    ((across(0.54, 0.48),), (across_with_a_step(0.44, 0.55, 0.5),)),
    ((), ()),
)


@dataclass(frozen=True)
class Community:
    code: str
    prefix: str
    name: str
    unit: str
    columns: tuple[Curve, ...]
    rows: tuple[Curve, ...]
    lanes: tuple[tuple[tuple[Lane, ...], ...], ...]
    streets: tuple[str, ...]
    """After what the lanes of each row are called, from the south."""
    floors: tuple[int, ...]
    grids: int


COMMUNITIES = (
    Community(
        "wutongli",
        "WT",
        "梧桐里",
        "微网格",
        WEST[:5],
        WEST_ROWS,
        WUTONGLI_LANES,
        ("织锦路", "梧桐里", "青禾路"),
        (6, 6, 5, 6, 7),
        26,
    ),
    Community(
        "qiaodong",
        "QD",
        "桥东",
        "网格",
        EAST,
        EAST_ROWS,
        QIAODONG_LANES,
        ("望桥街", "桥东路", "长兴街"),
        (11, 18, 6, 14),
        8,
    ),
    Community(
        "hepan",
        "HP",
        "河畔",
        "网格",
        WEST[4:],
        WEST_ROWS,
        HEPAN_LANES,
        ("临河南路", "临河路", "临河北路"),
        (6, 11, 6),
        6,
    ),
)

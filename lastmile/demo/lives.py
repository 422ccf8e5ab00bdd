"""Thirty days of the demo street: who said what, and what became of it. Pure; the same on every machine.

Everything lies before the anchor, the moment at which the street adopted its grid plan.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from lastmile.demo import street
from lastmile.demo.residents import finding, somebody, words
from lastmile.demo.steps import Step, steps

_DAYS = 30
_A_GRID = range(7, 11)
"""How many requests a grid had in these days."""
_HOT = {("WT-07", "parking"): 7, ("WT-15", "ebike-charging"): 6, ("QD-03", "elevator"): 6}
"""What many called for lately and is not done: topics come of it."""

_OLD = {
    "closed": 58,
    "resolved": 6,
    "reopened_and_closed": 5,
    "reopened": 1,
    "declined": 4,
    "withdrawn": 4,
    "on_hold": 4,
    "in_progress": 2,
    "given_by_hand": 4,
    "returned_and_closed": 3,
    "no_place": 1,
    "nowhere": 1,
}
_FRESH = {
    "assigned": 24,
    "accepted": 16,
    "in_progress": 18,
    "resolved": 12,
    "closed": 12,
    "reopened": 3,
    "returned": 4,
    "on_hold": 3,
    "withdrawn": 2,
    "no_place": 3,
    "nowhere": 2,
    "declined": 1,
}
_LATELY = timedelta(days=1.5)
_HOT_DAYS = 2.5
_GROWTH = 1.6
"""More than 1: more is said lately than a month ago."""
_WEIGHTS = {
    "garbage": 5,
    "parking": 5,
    "noise": 4,
    "hallway-clutter": 4,
    "ebike-charging": 4,
    "elderly-care": 3,
    "leak": 3,
}
_ACROSS_THE_RIVER = (121.4705, 31.2363)
"""Degrees; in no grid of this street."""


@dataclass(frozen=True)
class Life:
    """One request: what intake is told, and what was done then."""

    key: str
    grid: str
    ending: str
    at: datetime
    body: dict[str, Any]
    steps: tuple[Step, ...]


def lives(anchor: datetime, zone: ZoneInfo) -> list[Life]:
    """Return every life, in the order in which the requests came in."""
    told = [_live(number, ask, anchor, zone) for number, ask in enumerate(_asked())]
    return sorted(told, key=lambda life: life.at)


@dataclass(frozen=True)
class _Asked:
    """``hot``: of this category, fresh and not done."""

    grid: str
    hot: str | None = None


def _asked() -> Iterator[_Asked]:
    for feature in street.plan()["features"]:
        grid = feature["properties"]["code"]
        dice = Random(f"grid-{grid}")  # noqa: S311 - a story, not a secret
        for _ in range(dice.choice(_A_GRID)):
            yield _Asked(grid)
    for (grid, category), count in _HOT.items():
        for _ in range(count):
            yield _Asked(grid, hot=category)


def _live(number: int, asked: _Asked, anchor: datetime, zone: ZoneInfo) -> Life:
    dice = Random(f"life-{number}")  # noqa: S311
    age = timedelta(days=_HOT_DAYS * dice.random() if asked.hot else _DAYS * dice.random() ** _GROWTH)
    at = _by_day(anchor - age, zone, dice)
    if at >= anchor - timedelta(minutes=20):
        at = anchor - timedelta(minutes=20 + dice.randrange(120))
    endings = (
        {"assigned": 3, "accepted": 2, "in_progress": 2} if asked.hot else _OLD if age >= _LATELY else _FRESH
    )
    ending = _weighted(endings, dice)
    category = asked.hot or _weighted(_weights(), dice)
    building = dice.choice(_buildings()[asked.grid])
    patrol = not asked.hot and category in street.texts()["findings"] and dice.random() < 0.2
    who = somebody(building, dice)
    body: dict[str, Any] = {
        "key": f"demo-{number:04d}",
        "text": finding(category, building, dice) if patrol else words(category, building, dice),
        "kind": "finding" if patrol else _kinds()[category],
        "category": category,
        "at": at.isoformat(),
        "location": _place(ending, who.unit, building, dice),
    }
    if not patrol and dice.random() < 0.85:
        body["reporter"] = {"name": who.name, "phone": who.phone}
    done = steps(ending, category, asked.grid, dice, room=anchor - at)
    return Life(body["key"], asked.grid, ending, at, body, done)


def _by_day(moment: datetime, zone: ZoneInfo, dice: Random) -> datetime:
    """People write between seven and eleven at night, and most in the evening."""
    hour = int(dice.triangular(7, 23, 19))
    return moment.astimezone(zone).replace(
        hour=hour, minute=dice.randrange(60), second=dice.randrange(60), microsecond=0
    )


def _place(ending: str, unit: str, building: street.Building, dice: Random) -> dict[str, Any]:
    if ending in ("no_place", "given_by_hand"):
        return {"address": dice.choice(street.texts()["nearby"])}
    if ending == "nowhere":
        return {"lon": _ACROSS_THE_RIVER[0] + dice.random() / 1000, "lat": _ACROSS_THE_RIVER[1]}
    if dice.random() < 0.25:
        return {"lon": building.lon, "lat": building.lat}
    return {"building": building.code, "unit": unit} if dice.random() < 0.8 else {"building": building.code}


def _weighted(weights: dict[str, int], dice: Random) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]


@cache
def _weights() -> dict[str, int]:
    return {category["code"]: _WEIGHTS.get(category["code"], 2) for category in street.categories()}


@cache
def _kinds() -> dict[str, str]:
    return {category["code"]: category["kind"] for category in street.categories()}


@cache
def _buildings() -> dict[str, list[street.Building]]:
    found: dict[str, list[street.Building]] = {}
    for building in street.buildings().values():
        found.setdefault(building.grid, []).append(building)
    return found

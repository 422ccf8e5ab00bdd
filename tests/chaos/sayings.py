"""What the residents of the demo street say in the storm, and which grid must get it.

Everything personal is dyed with one mark, so that a single look finds whatever leaked in clear.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from shapely.geometry import shape

from lastmile.demo import street

DYE = "骤雨初歇"
"""Begins every text, name, address, unit, outcome and comment of the storm, and nothing else in the world."""
PHONES = "1391111"
"""Begins every phone number of the storm; four digits follow."""
_OUT_AT_SEA = {"lon": 122.9, "lat": 30.2}


@dataclass(frozen=True)
class Saying:
    """One submission. ``grid`` is None where no grid covers the place; ``worker`` stands on the grid's post."""

    number: int
    key: str
    body: dict[str, Any]
    grid: str | None
    worker: str | None

    @property
    def personal(self) -> dict[str, str]:
        """What must come out of the sealed part again."""
        location, reporter = self.body["location"], self.body.get("reporter", {})
        fields = {
            "text": self.body["text"],
            "name": reporter.get("name"),
            "phone": reporter.get("phone"),
            "address": location.get("address"),
            "unit": location.get("unit"),
        }
        return {name: value for name, value in fields.items() if value}


def sayings(number: int, seed: int, *, about: int) -> list[Saying]:
    """``about``: so many categories at most."""
    dice = Random(seed)
    features = street.plan()["features"]
    categories = [category["code"] for category in street.categories()[:about]]
    return [_saying(n, dice, features, categories) for n in range(number)]


def _saying(number: int, dice: Random, features: list[dict[str, Any]], categories: list[str]) -> Saying:
    feature = dice.choice(features)
    location, covered = _somewhere(number, dice, feature)
    body: dict[str, Any] = {
        "text": f"{DYE}，第{number}件：楼道里的水还没有退。",
        "kind": dice.choice(("issue", "help", "complaint", "wish")),
        "category": dice.choice(categories),
        "location": location,
    }
    if dice.random() < 0.8:
        body["reporter"] = {"name": f"{DYE}{number:04}", "phone": f"+86{PHONES}{number:04}"}
    return Saying(
        number=number,
        key=f"storm-{dice.getrandbits(128):032x}",
        body=body,
        grid=feature["properties"]["code"] if covered else None,
        worker=feature["properties"]["worker"] if covered else None,
    )


def _somewhere(number: int, dice: Random, feature: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """A location, and whether it lies in the grid of this feature or in none."""
    building = dice.choice(feature["properties"]["buildings"])
    chance = dice.random()
    if chance < 0.6:
        return {"building": building, "unit": f"{DYE}{number}室"}, True
    if chance < 0.75:
        inside = shape(feature["geometry"]).representative_point()
        return {"lon": inside.x, "lat": inside.y}, True
    if chance < 0.85:
        return {"address": f"{building}，{DYE}{number}室"}, True
    if chance < 0.95:
        return dict(_OUT_AT_SEA), False
    return {"address": f"{DYE}街{number}弄"}, False


def gusts(said: list[Saying], number: int) -> Iterator[list[Saying]]:
    """The same in so many parts, as even as can be."""
    size, more = divmod(len(said), number)
    start = 0
    for place in range(number):
        end = start + size + (place < more)
        yield said[start:end]
        start = end

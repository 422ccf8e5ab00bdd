"""What will be said, over which channel, and how it will go: pure, and the same for the same seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Literal

from lastmile.demo import street
from lastmile.demo.residents import comment, outcome, somebody, words
from shared.words import Channel

_CHANNELS = {Channel.WEB: 45, Channel.CHAT: 30, Channel.SMS: 15, Channel.PHONE: 10}
Ending = Literal["assigned", "accepted", "in_progress", "resolved", "solved", "not_solved"]
_ENDINGS: dict[Ending, int] = {
    "assigned": 8,
    "accepted": 8,
    "in_progress": 9,
    "resolved": 15,
    "solved": 50,
    "not_solved": 10,
}


@dataclass(frozen=True)
class Story:
    """One request and what people will do about it."""

    number: int
    channel: Channel
    body: dict[str, Any]
    ending: Ending
    note: str
    outcome: str
    satisfaction: int
    comment: str
    pace: float
    """How quick its people are; 1 is usual."""


def stories(seed: int) -> Iterator[Story]:
    number = 0
    while True:
        yield _story(number, Random(f"{seed}-{number}"))  # noqa: S311 - a story, not a secret
        number += 1


def _story(number: int, dice: Random) -> Story:
    ending = dice.choices(list(_ENDINGS), list(_ENDINGS.values()))[0]
    channel = dice.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]
    category = dice.choice(street.categories())
    building = dice.choice(_buildings())
    who = somebody(building, dice)
    satisfaction = dice.choice((1, 2)) if ending == "not_solved" else dice.choices((5, 4, 3), (6, 3, 1))[0]
    body: dict[str, Any] = {
        "text": words(category["code"], building, dice),
        "kind": category["kind"],
        "category": category["code"],
        "location": {"building": building.code, "unit": who.unit},
    }
    if channel is Channel.PHONE or dice.random() < 0.1:
        body["location"] = {"lon": building.lon, "lat": building.lat}
    if channel is not Channel.WEB or dice.random() < 0.8:
        body["reporter"] = {"name": who.name, "phone": who.phone}
    return Story(
        number=number,
        channel=channel,
        body=body,
        ending=ending,
        note=dice.choice(street.texts()["notes"]),
        outcome=outcome(category["code"], dice),
        satisfaction=satisfaction,
        comment=comment(satisfaction, dice),
        pace=dice.uniform(0.5, 2.0),
    )


@cache
def _buildings() -> list[street.Building]:
    return list(street.buildings().values())

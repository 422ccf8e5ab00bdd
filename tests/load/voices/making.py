"""A town's reports, made from a seed: most of them alone, the rest about things that several people report.

A thing is a matter at a place within some days. Everybody says it in his own way: another sentence, the place in
full or in part or not at all, typing errors. And there is what is easily confused: the same matter in another place,
in the same words; another matter in the same place; the same matter there again, weeks later.
"""

import math
import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

BEGINS = datetime(2026, 1, 5, tzinfo=UTC)
_DAYS = 90.0
_TOWN = 6000.0  # metres from edge to edge
_DEGREE = 111_320.0  # metres of latitude
_ORIGIN = (121.30, 31.10)
_APART = 21.0
"""Days after which the same matter in the same place is a new one."""


@dataclass(frozen=True)
class Matter:
    name: str
    category: str
    spread: float
    said: str

    @property
    def sentences(self) -> list[str]:
        return self.said.split("|")


@dataclass(frozen=True)
class Tongue:
    matters: tuple[Matter, ...]
    streets: list[str]
    estates: list[str]
    where: tuple[str, ...]
    openings: tuple[str, ...]
    closings: tuple[str, ...]
    latin: bool


@dataclass(frozen=True)
class Voice:
    id: str
    group: int
    text: str
    at: datetime
    lon: float | None
    lat: float | None
    category: str | None


@dataclass(frozen=True)
class _Spot:
    x: float
    y: float
    names: dict[str, Any]


def town(tongue: Tongue, seed: int, size: int = 2400, alone: float = 0.6, loose: float = 1.0) -> list[Voice]:
    """Return so many reports; a share of them is about a thing that nobody else reports. ``loose``: reporters of one
    thing are so many times farther apart than its matter says.
    """
    chance = random.Random(seed)
    spots = _spots(tongue, chance)
    taken: list[tuple[Matter, _Spot, float]] = []
    voices: list[Voice] = []
    group = 0
    while len(voices) < size:
        many = 1 if chance.random() < _share_of_ones(alone) else min(2 + int(chance.expovariate(1 / 7)), 60)
        thing = _somewhere_new(tongue, chance, spots, taken, loose)
        taken.append(thing)
        day = thing[2]
        lasts = chance.uniform(0.2, 9.0 * math.sqrt(loose))
        voices.extend(
            _voice(tongue, chance, thing, group, day + chance.uniform(0, lasts), loose)
            for _ in range(min(many, size - len(voices)))
        )
        group += 1
    chance.shuffle(voices)
    voices.sort(key=lambda voice: voice.at)
    return [replace(voice, id=f"v{number:05}") for number, voice in enumerate(voices)]


def without(voices: list[Voice], *, place: bool = False, category: bool = False) -> list[Voice]:
    """The same as a table without these columns tells it."""
    return [
        replace(
            voice,
            lon=None if place else voice.lon,
            lat=None if place else voice.lat,
            category=None if category else voice.category,
        )
        for voice in voices
    ]


def _share_of_ones(alone: float) -> float:
    """Of things, so that of reports ``alone`` are alone; a thing of many has nine reports on average."""
    return alone * 9 / (alone * 9 + 1 - alone)


def _spots(tongue: Tongue, chance: random.Random) -> list[_Spot]:
    """Buildings along streets: neighbours share the street's name, and the estate's."""
    spots: list[_Spot] = []
    for place, street in enumerate(tongue.streets):
        y = _TOWN * (place + 0.5) / len(tongue.streets)
        for step in range(8):
            x = _TOWN * (step + chance.random()) / 8
            names = {
                "s": street,
                "n": 2 * chance.randint(1, 160) + step % 2,
                "e": tongue.estates[(place // 4 * 2 + step // 4) % len(tongue.estates)],
                "b": chance.randint(1, 30),
            }
            spots.append(_Spot(x, y, names))
    return spots


def _somewhere_new(
    tongue: Tongue,
    chance: random.Random,
    spots: list[_Spot],
    taken: list[tuple[Matter, _Spot, float]],
    loose: float,
) -> tuple[Matter, _Spot, float]:
    """Far enough from every other thing of this matter, in place or in time: no two of them are one."""
    while True:
        matter, spot, day = chance.choice(tongue.matters), chance.choice(spots), chance.uniform(0, _DAYS)
        if taken and chance.random() < 0.3:  # another matter in the same place at the same time
            _, spot, near = chance.choice(taken)
            day = min(max(0.0, near + chance.uniform(-2, 2)), _DAYS)
        far = max(700.0, 3 * matter.spread * loose)
        if all(
            matter is not other
            or math.hypot(spot.x - there.x, spot.y - there.y) > far
            or abs(day - then) > _APART
            for other, there, then in taken
        ):
            return matter, spot, day


def _voice(
    tongue: Tongue,
    chance: random.Random,
    thing: tuple[Matter, _Spot, float],
    group: int,
    day: float,
    loose: float,
) -> Voice:
    matter, spot, _ = thing
    where = chance.choice(tongue.where).format(**spot.names)
    said = chance.choice(matter.sentences)
    if tongue.latin:
        text = chance.choice((f"{said} {where}", f"{where}: {said}", f"{said}, {where}")).strip(" ,:")
    else:
        text = chance.choice((f"{where}{said}", f"{where}，{said}", f"{said}，{where}")).strip("，")
    text = chance.choice(tongue.openings) + text + chance.choice(tongue.closings)
    if chance.random() < 0.25:
        text = _mistyped(text, chance)
    away = abs(chance.gauss(0, 0.5)) * matter.spread * loose
    turn = chance.uniform(0, 2 * math.pi)
    x, y = spot.x + away * math.cos(turn), spot.y + away * math.sin(turn)
    lon, lat = _ORIGIN
    return Voice(
        id="",
        group=group,
        text=text,
        at=BEGINS + timedelta(days=day),
        lon=lon + x / (_DEGREE * math.cos(math.radians(lat))),
        lat=lat + y / _DEGREE,
        category=matter.category if chance.random() < 0.9 else "other",
    )


def _mistyped(text: str, chance: random.Random) -> str:
    """One or two slips: a character dropped, doubled, or changed places with its neighbour."""
    for _ in range(chance.randint(1, 2)):
        if len(text) < 6:
            break
        at = chance.randrange(1, len(text) - 1)
        slip = chance.randrange(3)
        if slip == 0:
            text = text[:at] + text[at + 1 :]
        elif slip == 1:
            text = text[:at] + text[at] + text[at:]
        else:
            text = text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
    return text

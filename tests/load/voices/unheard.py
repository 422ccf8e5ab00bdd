"""Held-out voices: matters, streets and ways of speaking that nothing here was ever fitted on or tuned by.

Unlike ``town``, nobody says a whole sentence that somebody else says: each picks what he tells (what happens, what
follows, what he wants, what is particular about it) and in which order, at his own length. Streets and estates have
names of kinds that the words of places do not all know.
"""

import math
import random
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

from tests.load.voices.making import BEGINS, Voice

_DEGREE = 111_320.0
_ORIGIN = (120.15, 30.25)
_TOWN = 7000.0  # metres from edge to edge
_DAYS = 120.0
_AGAIN = 28.0
"""Days after which the same matter in the same place is a new one."""


@dataclass(frozen=True)
class Theme:
    name: str
    category: str
    spread: float
    what: list[str]
    effect: list[str]
    ask: list[str]
    details: list[list[str]]


@dataclass(frozen=True)
class Event:
    theme: Theme
    x: float
    y: float
    street: str
    number: int
    estate: str
    building: int
    day: float
    lasts: float
    details: list[list[str]]


_STREETS = {
    "zh": ["书院弄", "盐仓桥", "临江一路", "临江二路", "八字桥", "新华北路", "新华南路", "柴市口", "石牌坊", "铁佛寺街", "三里亭", "观前街", "运河东路", "西马塍", "采荷", "打铁关", "环城北路", "文三西路", "竹竿巷", "大关路"],
    "en": [
        "Mill Row", "Castle Hill", "St Mary's Close", "Upper Parade", "Lower Parade", "North Quay", "Canal Walk", "Tanner's Yard", "Victoria Crescent", "Bell Square",
        "Market Cross", "Station Approach", "Hollow Way", "Abbey Rise", "Long Acre", "Spinney View", "Priory Mews", "Gasworks Lane", "Seven Dials", "Weavers Green",
    ],
}  # fmt: skip
_ESTATES = {
    "zh": ["悦澜府", "学府壹号", "国际城二期", "纺织厂宿舍", "东方丽景", "水岸华庭", "老干部楼", "金都华府", "湖畔雅居", "三塘人家"],
    "en": [
        "the Maltings", "Riverside Mews", "Foundry Lofts", "Kingsmead", "the old hospital site", "Larkfield", "Parkview Heights", "Brewery Wharf", "Westgate Flats", "Ormond House",
    ],
}  # fmt: skip
_WHERE = {
    "zh": ("{s}{n}号", "{s}这边", "{e}", "{e}{b}幢", "{e}{b}座后面", "{s}{e}", "{s}那头", "我住{e}", "就在{e}东门", "离{s}不远", "", "", ""),
    "en": ("{n} {s}", "at {e}", "{e}, block {b}", "round the back of {e}", "on {s}", "{s}, by {e}", "the {s} end", "I live in {e}", "corner of {s}", "not far from {s}", "", "", ""),
}  # fmt: skip
_FIRST = {
    "zh": ("", "", "", "咨询一件事：", "说个事儿，", "忍了很久了，", "又来打扰，", "业主群都在讲，", "老人家代笔，", "第三遍说了，"),
    "en": ("", "", "", "Sorry to bother you but ", "Third time writing. ", "Asking for my nan: ", "Everyone in our chat agrees, ", "Hiya, ", "Not sure who handles this. ", "Following up: "),
}  # fmt: skip
_LAST = {
    "zh": ("", "", "", "，真没辙了", "，等信儿", "，拜托拜托", "，照片发您了", "哎", "，这都第几回了"),
    "en": ("", "", "", ", at my wits' end", ", photo attached", ", ta", ", what next", " Cheers", ", how many more times"),
}  # fmt: skip
_WHEN = {
    "zh": ("昨晚", "今天一早", "从上礼拜起", "这两天", "打前天开始", "刚刚", "", "", "", ""),
    "en": ("last night", "this morning", "for a week now", "these past days", "just now", "since the weekend", "", "", "", ""),
}  # fmt: skip

Tongue = Literal["zh", "en"]


def themes(tongue: Tongue) -> list[Theme]:
    text = (Path(__file__).parent / f"unheard.{tongue}.txt").read_text("utf-8")
    found: list[Theme] = []
    for block in text.split("\n\n")[1:]:
        head, *lines = block.strip().splitlines()
        name, *category, spread = head.split()
        said = {kind: parts.split("|") for kind, _, parts in (line.partition(": ") for line in lines)}
        details = [one.split("/") for one in said["detail"]]
        found.append(
            Theme(name, " ".join(category), float(spread), said["what"], said["effect"], said["ask"], details)
        )
    return found


def crowd(tongue: Tongue, seed: int, size: int = 2400, alone: float = 0.5) -> list[Voice]:
    """Return so many reports; ``alone``: the share of them that nobody else makes."""
    chance = random.Random(seed)
    events: list[Event] = []
    voices: list[Voice] = []
    while len(voices) < size:
        many = (
            1
            if chance.random() < alone * 6 / (alone * 6 + 1 - alone)
            else 2 + min(int(chance.expovariate(1 / 4)), 40)
        )
        event = _new(tongue, chance, events)
        events.append(event)
        tellers = [_told(tongue, chance, event, len(events)) for _ in range(min(many, size - len(voices)))]
        voices.extend(tellers)
    voices.sort(key=lambda voice: voice.at)
    return [replace(voice, id=f"u{number:05}") for number, voice in enumerate(voices)]


def _new(tongue: Tongue, chance: random.Random, events: list[Event]) -> Event:
    """Somewhere new for its theme: elsewhere, or weeks apart. Often close to another event, or another's double."""
    known = themes(tongue) if not events else _THEMES[tongue]
    _THEMES[tongue] = known
    streets, estates = _STREETS[tongue], _ESTATES[tongue]
    while True:
        theme = chance.choice(known)
        row = chance.randrange(len(streets))
        x, y = chance.uniform(0, _TOWN), _TOWN * (row + 0.5) / len(streets)
        estate = estates[(row // 2 + int(x > _TOWN / 2) * 5) % len(estates)]
        number, building = chance.randint(1, 400), chance.randint(1, 40)
        day = chance.uniform(0, _DAYS)
        street = streets[row]
        if events and (turn := chance.random()) < 0.4:
            other = chance.choice(events)
            if turn < 0.2:  # another matter at the same place in the same days
                x, y, street, estate, number, building = (
                    other.x,
                    other.y,
                    other.street,
                    other.estate,
                    other.number,
                    other.building,
                )
                day = min(max(0.0, other.day + chance.uniform(-3, 3)), _DAYS)
            else:  # the same matter in the same days elsewhere, or there again another month
                theme, day = other.theme, min(max(0.0, other.day + chance.choice((0, 1, 2, 35, 60))), _DAYS)
        far = max(800.0, 3 * theme.spread)
        if all(
            theme is not other.theme
            or math.hypot(x - other.x, y - other.y) > far
            or abs(day - other.day) > _AGAIN
            for other in events
        ):
            details = [one for one in theme.details if chance.random() < 0.6]
            return Event(theme, x, y, street, number, estate, building, day, chance.uniform(0.3, 8), details)


_THEMES: dict[str, list[Theme]] = {}


def _told(tongue: Tongue, chance: random.Random, event: Event, group: int) -> Voice:
    theme = event.theme
    parts = [chance.choice(theme.what)]
    style = chance.random()
    if style > 0.25:
        parts += [chance.choice(one) for one in event.details if chance.random() < 0.55]
    if style > 0.4:
        parts.append(chance.choice(theme.effect))
    if style > 0.7:
        parts.append(chance.choice([w for w in theme.what if w != parts[0]]))
    if style > 0.55:
        parts.append(chance.choice(theme.ask))
    if chance.random() < 0.3:
        chance.shuffle(parts)
    when = chance.choice(_WHEN[tongue])
    where = chance.choice(_WHERE[tongue]).format(
        s=event.street, n=event.number, e=event.estate, b=event.building
    )
    if tongue.startswith("zh"):
        parts[0] = chance.choice((f"{when}{parts[0]}", f"{parts[0]}"))
        if where:
            parts.insert(chance.choice((0, 0, len(parts))), where)
        text = chance.choice(("，", "，", "。", " ")).join(parts)
    else:
        parts[0] = chance.choice((f"{when} {parts[0]}".strip(), f"{parts[0]} {when}".strip()))
        if where:
            parts.insert(chance.choice((0, len(parts), len(parts))), where)
        text = chance.choice((", ", ". ", " - ", "; ")).join(parts)
    text = chance.choice(_FIRST[tongue]) + text + chance.choice(_LAST[tongue])
    if chance.random() < 0.2:
        at = chance.randrange(1, max(2, len(text) - 1))
        text = (
            text[:at] + text[at + 1 :]
            if chance.random() < 0.5
            else text[: at - 1] + text[at : at + 1] + text[at - 1 : at] + text[at + 1 :]
        )
    away, turn = abs(chance.gauss(0, 0.6)) * theme.spread, chance.uniform(0, 2 * math.pi)
    lon, lat = _ORIGIN
    return Voice(
        id="",
        group=group,
        text=text,
        at=BEGINS + timedelta(days=event.day + chance.uniform(0, event.lasts)),
        lon=lon + (event.x + away * math.cos(turn)) / (_DEGREE * math.cos(math.radians(lat))),
        lat=lat + (event.y + away * math.sin(turn)) / _DEGREE,
        category=theme.category if chance.random() < 0.85 else "other",
    )

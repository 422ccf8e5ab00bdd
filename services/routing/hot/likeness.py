"""How likely two requests are about one thing: evidence of words, place, time and category, added up as log-odds.

The weights (weights.py) come from made-up towns with and without places, categories, times, and with and without what
concepts.txt knows. What a request does not tell
is no evidence; how much a distance or a day tells depends on how often it happens by chance here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from services.routing.hot.chance import Chance
from services.routing.hot.concepts import wide
from services.routing.hot.words import Words

Numbers = npt.NDArray[np.float64]

_DISTANCES = (60.0, 150.0, 400.0, 1000.0, 2500.0)  # metres
_DAYS = (1.0, 3.0, 7.0, 14.0, 30.0)
_WIDER = 5.0
"""What concerns whole quarters is near at so many times the distance."""
_LITTLE_IN_COMMON, _LITTLE_KINSHIP, _UNLIKELY = 0.04, 0.15, -1.0
"""Whoever only stands close by says something else; whoever names another street, and no position, is elsewhere."""
_DEGREE = 111_320.0  # metres of latitude


@dataclass(frozen=True)
class Voice:
    """What is compared: one request."""

    id: str
    words: Words
    at: datetime
    lon: float | None = None
    lat: float | None = None
    building: str | None = None
    grid: str | None = None
    category: str | None = None
    dated: bool = True
    """Whether ``at`` was said; if not, time is no evidence."""


FEATURES = (
    "bias", "cosine", "cosine²", "shared", "kin", "kin²", "short", "about", "about_other", "about_what×cosine", "about_what×shared", "about_what×kin", "about_other×kin",
    "name", "name×nowhere", "name×cosine", "name×shared", "other_name", "unclear_name", "other_name×nowhere", "unclear_name×nowhere", "number", "other_number", "other_number×name", "category", "other_category", "category×kin",
    *(f"within_{metres:.0f}m" for metres in _DISTANCES), "beyond", "nowhere", "nowhere×cosine", "nowhere×kin", "nowhere×shared", "name×kin", "grid", "other_grid",
    *(f"within_{days:.0f}d" for days in _DAYS), "later",
    "rare_days", "rare_metres", "many", "by_chance", "log_by_chance", "once", "once×cosine", "once×kin",
)  # fmt: skip
"""In the order of ``evidence``'s columns."""
_NOWHERE = FEATURES.index("nowhere")


def metres(one: Voice, other: Voice) -> float | None:
    """Between two positions; the same building is no distance at all; None: unknown."""
    if one.building is not None and one.building == other.building:
        return 0.0
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    x = (one.lon - other.lon) * math.cos(math.radians(one.lat))
    return _DEGREE * math.hypot(x, one.lat - other.lat)


def days(one: Voice, other: Voice) -> float:
    return abs((one.at - other.at).total_seconds()) / 86400


@dataclass(frozen=True)
class Alike:
    """How alike the words of one are to those of each of the others."""

    cosine: Numbers
    shared: Numbers
    """How much of the shorter text stands in the longer."""
    kin: Numbers
    """Whether their words go together here, be they the same or not."""
    name: Numbers
    """Whether they name one place."""
    other_name: Numbers
    """Whether they name different places of one kind."""
    unclear_name: Numbers
    """Whether they name different places, and one may lie in the other."""


def log_odds(one: Voice, others: Sequence[Voice], alike: Alike, chance: Chance, weights: Numbers) -> Numbers:
    if not others:
        return np.zeros(0)
    rows = evidence(one, others, alike, chance)
    odds = rows @ weights
    wordless = (alike.cosine < _LITTLE_IN_COMMON) & (alike.kin < _LITTLE_KINSHIP)
    elsewhere = (alike.other_name > 0) & (rows[:, _NOWHERE] > 0)
    return np.where(wordless | elsewhere, np.minimum(odds, _UNLIKELY), odds)


def evidence(one: Voice, others: Sequence[Voice], alike: Alike, chance: Chance) -> Numbers:
    """One row of features for each of the others."""
    cosine, shared, kin = alike.cosine, alike.shared, alike.kin
    ones = np.ones(len(others))
    said = np.array([_said(one, other) for other in others], np.float64).reshape(len(others), -1).T
    (
        about,
        about_other,
        far_reaching,
        number,
        other_number,
        same,
        different,
        grid,
        other_grid,
        short,
    ) = said
    what = 1.0 - about - about_other
    name = alike.name
    apart = np.array([math.nan if (m := metres(one, other)) is None else m for other in others], np.float64)
    nowhere = np.isnan(apart)
    known = np.where(nowhere, 0.0, apart)
    near = np.where(far_reaching > 0, known / _WIDER, known)
    where = np.searchsorted(_DISTANCES, near, side="right")
    gone = np.array([days(one, other) for other in others], np.float64)
    when = np.searchsorted(_DAYS, gone, side="right")
    once = ones * float(chance.at_once or not one.dated)
    rare_days = chance.of_days(gone) if one.dated else ones
    rare_metres = np.where(nowhere, 1.0, chance.of_metres(near))
    count = float(max(chance.count, 8))
    by_chance = count * rare_days * rare_metres
    columns = [
        ones, cosine, cosine * cosine, shared, kin, kin * kin, short, about, about_other, what * cosine, what * shared, what * kin, about_other * kin,
        name, name * nowhere, name * cosine, name * shared, alike.other_name, alike.unclear_name, alike.other_name * nowhere, alike.unclear_name * nowhere,
        number * (1 - alike.other_name), other_number, other_number * name, same, different, same * kin,
        *((where == place) & ~nowhere for place in range(len(_DISTANCES) + 1)),
        nowhere, nowhere * cosine, nowhere * kin, nowhere * shared, name * kin, grid * nowhere, other_grid * nowhere,
        *((when == place) & (once == 0) for place in range(len(_DAYS) + 1)),
        -np.log(rare_days), -np.log(rare_metres), ones * math.log(count), np.log1p(by_chance), np.log(np.maximum(by_chance, 1e-3)),
        once, once * cosine, once * kin,
    ]  # fmt: skip
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)


def _said(one: Voice, other: Voice) -> tuple[float | bool, ...]:
    a, b = one.words, other.words
    both = a.concepts & b.concepts
    about = bool(both)
    number, other_number = _numbered(a, b)
    categories = bool(one.category and other.category)
    grids = bool(one.grid and other.grid)
    return (
        about, not about and bool(a.concepts) and bool(b.concepts), bool(both & wide()),
        number, other_number,
        categories and one.category == other.category, categories and one.category != other.category,
        grids and one.grid == other.grid, grids and one.grid != other.grid,
        min(len(a.terms), len(b.terms)) < 4,
    )  # fmt: skip


def _numbered(a: Words, b: Words) -> tuple[bool, bool]:
    agree = clash = False
    for ours, theirs in ((a.houses, b.houses), (a.buildings, b.buildings)):
        if ours and theirs:
            agree, clash = agree or bool(ours & theirs), clash or not ours & theirs
    return agree, clash and not agree

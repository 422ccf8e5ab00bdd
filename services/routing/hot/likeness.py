"""How likely two requests are about one thing: evidence of words, place, time and category, added up as log-odds.

The weights come from a logistic regression over pairs of made-up towns (tests/load/voices, the tuning half).
What is unknown is no evidence: a table without places or categories is judged by its words and times.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from services.routing.hot.words import Words, same_name, wide

Numbers = npt.NDArray[np.float64]

_DISTANCES = (60.0, 150.0, 400.0, 1000.0, 2500.0)  # metres
_DAYS = (1.0, 3.0, 7.0, 14.0, 30.0)
_WIDER = 5.0
"""What concerns whole quarters is near at so many times the distance."""
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


FEATURES = (
    "bias", "cosine", "cosine²", "shared", "alone", "about", "about_other", "about_what", "about_what×cosine", "about_what×shared",
    "name", "other_name", "number", "other_number", "category", "other_category",
    *(f"within_{metres:.0f}m" for metres in _DISTANCES), "beyond", "nowhere", "nowhere×cosine", "grid", "other_grid",
    *(f"within_{days:.0f}d" for days in _DAYS), "later",
)  # fmt: skip
"""In the order of ``evidence``'s columns."""


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


def evidence(one: Voice, others: Sequence[Voice], cosine: Numbers, shared: Numbers) -> Numbers:
    """One row of features for each of the others. ``shared``: how much of the shorter text stands in the longer."""
    return np.array([_row(one, other, cosine[at], shared[at]) for at, other in enumerate(others)], np.float64)


def _row(one: Voice, other: Voice, cosine: float, shared: float) -> list[float]:
    a, b = one.words, other.words
    both = a.concepts & b.concepts
    about = bool(both)
    about_other = not about and bool(a.concepts) and bool(b.concepts)
    about_what = float(not about and not about_other)
    name, other_name = _named(a, b)
    number, other_number = _numbered(a, b)
    same = one.category == other.category if one.category and other.category else None
    distance = metres(one, other)
    where = [0.0] * (len(_DISTANCES) + 1)
    if distance is not None:
        near = distance / _WIDER if both & wide() else distance
        where[_bin(near, _DISTANCES)] = 1.0
    nowhere = float(distance is None)
    grid = one.grid == other.grid if distance is None and one.grid and other.grid else None
    when = [0.0] * (len(_DAYS) + 1)
    when[_bin(days(one, other), _DAYS)] = 1.0
    return [
        1.0, cosine, cosine * cosine, shared, float(min(len(a.terms), len(b.terms)) < 4), about, about_other,
        about_what, about_what * cosine, about_what * shared,
        name, other_name, number and not other_name, other_number, same is True, same is False,
        *where, nowhere, nowhere * cosine, grid is True, grid is False, *when,
    ]  # fmt: skip


def _bin(value: float, limits: Sequence[float]) -> int:
    return next((place for place, limit in enumerate(limits) if value < limit), len(limits))


def _named(a: Words, b: Words) -> tuple[bool, bool]:
    """Whether both name one street or estate, and whether they name different ones."""
    agree = clash = False
    for ours, theirs in ((a.streets, b.streets), (a.estates, b.estates)):
        if ours and theirs:
            one = any(same_name(x, y) for x in ours for y in theirs)
            agree, clash = agree or one, clash or not one
    return agree, clash and not agree


def _numbered(a: Words, b: Words) -> tuple[bool, bool]:
    agree = clash = False
    for ours, theirs in ((a.houses, b.houses), (a.buildings, b.buildings)):
        if ours and theirs:
            agree, clash = agree or bool(ours & theirs), clash or not ours & theirs
    return agree, clash and not agree


# fmt: off
WEIGHTS: Numbers = np.array([
    -0.97, 0.05, 0.09, 0.04, 0.02, 0.85, -2.79, -0.23,
    0.80, 0.91, 1.04, -1.86, 0.85, -1.33, 0.79, -1.41,
    1.32, 1.31, 0.99, -0.74, -2.13, -2.46, -0.47, 0.34,
    0.60, -0.80, 2.32, 1.64, 0.55, -1.07, -2.83, -2.79,
])
# fmt: on
"""Fitted, then moved so that zero is where clusters agree best; ``grid`` and ``other_grid`` are set by hand."""

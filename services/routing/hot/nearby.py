"""Who stood where and when: places in the index by position and moment."""

import math
from array import array
from itertools import product
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from services.routing.hot.likeness import Numbers, Voice

Places = npt.NDArray[np.int64]
_Some = npt.NDArray[np.integer]
Kind = TypeVar("Kind", bound=np.generic)

CLOSE = 300.0  # metres
_DEGREE = 111_320.0


class Nearby:
    """By place in the index, which grows; a removed one stays, and is gone."""

    def __init__(self) -> None:
        self.days = np.zeros(1024)
        self.lon = np.full(1024, np.nan)
        self.lat = np.full(1024, np.nan)
        self.gone = np.zeros(1024, bool)
        self._cells: dict[tuple[int, int], array[int]] = {}

    def put(self, at: int, voice: Voice) -> None:
        if at >= len(self.days):
            self.days, self.lon, self.lat = doubled(self.days), doubled(self.lon), doubled(self.lat)
            self.gone = doubled(self.gone)
        self.lon[at] = math.nan if voice.lon is None else voice.lon
        self.lat[at] = math.nan if voice.lat is None else voice.lat
        self.days[at] = _day(voice)
        if cell := _cell(voice):
            self._cells.setdefault(cell, array("i")).append(at)

    def within(self, days: float, places: _Some, voice: Voice) -> _Some:
        """Of these, who is not gone and said it in the days around."""
        there = places[~self.gone[places]]
        return there[self.days_apart(voice, there) <= days] if voice.dated else there

    def around(self, days: float, voice: Voice, count: int) -> Places:
        """Of the first so many, who is not gone and said it in the days around."""
        return np.flatnonzero((np.abs(self.days[:count] - _day(voice)) <= days) & ~self.gone[:count])

    def beside(self, voice: Voice, days: float, count: int, most: int) -> Places:
        """Of the first so many, whoever stood closest in these days."""
        cell = _cell(voice)
        if cell is None:
            return np.zeros(0, np.int64)
        around = [self._cells.get((cell[0] + x, cell[1] + y)) for x, y in product((-1, 0, 1), repeat=2)]
        near = np.concatenate([np.zeros(0, np.int32), *(np.frombuffer(s, np.int32) for s in around if s)])
        near = self.within(days, near[near < count], voice)
        apart = self.metres(voice, near)
        near, apart = near[apart < CLOSE], apart[apart < CLOSE]
        return near[np.argsort(apart, kind="stable")[:most]].astype(np.int64)

    def days_apart(self, voice: Voice, places: _Some) -> Numbers:
        return np.abs(self.days[places] - _day(voice))

    def metres(self, voice: Voice, places: _Some) -> Numbers:
        """From a voice that has a position."""
        assert voice.lon is not None
        assert voice.lat is not None
        x = (self.lon[places] - voice.lon) * math.cos(math.radians(voice.lat))
        return _DEGREE * np.hypot(x, self.lat[places] - voice.lat)

    def promise(self, voice: Voice, places: _Some) -> Numbers:
        """What place and time promise, in terms of cosine: who is looked at closely when too many have words in common."""
        promise = np.zeros(len(places))
        if voice.dated:
            promise = 0.2 / (1.0 + self.days_apart(voice, places) / 5.0)
        if voice.lon is not None:
            promise = promise + np.nan_to_num(0.4 / (1.0 + self.metres(voice, places) / 400.0), nan=0.1)
        return promise


def doubled(column: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
    return np.concatenate([column, np.zeros_like(column)])


def _day(voice: Voice) -> float:
    return voice.at.timestamp() / 86400


def _cell(voice: Voice) -> tuple[int, int] | None:
    if voice.lon is None or voice.lat is None:
        return None
    size = CLOSE / _DEGREE
    return int(voice.lon * 0.85 / size), int(voice.lat / size)

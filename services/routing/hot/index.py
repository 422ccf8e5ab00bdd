"""Which requests have words in common: an inverted index in memory that takes one more in a few milliseconds."""

import math
from array import array
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from services.routing.hot.likeness import WEIGHTS, Numbers, Voice, evidence

Places = npt.NDArray[np.int64]

_EVERYWHERE = 0.12
"""A term that stands in a greater share of many texts finds nobody; it still counts."""
_MANY = 400
_CANDIDATES = 80
_LEAST = 0.08
"""Less in common than this is chance."""
_WINDOW = 45.0  # days
_IMAGINED = 50
"""So many texts without any of the terms are counted along, or the first ones would have nothing but common words."""
_ANEW = 10
"""Weights are counted anew when so much of what was there comes new."""


class Index:
    """Voices by place in the order in which they came; a removed one leaves an empty place."""

    def __init__(self, weights: Numbers = WEIGHTS) -> None:
        self.weights = weights
        self.voices: list[Voice | None] = []
        self.place: dict[str, int] = {}
        self._terms: dict[str, int] = {}
        self._postings: list[array[int]] = []
        self._norms = np.zeros(1024)
        self._days = np.zeros(1024)
        self._gone = np.zeros(1024, bool)
        self._dots = np.zeros(1024)
        self._lon = np.full(1024, np.nan)
        self._lat = np.full(1024, np.nan)

    def __len__(self) -> int:
        return len(self.place)

    def learn(self, voices: Sequence[Voice]) -> None:
        """Count terms ahead, so that the first ones are weighed like the last. Many new ones change what terms are
        worth for those that were there, too.
        """
        first = len(self.voices)
        for voice in voices:
            self._put(voice)
        for at in range(0 if len(voices) * _ANEW > first else first, len(self.voices)):
            voice = self.voices[at]
            if voice is not None:
                self._norms[at] = self._norm(voice)

    def add(self, voice: Voice) -> int:
        at = self._put(voice)
        self._norms[at] = self._norm(voice)
        return at

    def remove(self, name: str) -> None:
        at = self.place.pop(name, None)
        if at is not None:
            self.voices[at] = None
            self._gone[at] = True

    def _put(self, voice: Voice) -> int:
        self.remove(voice.id)
        at = len(self.voices)
        self.voices.append(voice)
        self.place[voice.id] = at
        if at >= len(self._norms):
            self._grow()
        self._lon[at] = math.nan if voice.lon is None else voice.lon
        self._lat[at] = math.nan if voice.lat is None else voice.lat
        self._days[at] = voice.at.timestamp() / 86400
        for term in voice.words.terms:
            number = self._terms.setdefault(term, len(self._postings))
            if number == len(self._postings):
                self._postings.append(array("i"))
            self._postings[number].append(at)
        return at

    def _grow(self) -> None:
        for name in ("_norms", "_days", "_gone", "_dots", "_lon", "_lat"):
            column = getattr(self, name)
            setattr(self, name, np.concatenate([column, np.zeros_like(column)]))

    def weight(self, term: str) -> float:
        """How much a term says: its inverse document frequency."""
        number = self._terms.get(term)
        seen = 0 if number is None else len(self._postings[number])
        return math.log(1 + (len(self.voices) + _IMAGINED - seen + 0.5) / (seen + 0.5))

    def _norm(self, voice: Voice) -> float:
        return math.sqrt(sum(self.weight(term) ** 2 for term in voice.words.terms)) or 1.0

    def like(
        self, voice: Voice, most: int = _CANDIDATES, before: int | None = None
    ) -> tuple[Places, Numbers]:
        """Return the places of those that may be about the same, and the log-odds that each is; ``before``: of those
        that came earlier than this place.
        """
        at = self.place.get(voice.id, -1)
        count = len(self.voices)
        dots = self._dots[:count]
        dots.fill(0.0)
        mine = 0.0
        for term in voice.words.terms:
            weight = self.weight(term) ** 2
            mine += weight
            number = self._terms.get(term)
            if number is None:
                continue
            postings = self._postings[number]
            if len(postings) > _MANY and len(postings) > _EVERYWHERE * count:
                continue
            dots[np.frombuffer(postings, np.int32)] += weight
        if mine == 0.0:
            return np.zeros(0, np.int64), np.zeros(0)
        dots[self._gone[:count]] = 0.0
        if at >= 0:
            dots[at] = 0.0
        if before is not None:
            dots[before:] = 0.0
        norms = self._norms[:count]
        near = np.abs(self._days[:count] - voice.at.timestamp() / 86400) <= _WINDOW
        cosines = dots / (norms * math.sqrt(mine))
        places = np.flatnonzero((cosines > _LEAST) & near)
        if len(places) > most:
            promise = cosines[places] + self._closeness(voice, places)
            places = places[np.argpartition(promise, -most)[-most:]]
        others = [self.voices[place] for place in places]
        shared = dots[places] / np.minimum(mine, norms[places] ** 2)
        found = evidence(
            voice, [o for o in others if o is not None], cosines[places], np.minimum(shared, 1.0)
        )
        return places, (found @ self.weights if len(found) else np.zeros(0))

    def _closeness(self, voice: Voice, places: Places) -> Numbers:
        """What place and time promise, in terms of cosine: who is looked at closely when too many have words in common."""
        promise = 0.2 / (1.0 + np.abs(self._days[places] - voice.at.timestamp() / 86400) / 5.0)
        if voice.lon is not None and voice.lat is not None:
            x = (self._lon[places] - voice.lon) * math.cos(math.radians(voice.lat))
            apart = np.hypot(x, self._lat[places] - voice.lat) * 111_320.0
            promise = promise + np.nan_to_num(0.4 / (1.0 + apart / 400.0), nan=0.1)
        return promise

"""Which requests may be about the same: whoever has words in common, and whoever stands close by in the same days. An
inverted index in memory that takes one more in a few milliseconds.
"""

import math
from array import array
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt

from services.routing.hot.chance import Chance
from services.routing.hot.kinship import Kinship, Pairs
from services.routing.hot.likeness import Alike, Numbers, Voice, log_odds
from services.routing.hot.weights import BLIND, WEIGHTS

Places = npt.NDArray[np.int64]

_EVERYWHERE = 0.12
"""A term that stands in a greater share of many texts finds nobody; it still counts."""
_MANY = 400
_AT_MOST = 4000
"""Among so many, the rarer words of a text find whom it is like."""
_CANDIDATES = 80
_LEAST = 0.08
"""Less in common than this is chance, unless they stand close by."""
_WINDOW = 45.0  # days
_BESIDE = 20
"""So many of those close by are looked at, whatever they say."""
_CLOSE = 300.0  # metres
_SOON = 12.0  # days
_IMAGINED = 50
"""So many texts without any of the terms are counted along, or the first ones would have nothing but common words."""
_DEGREE = 111_320.0
_LISTENED = 6000
"""So many requests are listened to for it."""
_COLUMNS = ("_norms", "_days", "_gone", "_dots", "_lon", "_lat")


class Index:
    """Voices by place in the order in which they came; a removed one leaves an empty place."""

    def __init__(self) -> None:
        self.voices: list[Voice | None] = []
        self.place: dict[str, int] = {}
        self.chance = Chance(np.zeros(0), np.zeros(0), np.zeros(0))
        self.kinship = Kinship()
        self.learnt = 0
        """So many were there when it was learnt what is rare, what is chance and what goes together."""
        self._terms: dict[str, int] = {}
        self._postings: list[array[int]] = []
        self._cells: dict[tuple[int, int], array[int]] = {}
        self._norms = np.zeros(1024)
        self._days = np.zeros(1024)
        self._gone = np.zeros(1024, bool)
        self._dots = np.zeros(1024)
        self._lon = np.full(1024, np.nan)
        self._lat = np.full(1024, np.nan)
        self._kin = np.zeros((1024, self.kinship.width), np.float32)

    def __len__(self) -> int:
        return len(self.place)

    def take(self, voices: Sequence[Voice]) -> None:
        """Count the terms of many ahead, so that the first ones are weighed like the last."""
        first = len(self.voices)
        for voice in voices:
            self._put(voice)
        self._weigh(first)
        self._turn(first)

    def learn(self) -> Iterator[None]:
        """What terms are worth, what is chance and which words go together, from everything that is there; yields now
        and then.
        """
        there = np.flatnonzero(~self._gone[: len(self.voices)])
        self.learnt = len(self.place)
        self._weigh(0)
        self.chance = Chance(self._days[there], self._lon[there], self._lat[there])
        yield
        likely = Pairs()
        self.kinship = Kinship()
        step = max(1, len(there) // _LISTENED)
        for at in there[::step].tolist():
            likely.hear(at, *self.like(self._voice(at), before=at))
            yield
        said = [frozenset[str]() if voice is None else voice.words.terms for voice in self.voices]
        self.kinship = likely.teach(said)
        self._turn(0)

    def add(self, voice: Voice) -> int:
        at = self._put(voice)
        self._weigh(at)
        self._turn(at)
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
        if cell := _cell(voice):
            self._cells.setdefault(cell, array("i")).append(at)
        for term in voice.words.terms:
            number = self._terms.setdefault(term, len(self._postings))
            if number == len(self._postings):
                self._postings.append(array("i"))
            self._postings[number].append(at)
        return at

    def _weigh(self, first: int) -> None:
        for at in range(first, len(self.voices)):
            if (voice := self.voices[at]) is not None:
                self._norms[at] = math.sqrt(sum(self.weight(term) ** 2 for term in voice.words.terms)) or 1.0

    def _turn(self, first: int) -> None:
        """Write down where each stands among the directions of kinship."""
        for at in range(first, len(self.voices)):
            if (voice := self.voices[at]) is not None:
                self._kin[at] = self.kinship.of(voice.words.terms)

    def _grow(self) -> None:
        for name in (*_COLUMNS, "_kin"):
            column = getattr(self, name)
            setattr(self, name, np.concatenate([column, np.zeros_like(column)]))

    def weight(self, term: str) -> float:
        """How much a term says: its inverse document frequency."""
        number = self._terms.get(term)
        seen = 0 if number is None else len(self._postings[number])
        return math.log(1 + (len(self.voices) + _IMAGINED - seen + 0.5) / (seen + 0.5))

    def share(self, term: str) -> float:
        """Of all requests, how many say it."""
        number = self._terms.get(term)
        return 0.0 if number is None else len(self._postings[number]) / len(self.voices)

    # who is like whom ──────────────────────────────────────────────────────────────────────────────────────────────

    def like(self, voice: Voice, before: int | None = None) -> tuple[Places, Numbers]:
        """Return the places of those that may be about the same, and the log-odds that each is; ``before``: of those
        that came earlier than this place.
        """
        places, alike = self.candidates(voice, before)
        weights = WEIGHTS if self.kinship else BLIND
        return places, log_odds(voice, self._at(places), alike, self.chance, weights)

    def candidates(self, voice: Voice, before: int | None = None) -> tuple[Places, Alike]:
        at = self.place.get(voice.id, -1)
        count = len(self.voices) if before is None else before
        dots, mine = self._in_common(voice, count)
        if 0 <= at < count:
            dots[at] = 0.0
        words = np.flatnonzero(dots)
        norm = math.sqrt(mine) or 1.0
        cosines = dots[words] / (self._norms[words] * norm)
        kept = (cosines > _LEAST) & self._within(_WINDOW, words, voice) & ~self._gone[words]
        words, cosines = words[kept], cosines[kept]
        if len(words) > _CANDIDATES:
            promise = cosines + self._closeness(voice, words)
            words = words[np.argpartition(promise, -_CANDIDATES)[-_CANDIDATES:]]
        places = np.union1d(words, self._beside(voice, count, at)).astype(np.int64)
        found = dots[places]
        theirs = self._norms[places]
        cosine = found / (theirs * norm)
        shared = np.minimum(found / np.maximum(np.minimum(mine, theirs**2), 1e-9), 1.0)
        kin = (self._kin[places] @ self.kinship.of(voice.words.terms)).astype(np.float64)
        return places, Alike(cosine, shared, kin)

    def _in_common(self, voice: Voice, count: int) -> tuple[Numbers, float]:
        dots = self._dots[:count]
        dots.fill(0.0)
        mine = 0.0
        for term in voice.words.terms:
            weight = self.weight(term) ** 2
            mine += weight
            if (number := self._terms.get(term)) is None:
                continue
            postings = self._postings[number]
            if len(postings) > _MANY and len(postings) > min(_EVERYWHERE * len(self.voices), _AT_MOST):
                continue
            told = np.frombuffer(postings, np.int32)
            dots[told if count == len(self.voices) else told[: np.searchsorted(told, count)]] += weight
        return dots, mine

    def _beside(self, voice: Voice, count: int, at: int) -> Places:
        cell = _cell(voice)
        if cell is None or voice.lon is None or voice.lat is None:
            return np.zeros(0, np.int64)
        around = [self._cells.get((cell[0] + x, cell[1] + y)) for x, y in product((-1, 0, 1), repeat=2)]
        near = np.concatenate(
            [np.zeros(0, np.int32), *(np.frombuffer(some, np.int32) for some in around if some)]
        )
        near = near[(near < count) & (near != at)]
        near = near[self._within(_SOON, near, voice) & ~self._gone[near]]
        apart = self._apart(voice.lon, voice.lat, near)
        near, apart = near[apart < _CLOSE], apart[apart < _CLOSE]
        return near[np.argsort(apart, kind="stable")[:_BESIDE]].astype(np.int64)

    def _within(self, days: float, places: npt.NDArray[np.integer], voice: Voice) -> npt.NDArray[np.bool_]:
        far = days if voice.dated else math.inf
        return np.abs(self._days[places] - voice.at.timestamp() / 86400) <= far

    def _apart(self, lon: float, lat: float, places: npt.NDArray[np.integer]) -> Numbers:
        x = (self._lon[places] - lon) * math.cos(math.radians(lat))
        return _DEGREE * np.hypot(x, self._lat[places] - lat)

    def _closeness(self, voice: Voice, places: Places) -> Numbers:
        """What place and time promise, in terms of cosine: who is looked at closely when too many have words in common."""
        promise = np.zeros(len(places))
        if voice.dated:
            promise = 0.2 / (1.0 + np.abs(self._days[places] - voice.at.timestamp() / 86400) / 5.0)
        if voice.lon is not None and voice.lat is not None:
            apart = self._apart(voice.lon, voice.lat, places)
            promise = promise + np.nan_to_num(0.4 / (1.0 + apart / 400.0), nan=0.1)
        return promise

    def _at(self, places: Places) -> list[Voice]:
        return [voice for place in places.tolist() if (voice := self.voices[place]) is not None]

    def _voice(self, place: int) -> Voice:
        voice = self.voices[place]
        assert voice is not None
        return voice


def _cell(voice: Voice) -> tuple[int, int] | None:
    if voice.lon is None or voice.lat is None:
        return None
    size = _CLOSE / _DEGREE
    return int(voice.lon * 0.85 / size), int(voice.lat / size)

"""Which requests may be about the same: whoever has words in common, and whoever stands close by in the same days. An
inverted index in memory that takes one more in a few milliseconds.
"""

import math
from array import array
from collections.abc import Iterator, Sequence

import numpy as np

from services.routing.hot.chance import Chance
from services.routing.hot.kinship import Kinship, Pairs, Vectors
from services.routing.hot.likeness import Alike, Numbers, Voice, log_odds
from services.routing.hot.namesakes import Namesakes
from services.routing.hot.naming import matter
from services.routing.hot.nearby import Nearby, Places, doubled
from services.routing.hot.weights import BLIND, WEIGHTS

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
_NAMESAKES = 60
"""So many of those that name the same place in the same days are looked at, whatever else they say."""
_KIN = 30
"""So many whose words go together with these, of the same days, even if none is the same."""
_KINDRED = 0.3
_SOON = 12.0  # days
_IMAGINED = 50
"""So many texts without any of the terms are counted along, or the first ones would have nothing but common words."""
_LISTENED = 6000
"""So many requests are listened to for it."""


class Index:
    """Voices by place in the order in which they came; a removed one leaves an empty place."""

    def __init__(self) -> None:
        self.voices: list[Voice | None] = []
        self.place: dict[str, int] = {}
        self.chance = Chance(np.zeros(0), np.zeros(0), np.zeros(0))
        self.kinship = Kinship()
        self.namesakes = Namesakes()
        self.nearby = Nearby()
        self.learnt = 0
        """So many were there when it was learnt what is rare, what is chance and what goes together."""
        self._terms: dict[str, int] = {}
        self._postings: list[array[int]] = []
        self._norms = np.zeros(1024)
        self._dots = np.zeros(1024)
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
        there = np.flatnonzero(~self.nearby.gone[: len(self.voices)])
        self.learnt = len(self.place)
        self._weigh(0)
        step = max(1, len(there) // _LISTENED)
        said = [None if voice is None else voice.words for voice in self.voices]
        yield from self.namesakes.learn(said, [self._voice(at).words for at in there[::step].tolist()])
        near = self.nearby
        self.chance = Chance(near.days[there], near.lon[there], near.lat[there])
        yield
        likely = Pairs()
        self.kinship = Kinship()
        for at in there[::step].tolist():
            likely.hear(at, *self.like(self._voice(at), before=at))
            yield
        self.kinship = likely.teach(
            [
                frozenset() if words is None else self.namesakes.matter(at, words)
                for at, words in enumerate(said)
            ]
        )
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
            self.nearby.gone[at] = True

    def _put(self, voice: Voice) -> int:
        self.remove(voice.id)
        at = len(self.voices)
        self.voices.append(voice)
        self.place[voice.id] = at
        if at >= len(self._norms):
            self._norms, self._dots = doubled(self._norms), doubled(self._dots)
            self._kin = doubled(self._kin)
        self.nearby.put(at, voice)
        self.namesakes.add(voice.words)
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
                self._kin[at] = self.kinship.of(self.namesakes.matter(at, voice.words))

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
        words = np.flatnonzero(dots)
        norm = math.sqrt(mine) or 1.0
        words = words[dots[words] > _LEAST * norm * self._norms[words]]
        words = self.nearby.within(_WINDOW, words, voice)
        if len(words) > _CANDIDATES:
            promise = dots[words] / (self._norms[words] * norm) + self.nearby.promise(voice, words)
            words = words[np.argpartition(promise, -_CANDIDATES)[-_CANDIDATES:]]
        names = self.namesakes.of(voice.words)
        kin = self.kinship.of(matter(voice.words, names))
        more = (
            self.nearby.beside(voice, _SOON, count, _BESIDE),
            self._naming(names, voice, count),
            self._kindred(kin, voice, count),
        )
        places = np.unique(np.concatenate([words, *more])).astype(np.int64)
        places = places[places != at]
        found = dots[places]
        theirs = self._norms[places]
        cosine = found / (theirs * norm)
        shared = np.minimum(found / np.maximum(np.minimum(mine, theirs**2), 1e-9), 1.0)
        going_together = (self._kin[places] @ kin).astype(np.float64)
        named = self.namesakes.compare(names, places)
        return places, Alike(cosine, shared, going_together, *named)

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

    def _naming(self, names: frozenset[str], voice: Voice, count: int) -> Places:
        found = self.namesakes.saying(names)
        found = self.nearby.within(_SOON, found[found < count], voice)
        most = _NAMESAKES if voice.lon is None else _BESIDE
        if len(found) > most:
            found = found[np.argpartition(self.nearby.days_apart(voice, found), most)[:most]]
        return found.astype(np.int64)

    def _kindred(self, kin: Vectors, voice: Voice, count: int) -> Places:
        """Where a place is known, whoever stands close by is looked at anyway."""
        if not self.kinship or voice.lon is not None or not voice.dated or self.chance.at_once:
            return np.zeros(0, np.int64)
        soon = self.nearby.around(_SOON, voice, count)
        alike = self._kin[soon] @ kin
        soon, alike = soon[alike > _KINDRED], alike[alike > _KINDRED]
        if len(soon) > _KIN:
            soon = soon[np.argpartition(alike, -_KIN)[-_KIN:]]
        return soon

    def _at(self, places: Places) -> list[Voice]:
        return [voice for place in places.tolist() if (voice := self.voices[place]) is not None]

    def _voice(self, place: int) -> Voice:
        voice = self.voices[place]
        assert voice is not None
        return voice

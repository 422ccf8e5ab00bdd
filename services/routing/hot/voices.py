"""All that was said, in memory: who is like whom, and which belong together. One more costs a few milliseconds."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np

from services.routing.hot.clusters import SURE, clustered, components
from services.routing.hot.index import Index
from services.routing.hot.likeness import Voice

_GROWN = 1.5
_A_LITTLE = 1.1
_FEW = 30
"""With fewer there is nothing to learn."""


class Voices:
    """Keeps for each request the odds towards those that came before it, and the last answer about what belongs
    together, piece by piece: only pieces that changed are thought over again.
    """

    def __init__(self) -> None:
        self.index = Index()
        self._odds: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._together: dict[tuple[int, ...], list[list[int]]] = {}

    def __len__(self) -> int:
        return len(self.index)

    def named(self, name: str) -> Voice | None:
        place = self.index.place.get(name)
        return None if place is None else self.index.voices[place]

    def begin(self, voices: Sequence[Voice]) -> Iterable[None]:
        """Take in many at once; yields after each, so that others may have their turn."""
        first = len(self.index.voices)
        self.index.take(voices)
        if self.due(_GROWN):
            yield from self.learn()
        else:
            yield from self._compare(first)

    def due(self, grown: float = _A_LITTLE) -> bool:
        """Whether so much came that what is rare, what is chance and what goes together should be learnt anew."""
        return len(self.index) >= max(grown * self.index.learnt, _FEW) and len(self.index) > self.index.learnt

    def learn(self) -> Iterable[None]:
        """Learn from everything that is there, and compare all of it anew."""
        self._odds.clear()
        yield from self.index.learn()
        yield from self._compare(0)

    def _compare(self, first: int) -> Iterable[None]:
        for place in range(first, len(self.index.voices)):
            voice = self.index.voices[place]
            if voice is not None:
                self._keep(place, voice)
            yield

    def put(self, voice: Voice) -> None:
        """Take in one more, or one that says something else than before."""
        place = self.index.add(voice)
        self._keep(place, voice)

    def _keep(self, place: int, voice: Voice) -> None:
        places, odds = self.index.like(voice, before=place)
        if len(places):
            self._odds[place] = places.astype(np.int32), np.clip(odds, -SURE, SURE).astype(np.float32)

    def remove(self, name: str) -> None:
        if (place := self.index.place.get(name)) is not None:
            self._odds.pop(place, None)
        self.index.remove(name)

    def like(self, voice: Voice, most: int) -> list[tuple[Voice, float]]:
        """Return who says the same, the likeliest first, with the log-odds."""
        places, odds = self.index.like(voice)
        found: list[tuple[Voice, float]] = []
        for at in np.argsort(-odds, kind="stable")[:most]:
            other = self.index.voices[int(places[at])]
            if other is not None:
                found.append((other, float(odds[at])))
        return found

    def together(self, since: datetime | None = None, until: datetime | None = None) -> list[list[Voice]]:
        """Return what belongs together of what was said in this time, the largest first."""
        inside = {
            place
            for place in self.index.place.values()
            if (voice := self.index.voices[place]) is not None
            and (since is None or voice.at >= since)
            and (until is None or voice.at < until)
        }
        edges: dict[tuple[int, int], float] = {}
        for place in inside:
            if place in self._odds:
                places, odds = self._odds[place]
                for other, worth in zip(places.tolist(), odds.tolist(), strict=True):
                    if other in inside:
                        edges[other, place] = worth
        near: dict[int, dict[int, float]] = {}
        for (a, b), worth in edges.items():
            near.setdefault(a, {})[b] = worth
            near.setdefault(b, {})[a] = worth
        kept: dict[tuple[int, ...], list[list[int]]] = {}
        found: list[list[Voice]] = []
        for piece in components(edges):
            name = tuple(piece)
            kept[name] = self._together.get(name) or clustered(piece, near)
            for members in kept[name]:
                voices = [voice for place in members if (voice := self.index.voices[place]) is not None]
                found.append(sorted(voices, key=lambda voice: voice.at))
        self._together = kept
        return sorted(found, key=lambda members: (-len(members), members[0].at, members[0].id))

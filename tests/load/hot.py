"""Hot issues and likely duplicates, measured: ``python -m tests.load.hot`` prints the tables of docs/hot.md.

The towns are the held-out half of tests/load/voices: no matter, street, opening or closing of theirs was seen when the
weights were fitted. Beside ours stands the usual way, character TF-IDF and DBSCAN, with the eps that suits it best on
the very set that it is judged on; once as it is, and once told to join nothing that is far apart.
"""

import random
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.cluster import DBSCAN
from sklearn.feature_extraction.text import TfidfVectorizer

from services.routing.hot.likeness import Voice
from services.routing.hot.voices import Voices
from services.routing.hot.words import read
from tests.load.voices import en, zh
from tests.load.voices.making import Voice as Said
from tests.load.voices.making import town, without

_EPS = [step / 100 for step in range(5, 96, 5)]
_FAR, _LONG = 500.0, 14.0  # metres, days
_OPEN = 100_000
_NEW = 200


@dataclass(frozen=True)
class Agreement:
    """Of pairs: how many of ours are true, and how many true ones are ours."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __str__(self) -> str:
        return f"{self.precision:.2f} | {self.recall:.2f} | {self.f1:.2f}"


def pairs(truth: Sequence[int], found: Sequence[int]) -> Agreement:
    def count(labels: Counter[Any]) -> int:
        return sum(n * (n - 1) // 2 for n in labels.values())

    right = count(Counter(zip(truth, found, strict=True)))
    claimed, true = count(Counter(found)), count(Counter(truth))
    return Agreement(right / claimed if claimed else 1.0, right / true if true else 1.0)


def compared(said: Sequence[Said]) -> list[Voice]:
    return [Voice(v.id, read(v.text), v.at, v.lon, v.lat, category=v.category) for v in said]


def ours(said: Sequence[Said]) -> list[int]:
    voices = Voices()
    for _ in voices.begin(compared(said)):
        pass
    place = {v.id: number for number, v in enumerate(said)}
    labels = list(range(len(said)))
    for members in voices.together():
        for member in members:
            labels[place[member.id]] = place[members[0].id]
    return labels


def baseline(said: Sequence[Said], *, near: bool) -> tuple[Agreement, float]:
    """The best of all eps, and which."""
    vectors = TfidfVectorizer(analyzer="char_wb" if said[0].text.isascii() else "char", ngram_range=(1, 3))
    matrix = vectors.fit_transform([v.text for v in said])
    apart = np.clip(1.0 - (matrix @ matrix.T).toarray(), 0.0, None)
    if near:
        at = np.array([v.at.timestamp() / 86400 for v in said])
        apart[np.abs(at[:, None] - at[None, :]) > _LONG] = 1.0
        if said[0].lon is not None:
            x = np.array([v.lon or 0.0 for v in said]) * 95_300.0
            y = np.array([v.lat or 0.0 for v in said]) * 111_320.0
            apart[np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :]) > _FAR] = 1.0
    truth = [v.group for v in said]
    best = Agreement(0.0, 0.0), 0.0
    for eps in _EPS:
        labels = DBSCAN(eps=eps, min_samples=2, metric="precomputed").fit_predict(apart)
        found = [int(label) if label >= 0 else -2 - number for number, label in enumerate(labels)]
        agreement = pairs(truth, found)
        if agreement.f1 > best[0].f1:
            best = agreement, eps
    return best


def table() -> list[str]:
    lines = [
        "| set | texts | columns | ours: precision | recall | F1 | baseline: precision | recall | F1 | near: precision | recall | F1 |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, tongue in (("Chinese", zh.HELD_OUT), ("English", en.HELD_OUT)):
        for kind, size, loose in (("dense", 2400, 1.0), ("wide", 2400, 4.0)):
            whole = town(tongue, 97, size, loose=loose)
            for columns, said in (
                ("all", whole),
                ("no category", without(whole, category=True)),
                ("text and time", without(whole, place=True, category=True)),
            ):
                got = pairs([v.group for v in said], ours(said))
                usual, _ = baseline(said, near=False)
                nearer, _ = baseline(said, near=True)
                lines.append(f"| {name}, {kind} | {len(said)} | {columns} | {got} | {usual} | {nearer} |")
                print(lines[-1], flush=True)
    return lines


def many(count: int) -> list[Voice]:
    """So many different requests, out of a town's sentences, all over a city and a year."""
    chance = random.Random(3)
    base = compared(town(zh.HELD_OUT, 5, 2400))
    found: list[Voice] = []
    for number in range(count):
        one, other = chance.choice(base), chance.choice(base)
        words = replace(one.words, terms=one.words.terms | frozenset(list(other.words.terms)[:8]))
        shift = chance.uniform(0, 0.4)
        at = one.at.replace(month=chance.randint(1, 12), day=chance.randint(1, 28))
        found.append(
            replace(
                one,
                id=f"m{number}",
                words=words,
                at=at,
                lon=(one.lon or 0) + shift,
                lat=(one.lat or 0) + shift,
            )
        )
    return found


def speed() -> list[str]:
    began = time.perf_counter()
    ours(town(zh.HELD_OUT, 98, 10_000, alone=0.6, loose=1.0))
    ten_thousand = time.perf_counter() - began
    voices = Voices()
    crowd = many(_OPEN + _NEW)
    voices.index.take(crowd[:_OPEN])  # what stood there before; the odds of each new one are what is measured
    took: list[float] = []
    for voice in crowd[_OPEN:]:
        began = time.perf_counter()
        voices.put(voice)
        took.append((time.perf_counter() - began) * 1000)
    worst = sorted(took)[int(len(took) * 0.95)]
    return [
        f"10,000 requests taken in and clustered: {ten_thousand:.1f} s",
        f"one more at {_OPEN:,}: median {statistics.median(took):.1f} ms, 95th percentile {worst:.1f} ms",
    ]


if __name__ == "__main__":
    for line in speed():
        print(line, flush=True)
    table()

"""Hot issues and likely duplicates, measured: ``python -m tests.load.hot`` prints the tables of docs/hot.md.

``unheard`` has matters, streets and ways of speaking that neither the weights nor concepts.txt know, ``told.HELD`` some
that the weights do not: ``python -m tests.load.hot held`` prints its rows alone. Beside ours stands the usual way, character
TF-IDF and DBSCAN, told to join nothing that is far apart, with the eps that suits it best on the very set that it is
judged on.
"""

import os
import random
import resource
import statistics
import sys
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
from services.routing.hot.words import Words, read
from tests.load.voices import en, told, unheard, zh
from tests.load.voices.making import Voice as Said
from tests.load.voices.making import town, without

_EPS = [step / 100 for step in range(15, 96, 8)]
_FAR, _LONG = 500.0, 14.0  # metres, days
_FIVE_APART = 0.2  # degrees of longitude
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


def compared(said: Sequence[Said], *, concepts: bool = True) -> list[Voice]:
    return [
        Voice(
            v.id,
            read(v.text) if concepts else _unlisted(read(v.text)),
            v.at,
            v.lon,
            v.lat,
            category=v.category,
        )
        for v in said
    ]


def _unlisted(words: Words) -> Words:
    """As if concepts.txt were empty."""
    return replace(
        words, terms=frozenset(term for term in words.terms if term[0] != "#"), concepts=frozenset()
    )


def ours(said: Sequence[Said], *, concepts: bool = True) -> list[int]:
    voices = Voices()
    for _ in voices.begin(compared(said, concepts=concepts)):
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


def table(tongues: Sequence[str] = ("Chinese", "English")) -> list[str]:
    lines = [
        "| set | columns | ours: precision | recall | F1 | no concepts: precision | recall | F1 | near: precision | recall | F1 |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    print(*lines, sep="\n")
    sets = {
        "Chinese, unheard": unheard.crowd("zh", 11, 2000),
        "English, unheard": unheard.crowd("en", 11, 2000),
        "Chinese, crowded": crowded(unheard.crowd("zh", 23, 2000)),
        "English, crowded": crowded(unheard.crowd("en", 23, 2000)),
        "Chinese, known": town(zh.HELD_OUT, 97, 2000),
        "English, known": town(en.HELD_OUT, 97, 2000),
    }
    for name, whole in sets.items():
        if name.startswith(tuple(tongues)):
            lines += rows(name, whole)
    return lines + held_back(tongues)


def held_back(tongues: Sequence[str] = ("Chinese", "English")) -> list[str]:
    lines: list[str] = []
    for name, of in told.HELD.items():
        if name.startswith(tuple(tongues)):
            lines += rows(name, told.town(of))
            addressed = without(told.town(of, address=True), place=True, category=True)
            lines.append(row(name, "text, time, address as text", addressed))
    return lines


def rows(name: str, whole: list[Said]) -> list[str]:
    return [
        row(name, "all", whole),
        row(name, "text and time", without(whole, place=True, category=True)),
    ]


def row(name: str, columns: str, said: list[Said]) -> str:
    truth = [v.group for v in said]
    got, bare = pairs(truth, ours(said)), pairs(truth, ours(said, concepts=False))
    nearer, eps = baseline(said, near=True)
    print(line := f"| {name} | {columns} | {got} | {bare} | {nearer} (eps {eps}) |", flush=True)
    return line


def crowded(said: Sequence[Said]) -> list[Said]:
    """The same in a quarter of the town's width: what is near is seldom the same."""
    west, south = min(v.lon or 0 for v in said), min(v.lat or 0 for v in said)
    return [
        replace(v, lon=west + ((v.lon or 0) - west) / 4, lat=south + ((v.lat or 0) - south) / 4) for v in said
    ]


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


def speed(count: int) -> str:
    """One more request where so many are: by the clock and in processor time."""
    voices = Voices()
    crowd = many(count + _NEW)
    voices.index.take(crowd[:count])
    for _ in voices.index.learn():
        pass
    took, worked = list[float](), list[float]()
    for voice in crowd[count:]:
        began, spent = time.perf_counter(), time.process_time()
        voices.put(voice)
        took.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - spent) * 1000)
    return (
        f"| {count:,} | {statistics.median(took):.1f} | {sorted(took)[int(_NEW * 0.99) - 1]:.1f} | "
        f"{statistics.median(worked):.1f} | {sorted(worked)[int(_NEW * 0.99) - 1]:.1f} |"
    )


def ten_thousand() -> str:
    """Five towns side by side, which have their streets' names and ways of speaking in common."""
    said = [
        replace(v, id=f"{east}:{v.id}", lon=(v.lon or 0) + east * _FIVE_APART, group=v.group + east * 10_000)
        for east in range(5)
        for v in town(zh.HELD_OUT, 98 + east, 2_000, alone=0.6)
    ]
    began, spent, before = time.perf_counter(), time.process_time(), _memory()
    labels = ours(said)
    took, worked = time.perf_counter() - began, time.process_time() - spent
    return (
        f"10,000 taken in, learnt from and clustered: {took:.0f} s, {worked:.0f} s of processor time, "
        f"{_memory() - before:.0f} MB more at the most; {pairs([v.group for v in said], labels)}"
    )


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    print(f"load of the machine: {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores")
    print(ten_thousand(), flush=True)
    print("| requests | one more, ms: median | p99 | processor: median | p99 |\n|---|---|---|---|---|")
    for count in (1_000, 10_000, _OPEN):
        print(speed(count), flush=True)
    table()
    print(f"load of the machine: {os.getloadavg()[0]:.0f}")


if __name__ == "__main__":
    held_back() if sys.argv[1:] == ["held"] else main()

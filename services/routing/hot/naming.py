"""Which names of places this town uses, whatever they look like: learnt from where they stand.

A list of endings (路, 花园, Street, Court) never knows all of them. But what is followed by 3号楼 or 门口 in several requests,
or is written with capitals in the middle of an English sentence, is the name of a place; and once it is known, it is found
where it stands alone, too. And 补丁路, after which no house number and no 门口 ever comes, is none.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from services.routing.hot.places import same_name
from services.routing.hot.words import Words, stem
from services.routing.hot.writing import is_han

Numbers = npt.NDArray[np.float64]

_LEAST = 3
"""Requests that have to say a name."""
_WHOLE = 0.6
"""If so many of those who say it say one character more before it, that one belongs to it."""
_SHORTEST, _LONGEST = 2, 7
_EVERYWHERE = 0.5
"""What a greater share says names no place that could be told from others."""
_INSIDE = 0.25
"""So many of the mentions of an English name stand inside of a sentence: others only begin one."""
_MANY = 3
"""Names: what stands before or beside so many of them is no part of any."""
_STREET = re.compile(
    r"[路街巷弄道]$|胡同$|\b(?:street|avenue|road|lane|drive|boulevard|st|ave|rd|way|terrace|place|close|crescent)$"
)


class Naming:
    def __init__(self, said: Sequence[Words] = ()) -> None:
        self._count = len(said)
        self._anchored = Counter(
            ending for words in said for ending in {e for name in words.named for e in _endings(name)}
        )
        self._capitals = any(name[0].isascii() and " " in name for name in self._anchored)
        self._names: dict[str, frozenset[str]] = {}
        self._by_term: dict[str, list[str]] = {}
        terms = Counter(term for words in said for term in words.terms)
        for name in (*self._chinese(), *_english(said)):
            parts = _parts(name)
            if parts and 0 < min(terms[part] for part in parts) <= max(_EVERYWHERE * self._count, _LEAST):
                self._names[name] = parts
                self._by_term.setdefault(min(sorted(parts), key=lambda part: terms[part]), []).append(name)
        self._said: Counter[str] = Counter()
        self._both: set[tuple[str, str]] = set()
        self._nowhere: frozenset[str] = frozenset()
        self._nowhere = self._meet([self.of(words) for words in said])

    def of(self, words: Words) -> frozenset[str]:
        """Return the places that a text names."""
        told = {name for name in words.streets | words.estates if self._is_name(name, words)}
        if not self._by_term:
            return frozenset(told)
        known = {
            name
            for term in words.terms & self._by_term.keys()
            for name in self._by_term[term]
            if self._names[name] <= words.terms
        }
        names = {name for name in known if not any(name != other and name in other for other in known)}
        names |= {name for name in told if not any(name in other for other in names)}
        return frozenset(names - self._nowhere)

    def _is_name(self, name: str, words: Words) -> bool:
        if not self._count or self._anchored[name] > 0:
            return True
        return any(one.endswith(name) for one in words.named) or not (self._capitals or is_han(name))

    def _meet(self, told: Sequence[frozenset[str]]) -> frozenset[str]:
        """Count who is named with whom; return what is named with any place at all (垃圾房), and is none."""
        accompanied: Counter[str] = Counter()
        for names in told:
            self._said.update(names)
            if len(names) > 1:
                accompanied.update(names)
                self._both.update((a, b) for a in names for b in names if a != b)
        company = Counter(a for a, _ in self._both)
        return frozenset(
            name
            for name, count in accompanied.items()
            if company[name] >= _MANY + 1 and 2 * count > self._said[name] and not _STREET.search(name)
        )

    def compare(
        self, mine: frozenset[str], theirs: Sequence[frozenset[str]]
    ) -> tuple[Numbers, Numbers, Numbers]:
        """Whether both name one place, whether they name different ones of one kind, and whether they name different ones
        of which nobody knows whether one lies in the other.
        """
        same, other, unclear = (np.zeros(len(theirs)) for _ in range(3))
        if mine:
            for at, names in enumerate(theirs):
                if names:
                    same[at], other[at], unclear[at] = self._compared(mine, names)
        return same, other, unclear

    def _compared(self, mine: frozenset[str], names: frozenset[str]) -> tuple[float, float, float]:
        pairs = [(a, b) for a in mine for b in names]
        if mine & names or any(self._slip(a, b) for a, b in pairs):
            return 1.0, 0.0, 0.0
        if any(pair in self._both for pair in pairs):
            return 0.0, 0.0, 0.0
        if any(bool(_STREET.search(a)) == bool(_STREET.search(b)) for a, b in pairs):
            return 0.0, 1.0, 0.0
        return 0.0, 0.0, 1.0

    def _slip(self, one: str, other: str) -> bool:
        """Two names that many say are two, however alike (临江一路, 临江二路)."""
        return same_name(one, other) and min(self._said[one], self._said[other]) <= 1

    def _chinese(self) -> set[str]:
        """Endings of what stands before a number or a 门口, as long as they stay the same."""
        longer: dict[str, int] = {}
        for ending, count in self._anchored.items():
            if len(ending) > _SHORTEST:
                longer[ending[1:]] = max(longer.get(ending[1:], 0), count)
        whole = {
            ending
            for ending, count in self._anchored.items()
            if count >= _LEAST and longer.get(ending, 0) < _WHOLE * count and is_han(ending)
        }
        return _bare(whole, lambda name: [(name[:at], name[at:]) for at in range(1, len(name) - 1)])


def matter(words: Words, names: frozenset[str]) -> frozenset[str]:
    """What a text says beside where it is: whoever lives next door speaks of other things, too."""
    where: set[str] = set()
    for name in names:
        where.update(_parts(name), name if is_han(name) else ())
    return words.terms - where


def _endings(name: str) -> Iterable[str]:
    if is_han(name):
        yield from (name[-size:] for size in range(_SHORTEST, min(_LONGEST, len(name)) + 1))
    else:
        words = name.removeprefix("^").split()
        yield from (" ".join(words[at:]) for at in range(len(words)))


def _bare(names: set[str], cuts: Callable[[str], list[tuple[str, str]]]) -> set[str]:
    """Without what comes before many names (家住, 我是), and what many names end with (小区, Cheers)."""
    before, after = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for name in names:
        for head, rest in cuts(name):
            if rest in names:
                before[head].add(rest)
    led = {head for head, rests in before.items() if len(rests) >= _MANY}
    plain = {
        name for name in names if name not in led and not any(h in led and r in names for h, r in cuts(name))
    }
    for name in plain:
        for head, rest in cuts(name):
            after[rest].add(head)
    return {name for name in plain if len(after[name]) < 2}


def _english(said: Sequence[Words]) -> set[str]:
    inside = Counter(name for words in said for name in words.named if name[0].isascii() and name[0] != "^")
    begins = Counter(name[1:] for words in said for name in words.named if name[0] == "^")
    names = {
        name
        for name, count in inside.items()
        if count + begins[name] >= _LEAST and count >= _INSIDE * (count + begins[name])
    }
    return _bare(names, _between_words) - {
        name for name in names if any(head in names and rest in names for head, rest in _between_words(name))
    }


def _between_words(name: str) -> list[tuple[str, str]]:
    words = name.split()
    return [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]


def _parts(name: str) -> frozenset[str]:
    """The terms that a text has if it says this name."""
    if is_han(name):
        return frozenset(map("".join, pairwise(name)))
    return frozenset(stem(word) for word in re.findall(r"[^\W_]+", name) if stem(word))

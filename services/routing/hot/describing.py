"""Which words describe what many say: phrases as people would say them, that most of these say and few others do.

Chinese writes no spaces, so words are found by how much their characters cling to each other (how much oftener two
stand together than each of them alone would have it), among all that was ever said here and among these texts.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from services.routing.hot.places import places_of
from services.routing.hot.words import LITTLE, without_courtesy
from services.routing.hot.writing import RUNS, is_han, plain, simplified

_CLAUSES = re.compile(r"[,.;:!?，。；：！？、\n]")
_LONGEST = 8  # characters
_LONGEST_WORD = 4
_MOST_WORDS = 3
_CLING = 0.33
"""From this on (of 1) two characters are of one word."""
_SPARE = frozenset(
    "的了是在有我他她你它们就也都很到去来这那和与把被给让着吧吗呢啊哦呀嘛又再还要会能可以所而且但因为什么怎谁哪些每各该"
    "一二三四五六七八九十百千万两几个只次天年月日点岁请叫从对向跟等等之其此则即说想做得地里上下中前后边旁外内间时候起"
)
"""Characters at which a phrase neither begins nor ends, unless they cling to what follows."""
_NUMERALS = frozenset("一二三四五六七八九十百千")
_NOT = frozenset("不没无未")
"""Never a word alone: 没水, 进不来."""
_CAN_OR_CANNOT = re.compile(r".[不得][了来去到见清动下上完着起开住掉出]")
_COUNTED = re.compile(r"号楼(?![道梯顶上下里外前后])|号院|号(?!线)|单元|[弄栋幢室层]")
"""What is left of a house number when its digits are gone: no phrase begins with it."""
_SHARE = 0.25
_LOOKED_AT = 60


class Town(Protocol):
    """What is known of all requests here."""

    def weight(self, term: str) -> float: ...

    def share(self, term: str) -> float: ...


def describe(texts: Sequence[str], town: Town, most: int = 4) -> list[str]:
    """Return the most telling phrases, none of which repeats another."""
    here = _Here(texts, town)
    said = [set(here.phrases(text)) for text in here.texts]
    counts = Counter(phrase for phrases in said for phrase in phrases)
    least = max(2, math.ceil(len(texts) * _SHARE)) if len(texts) > 1 else 1
    shared = {p: n / len(texts) * here.tells(p) for p, n in counts.items() if n >= least}
    named = [phrase for phrase in _best(shared, counts) if _is_place(phrase)][:1]
    about = [phrase for phrase in _best(shared, counts) if not _is_place(phrase)][: most - len(named)]
    if not about:  # nobody uses the others' words: what is rarest of all that they say
        about = [p for p in _best({p: here.tells(p) for p in counts}, counts) if not _is_place(p)][:2]
    return [*about, *named]


def _best(scored: Mapping[str, float], counts: Counter[str]) -> list[str]:
    """The highest first, none of which repeats another."""
    chosen: list[str] = []
    for phrase in sorted(scored, key=lambda phrase: (-scored[phrase], phrase))[:_LOOKED_AT]:
        longer = _whole(phrase, counts)
        if all(_apart(longer, other) for other in chosen):
            chosen.append(longer)
    return chosen


def _is_place(phrase: str) -> bool:
    streets, estates, houses, buildings = places_of(phrase)
    return bool(streets or estates or houses or buildings)


class _Here:
    """How much characters cling, by the town and by these texts alone."""

    def __init__(self, texts: Sequence[str], town: Town) -> None:
        self.texts = [without_courtesy(plain(text)) for text in texts]
        self._town = town
        seen: Counter[str] = Counter()
        for text in self.texts:
            for run in RUNS.findall(text):
                if is_han(run := simplified(run)):
                    seen.update(set(run) | {a + b for a, b in pairwise(run)})
        self._share = {term: count / max(1, len(texts)) for term, count in seen.items()}

    def cling(self, a: str, b: str) -> float:
        """Normalised pointwise mutual information: 1 where one is never without the other, 0 by chance."""
        a, b = simplified(a), simplified(b)
        known = self._town.share(a + b) > 0.0
        return _npmi(self._town.share if known else lambda term: self._share.get(term, 0.0), a, b)

    def phrases(self, text: str) -> Iterable[str]:
        for clause in _CLAUSES.split(text):
            yield from self._phrases(clause)

    def _phrases(self, clause: str) -> Iterable[str]:
        words: list[str] = []
        before = ""
        for run in RUNS.findall(clause):
            numbered, before = before.isdecimal() and _COUNTED.match(run), run
            if is_han(run):
                yield from self._cut(run[numbered.end() :] if numbered else run)
            elif run in LITTLE or run.isdecimal():
                words.clear()
            else:
                words.append(run)
                for size in range(1, min(_MOST_WORDS, len(words)) + 1):
                    yield " ".join(words[-size:])

    def _cut(self, run: str) -> Iterable[str]:
        """Words, and neighbouring words together: 路灯, 不亮, 路灯不亮."""
        words = list(self._words(run))
        for size in (1, 2, 3):
            for at in range(len(words) - size + 1):
                part = words[at : at + size]
                phrase = "".join(part)
                if 2 <= len(phrase) <= _LONGEST and _stands(part):
                    yield phrase

    def _words(self, run: str) -> Iterable[str]:
        """Cut where characters do not cling, but never through 进不来 or 没水."""
        whole = {found.start(): found.group() for found in _CAN_OR_CANNOT.finditer(run)}
        word, at = "", 0
        while at < len(run):
            if at in whole:
                if word:
                    yield word
                word, at = whole[at], at + len(whole[at])
                continue
            sticks = bool(word) and (
                word[-1] in _NOT or (len(word) < _LONGEST_WORD and self.cling(word[-1], run[at]) >= _CLING)
            )
            if word and not sticks:
                yield word
                word = ""
            word, at = word + run[at], at + 1
        yield word

    def tells(self, phrase: str) -> float:
        """Each character or word more is worth less than the one before."""
        parts = [a + b for a, b in pairwise(phrase)] if is_han(phrase) else phrase.split()
        mean = sum(self._town.weight(simplified(part)) for part in parts) / len(parts)
        return mean * (1 + 0.6 * math.log(len(parts)))


def _npmi(share: Callable[[str], float], a: str, b: str) -> float:
    both = share(a + b)
    if both <= 0.0:
        return -1.0
    if both >= 1.0:
        return 1.0
    return math.log(both / (share(a) * share(b))) / -math.log(both)


def _stands(words: Sequence[str]) -> bool:
    """Whether a phrase begins and ends with something that means something."""
    first, last = words[0], words[-1]
    if sum(character in _NUMERALS for word in words for character in word) > 1:
        return False
    if all(character in _SPARE for word in words for character in word):
        return False
    if len(first) == 1 and first in _SPARE:
        return False
    if len(last) == 1 and (last in _SPARE or last in _NOT):
        return False
    return not (len(words) > 1 and all(len(word) == 1 for word in words) and len(words) > 2)


def _whole(phrase: str, counts: Counter[str]) -> str:
    """A longer phrase that nearly as many say says more; of several, the one that most say."""
    longer = [other for other, count in counts.items() if phrase in other and count >= 0.8 * counts[phrase]]
    return max(longer, key=lambda other: (counts[other], len(other), other), default=phrase)


def _apart(phrase: str, other: str) -> bool:
    """Whether two phrases say different things: neither holds a pair of characters, or a word, of the other."""
    if is_han(phrase) != is_han(other):
        return True
    if is_han(phrase):
        return not {a + b for a, b in pairwise(phrase)} & {a + b for a, b in pairwise(other)}
    return not set(phrase.split()) & set(other.split())

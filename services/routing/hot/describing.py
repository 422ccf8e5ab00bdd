"""Which words describe what many say: those that stand in most of the texts and seldom elsewhere, made readable."""

import math
from collections import Counter
from collections.abc import Callable, Sequence

from services.routing.hot.words import pieces, plain

_LONGEST = 6  # characters, words: three


def describe(texts: Sequence[str], weight: Callable[[str], float], most: int = 5) -> list[str]:
    """``weight`` says how rare a term is among all. A phrase beats its parts as long as nearly as many say it."""
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update(set(pieces(plain(text), _LONGEST)))
    least = max(2, math.ceil(len(texts) * 0.25)) if len(texts) > 1 else 1
    scored = {
        phrase: count / len(texts) * _rareness(phrase, weight)
        for phrase, count in seen.items()
        if count >= least
    }
    chosen: list[str] = []
    for phrase in sorted(scored, key=lambda phrase: (-scored[phrase], phrase)):
        if all(_apart(phrase, other) for other in chosen):
            chosen.append(phrase)
        if len(chosen) == most:
            break
    return chosen


def _rareness(phrase: str, weight: Callable[[str], float]) -> float:
    """Each character or word more is worth less than the one before."""
    parts = phrase.split() if phrase[0] < "㐀" else [phrase[at : at + 2] for at in range(len(phrase) - 1)]
    return sum(weight(part) for part in parts) / len(parts) * (1 + math.log(len(parts)))


def _apart(phrase: str, other: str) -> bool:
    """Whether two phrases say different things: neither holds a pair of characters, or a word, of the other."""
    if phrase[0] < "㐀" or other[0] < "㐀":
        return not set(phrase.split()) & set(other.split())
    return not {phrase[at : at + 2] for at in range(len(phrase) - 1)} & {
        other[at : at + 2] for at in range(len(other) - 1)
    }

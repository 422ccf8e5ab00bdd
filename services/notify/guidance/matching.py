"""Which replies fit what was said: by category and words. It reads, and keeps nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from shared.events.guidance import GuidanceEntry


@dataclass(frozen=True)
class Fitting:
    """``words`` are the reply's own that were said; ``category``: it is for this category by name."""

    entry: GuidanceEntry
    words: tuple[str, ...]
    category: bool


def fitting(entries: Iterable[GuidanceEntry], text: str, category: str | None) -> list[Fitting]:
    """Return what fits, in the set's order; what nobody's words call for comes after what they do."""
    said = folded(text)
    found = [fit for entry in entries if (fit := _fits(entry, said, category)) is not None]
    return sorted(found, key=lambda fit: not fit.words)


def _fits(entry: GuidanceEntry, said: str, category: str | None) -> Fitting | None:
    if entry.categories and category not in entry.categories:
        return None
    if not all(_says(said, word) for word in entry.all):
        return None
    heard = tuple(word for word in entry.any if _says(said, word))
    if entry.any and not heard:
        return None
    return Fitting(entry, (*entry.all, *heard), bool(entry.categories))


def folded(text: str) -> str:
    """Full-width and half-width, upper and lower case are one."""
    return normalize("NFKC", text).casefold()


def _says(said: str, word: str) -> bool:
    return _pattern(word).search(said) is not None


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern[str]:
    """A Latin word is a word of its own ("lamp" is not in "clamp"); Chinese knows no spaces."""
    wanted = folded(word)
    before = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", wanted) else ""
    after = r"(?![a-z0-9])" if re.search(r"[a-z0-9]$", wanted) else ""
    return re.compile(before + re.escape(wanted) + after)

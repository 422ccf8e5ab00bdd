"""What a text is made of: terms to compare, what it is about, and where it says that it is.

Chinese as pairs of neighbouring characters and single ones, everything else as words without their endings and as
pieces of long words, so that a slip of the pen costs little. No model and no dictionary of a language: a short list
of the field's own words (concepts.txt) says what is called differently and means the same.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from services.routing.hot.concepts import concepts_of
from services.routing.hot.places import names_of, places_of
from services.routing.hot.writing import RUNS, is_han, plain, simplified

_COURTESY = re.compile(
    r"请问|诉求人?|您好|你好|希望|有关部门|尽快|处理|谢谢|反映|投诉|领导|工作人员|居民|我们|这里|那里|麻烦|已经|没人管|"
    r"盼回复|怎么回事|一下|问题|\b(?:hello|hi|dear|sir|madam|please|thank(?:s| you)|i would like to|report|"
    r"complain(?:t|ing)?|good (?:morning|evening|afternoon)|somebody|someone|urgent|asap|to whom it may concern)\b"
)
# fmt: off
LITTLE = frozenset([
    "a", "an", "the", "and", "or", "of", "to", "in", "on", "at", "by", "for", "from", "with", "is", "are",
    "was", "were", "be", "been", "it", "its", "this", "that", "there", "here", "i", "we", "our", "my", "you",
    "your", "he", "she", "they", "them", "not", "no", "do", "does", "did", "has", "have", "had", "as", "but",
    "so", "all", "just", "very", "who", "what", "when", "will", "would", "can", "could", "again", "since",
    "near", "next",
])
# fmt: on
_ENDING = re.compile(r"(?:ings?|ed|es|s|ly)$")


@dataclass(frozen=True)
class Words:
    """A text, taken apart."""

    terms: frozenset[str]
    concepts: frozenset[str]
    streets: frozenset[str]
    estates: frozenset[str]
    houses: frozenset[str] = field(default_factory=frozenset[str])
    buildings: frozenset[str] = field(default_factory=frozenset[str])
    named: frozenset[str] = field(default_factory=frozenset[str])
    """What may be a place's name by where it stands."""


def read(text: str) -> Words:
    said = simplified(plain(text))
    concepts = frozenset(concepts_of(said))
    terms = set(_terms(without_courtesy(said)))
    terms.update(f"#{concept}" for concept in concepts)
    streets, estates, houses, buildings = places_of(said)
    return Words(frozenset(terms), concepts, streets, estates, houses, buildings, names_of(text))


def _terms(said: str) -> list[str]:
    found: list[str] = []
    for run in RUNS.findall(said):
        if is_han(run):
            found.extend(map("".join, pairwise(run)))
            found.extend(run)
        elif run not in LITTLE:
            short = stem(run)
            found.append(short)
            if len(short) > 5 and short.isalpha():
                found.extend(f"{short[at : at + 4]}~" for at in range(len(short) - 3))
    return found


def stem(word: str) -> str:
    """A word without its ending; nothing, if it is too common to count."""
    if word in LITTLE:
        return ""
    return _ENDING.sub("", word) if len(word) > 4 else word


def without_courtesy(said: str) -> str:
    """What is said when everybody says it says nothing."""
    return _COURTESY.sub(" ", said)

"""What a text is made of: terms to compare, what it is about, and where it says that it is.

Chinese as pairs of neighbouring characters and single ones, everything else as words without their endings and as
pieces of long words, so that a slip of the pen costs little. No model and no dictionary of a language: a short list
of the field's own words (concepts.txt) says what is called differently and means the same.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

_HAN = "㐀-鿿豈-﫿"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_COURTESY = re.compile(
    r"请问|您好|你好|希望|有关部门|尽快|处理|谢谢|反映|投诉|领导|工作人员|居民|我们|这里|那里|麻烦|已经|没人管|"
    r"盼回复|怎么回事|一下|问题|\b(?:hello|hi|dear|sir|madam|please|thank(?:s| you)|i would like to|report|"
    r"complain(?:t|ing)?|good (?:morning|evening|afternoon)|somebody|someone|urgent|asap|to whom it may concern)\b"
)
_LITTLE = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "it",
        "its",
        "this",
        "that",
        "there",
        "here",
        "i",
        "we",
        "our",
        "my",
        "you",
        "your",
        "he",
        "she",
        "they",
        "them",
        "not",
        "no",
        "do",
        "does",
        "did",
        "has",
        "have",
        "had",
        "as",
        "but",
        "so",
        "all",
        "just",
        "very",
        "who",
        "what",
        "when",
        "will",
        "would",
        "can",
        "could",
        "again",
        "since",
        "near",
        "next",
    ]
)
_ENDING = re.compile(r"(?:ings?|ed|es|s|ly)$")
_NUMERALS = str.maketrans("一二三四五六七八九", "123456789")


@dataclass(frozen=True)
class Words:
    """A text, taken apart."""

    terms: frozenset[str]
    concepts: frozenset[str]
    streets: frozenset[str]
    estates: frozenset[str]
    houses: frozenset[str] = field(default_factory=frozenset[str])
    buildings: frozenset[str] = field(default_factory=frozenset[str])


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def read(text: str) -> Words:
    said = plain(text)
    concepts = frozenset(_concepts(said))
    terms = set(_terms(_COURTESY.sub(" ", said)))
    terms.update(f"#{concept}" for concept in concepts)
    streets, estates, houses, buildings = _places(said)
    return Words(frozenset(terms), concepts, streets, estates, houses, buildings)


def _terms(said: str) -> list[str]:
    found: list[str] = []
    for run in _RUNS.findall(said):
        if run[0] >= "㐀":
            found.extend(map("".join, pairwise(run)))
            found.extend(run)
        elif run not in _LITTLE:
            stem = _ENDING.sub("", run) if len(run) > 4 else run
            found.append(stem)
            if len(stem) > 5 and stem.isalpha():
                found.extend(f"{stem[at : at + 4]}~" for at in range(len(stem) - 3))
    return found


def pieces(said: str, longest: int) -> list[str]:
    """Phrases that may describe a text: runs of 2 to ``longest`` Chinese characters, and one to three words."""
    found: list[str] = []
    words: list[str] = []
    for run in _RUNS.findall(_COURTESY.sub(" , ", said)):
        if run[0] >= "㐀":
            for size in range(2, longest + 1):
                found.extend(run[at : at + size] for at in range(len(run) - size + 1))
        elif run in _LITTLE:
            words.clear()
        else:
            words.append(run)
            found.extend(" ".join(words[-size:]) for size in range(1, min(3, len(words)) + 1))
    return [phrase for phrase in found if not phrase.isdecimal()]


# what it is about ──────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _lexicon() -> tuple[re.Pattern[str], dict[str, str], frozenset[str]]:
    """One pattern of all forms, the concept of each form, and which concern whole quarters."""
    forms: dict[str, str] = {}
    wide: set[str] = set()
    for line in (Path(__file__).parent / "concepts.txt").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, _, listed = line.partition(":")
        if name.endswith("*"):
            name = name[:-1]
            wide.add(name)
        for form in listed.split():
            forms[form.replace("*", " ")] = name
    longest_first = sorted(forms, key=len, reverse=True)
    han = "|".join(map(re.escape, (form for form in longest_first if form[0] >= "㐀")))
    latin = "|".join(map(re.escape, (form for form in longest_first if form[0] < "㐀")))
    return re.compile(rf"({han})|\b({latin})(?:s|es|ing|ed|y)?\b"), forms, frozenset(wide)


def _concepts(said: str) -> set[str]:
    pattern, forms, _ = _lexicon()
    return {forms[han or latin] for han, latin in pattern.findall(said.replace("-", " "))}


def wide() -> frozenset[str]:
    """Concepts that concern whole quarters."""
    return _lexicon()[2]


# where it says that it is ──────────────────────────────────────────────────────────────────────────────────────────

_STREET = re.compile(
    rf"((?![号楼栋幢的在了条段])[{_HAN}](?![号楼栋幢的了条段])[{_HAN}])(大道|路(?![灯面障])|街(?!灯)|巷|胡同)"
)
_ESTATE = re.compile(
    rf"([{_HAN}]{{2}})(花园|家园|嘉园|新村|公寓|小区|大厦|广场|苑|新城|名城|豪庭|里(?=[\d一二三四五六七八九十]))"
)
_NO_NAME = frozenset(
    [
        "马路",
        "道路",
        "公路",
        "铁路",
        "小路",
        "走路",
        "夜路",
        "让路",
        "线路",
        "电路",
        "短路",
        "半路",
        "一路",
        "条路",
        "段路",
        "大街",
        "上街",
        "逛街",
        "走马路",
        "的道路",
        "占道路",
        "在马路",
        "到马路",
        "的马路",
        "走夜路",
    ]
)
_HOUSE = re.compile(r"(\d+|[一二三四五六七八九])(弄|号(?!楼|院))")
_BUILDING = re.compile(r"(\d+|[一二三四五六七八九])(?:号楼|栋|幢|座|号院)")
_EN_STREET = re.compile(
    r"(?:(\d+)[a-z]? )?(?:(?:north|south|east|west|[nsew]) )?([a-z]+|\d+(?:st|nd|rd|th)?) "
    r"(street|avenue|road|lane|drive|boulevard|st|ave|rd|ln|dr|blvd|way|terrace|place|pl)\b"
)
_EN_ESTATE = re.compile(
    r"([a-z]+) (court|houses|towers|gardens|homes|park|estate|apartments|village|plaza)\b"
)
_EN_BUILDING = re.compile(r"\b(?:building|bldg|block|entrance|tower|no|unit)\.? ?#?(\d+)")
_EN_NO_NAME = frozenset(
    [
        "the",
        "a",
        "this",
        "our",
        "my",
        "of",
        "under",
        "on",
        "in",
        "whole",
        "fire",
        "bus",
        "bike",
        "same",
        "main",
        "any",
        "every",
        "that",
        "other",
        "across",
        "wrong",
        "public",
        "each",
        "next",
        "car",
        "to",
        "and",
        "or",
        "for",
        "no",
        "into",
        "residential",
        "amusement",
    ]
)
_LONG = {
    "st": "street",
    "ave": "avenue",
    "rd": "road",
    "ln": "lane",
    "dr": "drive",
    "blvd": "boulevard",
    "pl": "place",
}


def _places(said: str) -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    streets = {name + kind for name, kind in _STREET.findall(said) if not _no_name(name, kind)}
    estates = {name + kind for name, kind in _ESTATE.findall(said)}
    houses = {number.translate(_NUMERALS) for number, _ in _HOUSE.findall(said)}
    buildings = {number.translate(_NUMERALS) for number in _BUILDING.findall(said)}
    for number, name, kind in _EN_STREET.findall(said):
        if name not in _EN_NO_NAME:
            streets.add(f"{name} {_LONG.get(kind, kind)}")
            if number:
                houses.add(number)
    estates.update(f"{name} {kind}" for name, kind in _EN_ESTATE.findall(said) if name not in _EN_NO_NAME)
    buildings.update(_EN_BUILDING.findall(said))
    return frozenset(streets), frozenset(estates), frozenset(houses), frozenset(buildings)


def _no_name(name: str, kind: str) -> bool:
    return name[-1] + kind in _NO_NAME or name + kind in _NO_NAME


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, or differ by one slip."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 5:
        return False
    start = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])

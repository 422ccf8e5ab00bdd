"""Which offers could fulfil a wish: a pure function that says why, for a person who decides.

What an offer itself rules out is never suggested: another area, used up, over, withdrawn, made for another wish. The
rest is ordered by how well it fits, and among equals whoever offered first comes first: nobody is ranked by how much
they gave before.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.routing.offer.domain import State as Offer
from shared.help import Help
from shared.texts import plain, tokens

_FOR_THIS_WISH, _CATEGORY, _LIKELY_CATEGORY = 8, 5, 3
_NEAR = (4, 3, 2)
"""In the grid itself, in the area above it, above that; anywhere in the street: 1."""
_WORDS, _NOT_YET = 3, -2
_MOST = 20


@dataclass(frozen=True)
class Wanted:
    """``areas``: the grid it lies in and everything above that, the nearest first. ``category``: where staff said one."""

    wish: str
    areas: Sequence[str]
    at: datetime
    category: str | None = None
    words: str = ""


@dataclass(frozen=True)
class Suggestion:
    """``reasons`` by name, in points."""

    offer: str
    points: float
    reasons: Mapping[str, float]


def for_skill(skill: str, areas: Sequence[str], at: datetime, kinds: Mapping[str, Help]) -> Wanted:
    """What somebody has to bring to a shift: a kind of help by its code or name, else a word that givers may say."""
    said = skill.strip().casefold()
    named = next(
        (kind.code for kind in kinds.values() if said in (kind.code, kind.zh, kind.en.casefold())), None
    )
    return Wanted("", areas, at, named, skill)


def suggest(
    wanted: Wanted,
    offers: Mapping[str, Offer],
    kinds: Mapping[str, Help],
    words: Mapping[str, str] | None = None,
) -> list[Suggestion]:
    """``words``: what the givers say it is, where that was opened. The best first."""
    said = words or {}
    usable = {name: offer for name, offer in offers.items() if _usable(offer, wanted)}
    found = [_judged(name, usable[name], wanted, kinds, said.get(name, "")) for name in usable]
    fitting = [each for each in found if each.reasons.keys() - {"area", "not_yet"}]
    fitting.sort(key=lambda each: (-each.points, usable[each.offer].offered_at or wanted.at, each.offer))
    return fitting[:_MOST]


def _usable(offer: Offer, wanted: Wanted) -> bool:
    over = offer.until is not None and offer.until <= wanted.at
    elsewhere = bool(offer.areas) and not set(offer.areas) & set(wanted.areas)
    drawn = wanted.wish in offer.drawn
    return offer.left > 0 and not over and not elsewhere and not drawn and offer.wish in (None, wanted.wish)


def _judged(name: str, offer: Offer, wanted: Wanted, kinds: Mapping[str, Help], words: str) -> Suggestion:
    reasons: dict[str, float] = {"area": _nearness(offer.areas, wanted.areas)}
    if offer.wish == wanted.wish:
        reasons["for_this_wish"] = _FOR_THIS_WISH
    if wanted.category is not None and offer.category == wanted.category:
        reasons["category"] = _CATEGORY
    elif wanted.category is None and _hints(kinds.get(offer.category), wanted.words):
        reasons["category"] = _LIKELY_CATEGORY
    if alike := _alike(words, wanted.words):
        reasons["words"] = alike
    if offer.begins is not None and offer.begins > wanted.at:
        reasons["not_yet"] = _NOT_YET
    return Suggestion(name, round(sum(reasons.values()), 1), reasons)


def _nearness(areas: Collection[str], upwards: Sequence[str]) -> float:
    for place, area in enumerate(upwards):
        if area in areas:
            return _NEAR[min(place, len(_NEAR) - 1)]
    return 1


def _hints(kind: Help | None, words: str) -> bool:
    said = plain(words)
    return kind is not None and any(hint in said for hint in kind.words)


def _alike(one: str, other: str) -> float:
    """How much of what the shorter text says stands in the other, too."""
    mine, theirs = _pairs(tokens(one)), _pairs(tokens(other))
    shorter = min(len(mine), len(theirs))
    return round(_WORDS * len(mine & theirs) / shorter, 1) if shorter else 0


def _pairs(found: Iterable[str]) -> set[str]:
    """A single character says nothing."""
    return {token for token in found if len(token) > 1}

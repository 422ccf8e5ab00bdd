"""What the book says of its records, field by field, and which of them a line of somebody else's table means."""

import re
from collections.abc import Iterable, Mapping

from shared.cells import as_meant
from shared.records.checks import doubt_of_id, read_date, tidy
from shared.records.making import Content
from shared.words import RecordKind

_STRONG = ("key", "id_number")
TELLING = ("key", "id_number", "name", "phone", "born", "building", "entrance", "unit")
"""Fields that tell one record from another; the strong ones do so alone."""
_UPPER = {"key", "id_number"}
_CROWD = 200
"""More records that could all be meant are not gone through one by one."""


class Known:
    """Records by what tells them apart."""

    def __init__(self, book: Mapping[str, Content]) -> None:
        self._said = {
            record: {
                slug: plain(slug, str(value))
                for slug in TELLING
                if (value := value_of(content, slug)) is not None
            }
            for record, content in book.items()
        }
        self._by: dict[tuple[str, str], list[str]] = {}
        for record, said in self._said.items():
            for slug in TELLING:
                if slug in said:
                    self._by.setdefault((slug, said[slug]), []).append(record)

    def who(self, said: Mapping[str, str]) -> str | None:
        """Return the record, or why there is none: a slug that is the name of no record."""
        for slug in _STRONG:
            if said.get(slug) and (found := self._by.get((slug, said[slug]))):
                return found[0] if len(found) == 1 else self._one_of(slug, said) or "several_match"
        name = next((slug for slug in ("name", "unit") if said.get(slug)), None)
        if name is None or (name == "unit" and not said.get("building")):
            return "not_in_the_book" if any(said.get(slug) for slug in _STRONG) else "nothing_identifies_it"
        return self._one_of(name, said)

    def _one_of(self, anchor: str, said: Mapping[str, str]) -> str | None:
        """Return the one that says the same there and nothing else anywhere; None: none. In a crowd, only who says more of the
        same is looked at, so that no table makes us compare everybody with everybody.
        """
        found = self._by.get((anchor, said[anchor]), [])
        if len(found) > _CROWD:
            told = [self._by.get((slug, said[slug]), []) for slug in TELLING if said.get(slug)]
            found = min((one for one in told if one), key=len)
        if len(found) > _CROWD:
            return "several_match"
        mine = said[anchor]
        agreeing = [one for one in found if self._said[one].get(anchor) == mine and self._agrees(one, said)]
        return agreeing[0] if len(agreeing) == 1 else "several_match" if agreeing else None

    def _agrees(self, record: str, said: Mapping[str, str]) -> bool:
        have = self._said[record]
        return all(have.get(slug, said[slug]) == said[slug] for slug in TELLING if said.get(slug))


def value_of(content: Content, slug: str) -> str | int | None:
    """Return what the book says; of a sound id number also the day of birth and the sex that it holds (GB 11643)."""
    value = content.words.get(slug) if slug in content.words else content.public.get(slug)
    if value not in (None, "") and not isinstance(value, bool):
        return value if isinstance(value, int) else str(value)
    if slug in ("born", "sex") and content.kind is RecordKind.PERSON:
        number = content.words.get("id_number", "")
        if number and doubt_of_id(number) is None and (day := read_date(number[6:14])) is not None:
            return day.isoformat() if slug == "born" else "男" if int(number[16]) % 2 else "女"
    if slug == "address" and content.public.get("building") and content.words.get("unit"):
        return f"{content.public['building']}{content.words.get('entrance', '')}{content.words['unit']}"
    return None


def plain(slug: str, text: str) -> str:
    """Return what a field says as it is compared: without spaces, days in ISO 8601, phones without +86."""
    told = re.sub(r"\s+", "", tidy(text))
    if slug == "born" and (day := read_date(told)) is not None:
        return day.isoformat()
    if slug == "phone":
        return re.sub(r"[^\d]", "", told.removeprefix("+86"))
    return told.upper() if slug in _UPPER else told


def same(slug: str, one: str, other: str) -> bool:
    """Whether a cell of a table (``one``) says what the book says."""
    return plain(slug, as_meant(one)) == plain(slug, other)


def in_order(record: str, content: Content) -> tuple[list[tuple[int, str]], str]:
    """Sort by place, then by name; numbers within by their value."""
    said = (
        content.public.get("grid"),
        content.public.get("building"),
        content.words.get("entrance"),
        content.words.get("unit"),
        content.words.get("name"),
    )
    return [piece for text in said for piece in (*_natural(text or ""), (-1, ""))], record


def _natural(text: str) -> Iterable[tuple[int, str]]:
    return (
        (int(piece), "") if piece.isdecimal() else (10**9, piece)
        for piece in re.findall(r"\d{1,9}|\D+", text)
    )

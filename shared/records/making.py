"""From what a table or a form says to a record: what is public, what is sealed, which record it is.

A record's name is a keyed hash of what identifies it, so that the same thing is entered once and the name tells nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic_core import to_json

from shared.ids import keyed_hash
from shared.records.checks import doubts, read_date, rounded, tidy
from shared.records.fields import FIELDS
from shared.words import RecordKind, in_one_line, sayable

LONGEST = 500  # characters of one field
_LONGEST_CODE = 64
_IDENTIFYING: dict[RecordKind, tuple[tuple[str, ...], ...]] = {
    RecordKind.PERSON: (("key",), ("id_number",), ("name", "born"), ("name", "phone")),
    RecordKind.DWELLING: (("building", "entrance", "unit"), ("building", "unit"), ("key",)),
    RecordKind.ENTERPRISE: (("key",), ("name", "building"), ("name", "grid")),
    RecordKind.FACILITY: (("key",), ("name", "building"), ("name", "grid")),
}
_LONG_NUMBERS = ("id_number", "phone", "key")
_TIDIED = ("id_number", "phone", "key", "residents")
PUBLIC = ("grid", "building", "dwelling", "category", "residents", "confirmed_on")


class UnusableRecordError(Exception):
    """Why nothing can be made of it; never with the words themselves. ``slug`` for programs."""

    def __init__(self, slug: str, field: str = "") -> None:
        super().__init__(f"{field}: {slug}" if field else slug)
        self.slug, self.field = slug, field


@dataclass(frozen=True)
class Content:
    """All that a record says: ``public`` as the commands have it, ``words`` to be sealed as one box."""

    kind: RecordKind
    public: dict[str, Any]
    words: dict[str, str]
    doubts: tuple[str, ...]

    @property
    def filled(self) -> tuple[str, ...]:
        return tuple(sorted(self.words))

    def digest(self, secret: bytes) -> str:
        """The grid does not count: routing finds it where nobody named one."""
        said = {name: value for name, value in self.public.items() if name != "grid"}
        raw = to_json([self.kind, sorted(said.items()), sorted(self.words.items()), self.doubts])
        return keyed_hash(secret, "record-content", raw).hex()[:40]


def record_id(secret: bytes, tenant: str, kind: RecordKind, *identity: str) -> str:
    return "r" + keyed_hash(secret, "record", tenant, kind.value, *identity).hex()[:40]


def identify(secret: bytes, tenant: str, kind: RecordKind, said: Mapping[str, str]) -> str:
    """Return the id of the record that these values are about. Raises UnusableRecordError."""
    for names in _IDENTIFYING[kind]:
        values = [tidy(said.get(name, "")).upper() for name in names]
        if all(values):
            for name, value in zip(names, values, strict=True):
                if name in _LONG_NUMBERS and rounded(value):
                    raise UnusableRecordError("rounded_by_a_spreadsheet", name)
            return record_id(secret, tenant, kind, *names, *values)
    raise UnusableRecordError("nothing_identifies_it")


def content(
    kind: RecordKind,
    said: Mapping[str, str],
    *,
    today: date,
    secret: bytes,
    tenant: str,
    before: Content | None = None,
) -> Content:
    """Make a record of what was said, over what stood there before: an empty value says nothing, it erases nothing.

    Raises UnusableRecordError.
    """
    public: dict[str, Any] = dict.fromkeys(PUBLIC) | {"care": False} | (before.public if before else {})
    words: dict[str, str] = dict(before.words) if before else {}
    for field in FIELDS[kind]:
        value = _usable(field.slug, said.get(field.slug, ""))
        if not value:
            continue
        if field.slug == "dwelling":
            continue
        if field.sealed or field.slug == "key":
            words[field.slug] = value
        else:
            public[field.slug] = _public(field.slug, value)
    if kind is RecordKind.PERSON:
        public["care"] = bool(words.get("care"))
        home = {"building": public["building"] or "", "unit": words.get("unit", "")}
        if all(home.values()):
            home["entrance"] = words.get("entrance", "")
        else:
            home = {"key": said.get("dwelling", "").strip()}
        if home.get("key") or home.get("building"):
            public["dwelling"] = identify(secret, tenant, RecordKind.DWELLING, home)
    if said.get("building") and not said.get("grid"):
        public["grid"] = None  # another building may stand in another grid: routing looks
    return Content(kind, public, words, doubts(words, today))


def _usable(slug: str, raw: str) -> str:
    value = raw.strip()
    try:
        (sayable if slug == "notes" else in_one_line)(value)
    except ValueError:
        raise UnusableRecordError("control_characters", slug) from None
    if len(value) > LONGEST:
        raise UnusableRecordError("too_long", slug)
    if slug in _LONG_NUMBERS and rounded(value):
        raise UnusableRecordError("rounded_by_a_spreadsheet", slug)
    if slug == "born" and value and read_date(value) is None:
        raise UnusableRecordError("not_a_date", slug)
    return tidy(value).upper() if slug == "id_number" else tidy(value) if slug in _TIDIED else value


def _public(slug: str, value: str) -> Any:
    match slug:
        case "confirmed_on":
            if (day := read_date(value)) is None:
                raise UnusableRecordError("not_a_date", slug)
            return day.isoformat()
        case "residents":
            try:
                number = int(value.removesuffix(".0").removesuffix("人"))
            except ValueError:
                raise UnusableRecordError("not_a_number", slug) from None
            if not 0 <= number < 10_000:
                raise UnusableRecordError("not_a_number", slug)
            return number
        case _:
            if len(value) > _LONGEST_CODE:
                raise UnusableRecordError("too_long", slug)
            return value


def changed(before: Content, after: Content) -> tuple[str, ...]:
    """Return the names of the fields that differ."""
    plain = {n for n in after.public if n != "dwelling" and after.public[n] != before.public.get(n)}
    sealed = {n for n in {*before.words, *after.words} if before.words.get(n) != after.words.get(n)}
    return tuple(sorted(plain | sealed)) or ("doubts",)

"""What can be odd in a record's words: checked where they are in clear, kept as slugs that name nobody."""

import re
import unicodedata
from datetime import date

import phonenumbers

_ID = re.compile(r"^\d{17}[\dX]$")
_DATE = re.compile(r"^(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?$")
_ROUNDED = re.compile(r"^\d(?:\.\d+)?[eE]\+?\d+$")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def tidy(text: str) -> str:
    """Full-width digits and letters become plain ones; spaces go from the ends."""
    return unicodedata.normalize("NFKC", text).strip()


def read_date(text: str) -> date | None:
    """Return the day that 2026-03-01, 2026/3/1, 20260301 or 2026年3月1日 name, or None."""
    found = _DATE.match(tidy(text))
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def rounded(text: str) -> bool:
    """Whether a spreadsheet has made 3.10115E+17 of a long number: its last digits are lost."""
    return _ROUNDED.match(tidy(text)) is not None


def doubt_of_id(number: str) -> str | None:
    """GB 11643-1999: seventeen digits and a check character by ISO 7064 MOD 11-2; digits 7 to 14 are the birthday."""
    if not _ID.match(number):
        return "id_number_malformed"
    if _CHECKS[sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=False)) % 11] != number[17]:
        return "id_number_wrong"
    return None if read_date(number[6:14]) else "id_number_wrong"


def doubt_of_phone(number: str) -> str | None:
    try:
        parsed = phonenumbers.parse(number, "CN")
    except phonenumbers.NumberParseException:
        return "phone_invalid"
    return None if phonenumbers.is_valid_number(parsed) else "phone_invalid"


def as_dialled(number: str) -> str | None:
    """Return the number as the doors write it (E.164), so that the same one is known again; None: nobody can be called."""
    try:
        parsed = phonenumbers.parse(tidy(number), "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def doubts(words: dict[str, str], today: date) -> tuple[str, ...]:
    """Return what is odd in a record's sealed words, in a fixed order."""
    found: list[str | None] = []
    number, born = words.get("id_number"), words.get("born")
    if number:
        found.append(doubt_of_id(number))
    if phone := words.get("phone"):
        found.append(doubt_of_phone(phone))
    day = read_date(born) if born else None
    if day and day > today:
        found.append("born_in_future")
    if day and number and _ID.match(number) and read_date(number[6:14]) not in (None, day):
        found.append("born_not_as_id_number")
    return tuple(sorted({slug for slug in found if slug}))

"""What one element of a CAP file says under a name: words, names and times, each checked. All raise UnusableAlertError."""

import re
from collections.abc import Sequence
from datetime import datetime

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from services.notify.alert.unusable import UnusableAlertError
from services.notify.alert.xml import Element
from shared.words import sayable

_NAME = re.compile(r"[^\s,<&]{1,128}")
"""Identifier and sender: no spaces, commas or restricted characters (CAP 1.2, section 3.2.1)."""
_TIME: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)
_A_DAY = re.compile(r"\d{4}-\d\d-\d\dT", re.ASCII)
"""What a moment begins with: a number alone would be taken for seconds since 1970."""
_LONGEST = 20_000
"""Characters of one text: it has to go into messages."""


def must_say(element: Element, name: str) -> str:
    if (said := element.said(name)) is None:
        raise UnusableAlertError("missing", name)
    return said


def words_of(element: Element, name: str, *, needed: bool = False) -> str:
    said = must_say(element, name) if needed else element.said(name) or ""
    if len(said) > _LONGEST:
        raise UnusableAlertError("too_long", name)
    try:
        return sayable(said.replace("\r\n", "\n").replace("\r", "\n"))
    except ValueError:
        raise UnusableAlertError("unsayable", name) from None


def one_of(element: Element, name: str, words: Sequence[str]) -> str:
    said = must_say(element, name)
    if said not in words:
        raise UnusableAlertError("unknown_word", f"{name}: {said[:40]}")
    return said


def name_of(element: Element, name: str) -> str:
    said = must_say(element, name)
    if not _NAME.fullmatch(said):
        raise UnusableAlertError("impossible_name", name)
    return said


def time_of(element: Element, name: str) -> datetime:
    return moment(must_say(element, name), name)


def maybe_time_of(element: Element, name: str) -> datetime | None:
    said = element.said(name)
    return None if said is None else moment(said, name)


def moment(said: str, name: str) -> datetime:
    if not _A_DAY.match(said):
        raise UnusableAlertError("impossible_time", name)
    try:
        return _TIME.validate_strings(said, strict=True)
    except ValidationError:
        raise UnusableAlertError("impossible_time", name) from None

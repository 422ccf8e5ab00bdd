"""How a policy writes lengths and times of day: `1h30m`, `08:30`, `24:00`. Short enough to be typed by a person."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, StringConstraints
from pydantic_core import PydanticCustomError

_SPAN = re.compile(r"^(?=\d)(?:(\d{1,5})h)?(?:(\d{1,5})m)?$")
_LONGEST = timedelta(days=366)
DAY = 24 * 60 * 60
"""Seconds."""


def _read(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    found = _SPAN.match(value) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError("span_unreadable", "a length is written as 2h, 30m or 1h30m")
    span = timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))
    if not timedelta() < span <= _LONGEST:
        raise PydanticCustomError("span_out_of_range", "a length is at least a minute and at most 8784h")
    return span


def in_short(span: timedelta) -> str:
    """Write a length as it is read."""
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes or not hours else "")


Span = Annotated[timedelta, BeforeValidator(_read), PlainSerializer(in_short, return_type=str)]

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
"""On the wall clock of the policy's time zone; 24:00 is the end of the day."""


def second_of_day(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 3600 + int(minutes) * 60

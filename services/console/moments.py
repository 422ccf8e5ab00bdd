"""Days, moments and flags as people write them in an address or a body: ISO 8601 alone, no counts of seconds."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator

_BEGINS = re.compile(r"\d{4}-\d{2}-\d{2}")


def _iso(said: object) -> object:
    if isinstance(said, int | float) or (isinstance(said, str) and not _BEGINS.match(said)):
        raise ValueError("a date is expected, like 2026-03-02")
    return said


def _yes_or_no(said: object) -> object:
    """An address says it in letters, a body as it is; 0 and 1 are counts."""
    if not isinstance(said, bool) and said not in ("true", "false"):
        raise ValueError("true or false is expected")
    return said


Flag = Annotated[bool, BeforeValidator(_yes_or_no)]
Day = Annotated[date, BeforeValidator(_iso)]
Moment = Annotated[AwareDatetime, BeforeValidator(_iso)]


def begin_of(day: date, zone: tzinfo) -> datetime:
    """Return midnight in UTC; at the edges of the calendar, as near as there is."""
    try:
        return datetime.combine(day, time.min, zone).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, time.min, UTC)


def end_of(day: date, zone: tzinfo) -> datetime:
    """Return the midnight after it."""
    return begin_of(day + timedelta(days=1) if day < date.max else day, zone)

"""What is odd about a month's rota: one person in two rows at once, hours outside work that nobody stands. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations

from services.routing.policy.calendar import Calendar
from services.routing.rota.domain import Row

_A_DAY = timedelta(days=1)
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Overlap:
    """``person`` stands in both."""

    person: str
    area: str
    starts: datetime
    other_area: str
    other_starts: datetime


@dataclass(frozen=True)
class Gap:
    area: str
    starts: datetime
    ends: datetime


def overlaps(rows: Mapping[str, Sequence[Row]]) -> list[Overlap]:
    """Return who stands in two rows at the same time, as worker or as deputy, in whichever areas."""
    by_person: dict[str, list[tuple[str, Row]]] = {}
    for area, each in rows.items():
        for row in each:
            for person in filter(None, (row.worker, row.deputy)):
                by_person.setdefault(person, []).append((area, row))
    return [
        Overlap(person, area, row.starts, other_area, other.starts)
        for person, stands in sorted(by_person.items())
        for (area, row), (other_area, other) in combinations(sorted(stands, key=_by_time), 2)
        if row.starts < other.ends and other.starts < row.ends
    ]


def _by_time(stands: tuple[str, Row]) -> tuple[datetime, str]:
    return stands[1].starts, stands[0]


def gaps(area: str, rows: Sequence[Row], calendar: Calendar) -> list[Gap]:
    """Return what nobody stands outside working hours, in the weeks that have a row. A week begins on Monday; the days before the first row
    and after the last are not asked for: a rota begins and ends somewhere.
    """
    if not rows:
        return []
    covered = _joined((row.starts, row.ends) for row in rows)
    first, last = covered[0][0], covered[-1][1]
    mondays = {_monday(calendar.local(row.starts).date()) for row in rows}
    off = _joined(
        span
        for monday in sorted(mondays)
        for number in range(7)
        for span in _off_hours(monday + number * _A_DAY, calendar)
    )
    cut = ((max(starts, first), min(ends, last)) for starts, ends in off)
    return [Gap(area, starts, ends) for span in cut for starts, ends in _less(span, covered)]


def _monday(day: date) -> date:
    return day - day.weekday() * _A_DAY


def _off_hours(day: date, calendar: Calendar) -> Iterator[Span]:
    """Yield what of a day lies before work and after it, on the calendar's wall clock; a lunch break is nobody's duty."""
    midnight, next_day = calendar.midnight(day), calendar.midnight(day + _A_DAY)
    if not (shifts := calendar.shifts_of(day)):
        yield midnight, next_day
        return
    yield midnight, midnight + timedelta(seconds=shifts[0][0])
    yield midnight + timedelta(seconds=shifts[-1][1]), next_day


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for starts, ends in sorted(spans):
        if joined and starts <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((starts, ends))
    return joined


def _less(span: Span, covered: Sequence[Span]) -> Iterator[Span]:
    """Yield what of a span nothing covers; ``covered`` ascends and is joined."""
    at, until = span
    for starts, ends in covered:
        if at >= until:
            return
        if ends <= at or starts >= until:
            continue
        if at < starts:
            yield at, starts
        at = max(at, ends)
    if at < until:
        yield at, until

"""Working time: when so much of it has passed, and how much passed between two moments. Pure, exact to the second.

An instant is worked when the wall clock of the time zone shows a worked time then: so an hour that the clock skips
is not worked, and one that it shows twice is worked twice, as people do.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from chinese_calendar import constants

from services.routing.policy.days import WEEK, Days

_ZERO = timedelta()
_ONE_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_KEPT = 20_000
"""Days whose hours are remembered: more than fifty years."""

Hours = tuple[tuple[datetime, datetime], ...]


class WorkingTime(Protocol):
    def add(self, start: datetime, working: timedelta) -> datetime:
        """Return the first moment at which so much working time has passed since ``start``."""
        ...

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Return the working time from ``a`` to ``b``; nothing where ``b`` is not later."""
        ...

    def working_at(self, moment: datetime) -> bool:
        """Return whether it passes just then."""
        ...


class RoundTheClock:
    """Every second is worked."""

    def add(self, start: datetime, working: timedelta) -> datetime:
        return start + max(working, _ZERO)

    def between(self, a: datetime, b: datetime) -> timedelta:
        return max(b - a, _ZERO)

    def working_at(self, moment: datetime) -> bool:  # noqa: ARG002 - the same question as to a calendar
        return True


class Calendar:
    """A policy's working days, made ready to be asked."""

    def __init__(self, days: Days) -> None:
        self._zone = ZoneInfo(days.time_zone)
        self._days = days
        self._week = [tuple(s.seconds for s in days.week.get(day, ())) for day in WEEK]
        self._holidays = frozenset(days.holidays)
        self._make_up = frozenset(days.make_up_days)
        self._hours: dict[date, Hours] = {}

    def add(self, start: datetime, working: timedelta) -> datetime:
        start = start.astimezone(UTC)
        if working <= _ZERO:
            return start
        left = working
        for begins, ends in self._from(start):
            if ends - begins >= left:
                return begins + left
            left -= ends - begins
        raise OverflowError("the calendar ends")  # pragma: no cover - a policy refuses clocks that long

    def between(self, a: datetime, b: datetime) -> timedelta:
        if b <= a:
            return _ZERO
        b = b.astimezone(UTC)
        total = _ZERO
        for begins, ends in self._from(a.astimezone(UTC)):
            if begins >= b:
                break
            total += min(ends, b) - begins
        return total

    def working_at(self, moment: datetime) -> bool:
        moment = moment.astimezone(UTC)
        return any(begins <= moment < ends for begins, ends in self._hours_of(moment.date()))

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone)

    def midnight(self, day: date) -> datetime:
        """Return when a day of the wall clock begins."""
        return datetime(day.year, day.month, day.day, tzinfo=self._zone)

    def shifts_of(self, day: date) -> tuple[tuple[int, int], ...]:
        """Return what is worked on a day of the wall clock, in seconds of the day."""
        if (single := self._days.single_days.get(day)) is not None:
            return tuple(shift.seconds for shift in single)
        if day in self._holidays:
            return ()
        if day in self._make_up:
            return self._week[WEEK.index(self._days.make_up_like)]
        if self._days.statutory:
            if day in constants.holidays:
                return ()
            if day in constants.workdays:
                return self._week[WEEK.index(self._days.make_up_like)]
        return self._week[day.weekday()]

    def _from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield what is worked from a moment on, in order. A stretch ends with the UTC day at the latest."""
        day = moment.date()
        for begins, ends in self._hours_of(day):
            if ends > moment:
                yield max(begins, moment), ends
        while True:
            day += _ONE_DAY
            yield from self._hours_of(day)

    def _hours_of(self, day: date) -> Hours:
        """Return what is worked on one day of UTC."""
        if (known := self._hours.get(day)) is None:
            if len(self._hours) >= _KEPT:
                self._hours.clear()
            known = self._hours[day] = tuple(sorted(self._worked(day)))
        return known

    def _worked(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        for begins, ends, offset in self._stretches(midnight, midnight + _ONE_DAY):
            local = (begins + offset).date()
            while (start_of_day := datetime(local.year, local.month, local.day, tzinfo=UTC) - offset) < ends:
                for first, last in self.shifts_of(local):
                    since = max(begins, start_of_day + timedelta(seconds=first))
                    until = min(ends, start_of_day + timedelta(seconds=last))
                    if since < until:
                        yield since, until
                local += _ONE_DAY

    def _stretches(self, begins: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
        """Cut a day of UTC where the clocks are changed; no zone changes them twice in a day."""
        before, after = self._offset(begins), self._offset(ends - _SECOND)
        if before == after:
            yield begins, ends, before
            return
        low, high = begins, ends
        while high - low > _SECOND:
            middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
            low, high = (middle, high) if self._offset(middle) == before else (low, middle)
        yield begins, high, before
        yield high, ends, after

    def _offset(self, moment: datetime) -> timedelta:
        return moment.astimezone(self._zone).utcoffset() or _ZERO

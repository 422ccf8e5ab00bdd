"""Deadlines: when a request is to be accepted, its resident contacted, and it resolved, by one policy."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.routing.policy.calendar import Calendar, RoundTheClock, WorkingTime
from services.routing.policy.policy import Clock, Policy
from shared.words import Severity

_ROUND_THE_CLOCK = RoundTheClock()


@dataclass(frozen=True, slots=True)
class Deadlines:
    accept_by: datetime
    contact_by: datetime | None
    due_at: datetime
    remind_at: datetime
    """Of ``due_at``."""


class Clocks:
    """A policy's clocks with its calendar made ready to be asked."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.calendar = Calendar(policy.calendar)
        self._known: dict[tuple[str | None, Severity], Clock] = {}
        self._own = frozenset(special.category for special in policy.category_clocks)

    def deadlines(
        self, category: str | None, severity: Severity, start: datetime, *, standing: bool = False
    ) -> Deadlines:
        """``standing``: the clocks stand just now. Then what is between these moments and ``start`` is what is left, in
        working time, for when they run.
        """
        clock = self._clock(category, severity)
        time = _ROUND_THE_CLOCK if standing or clock.round_the_clock else self.calendar
        due_at = time.add(start, clock.resolve)
        return Deadlines(
            accept_by=time.add(start, clock.accept),
            contact_by=None if clock.contact is None else time.add(start, clock.contact),
            due_at=due_at,
            remind_at=self._remind_at(time, start, due_at),
        )

    def time(self, category: str | None, severity: Severity) -> WorkingTime:
        """Return the time in which such a request's clocks run: pausing and resuming count in it."""
        return _ROUND_THE_CLOCK if self._clock(category, severity).round_the_clock else self.calendar

    def _clock(self, category: str | None, severity: Severity) -> Clock:
        """Made once for each category that has a clock of its own, and for all others together."""
        which = (category if category in self._own else None, severity)
        if (clock := self._known.get(which)) is None:
            clock = self._known[which] = self.policy.clock_of(*which)
        return clock

    def remind_at(
        self, category: str | None, severity: Severity, start: datetime, deadline: datetime
    ) -> datetime:
        """Return when to remind: the policy's lead before the deadline, at the earliest half-way."""
        return self._remind_at(self.time(category, severity), start, deadline)

    def _remind_at(self, time: WorkingTime, start: datetime, deadline: datetime) -> datetime:
        whole = time.between(start, deadline)
        return time.add(start, max(whole - self.policy.remind_before, whole / 2))

    def escalate_at(self, category: str | None, severity: Severity, missed: datetime) -> datetime:
        """Return when a head hears of a deadline missed at this moment: after no longer than there was to accept."""
        after = min(self.policy.escalate_after, self.policy.clock_of(category, severity).accept)
        return self.time(category, severity).add(missed, after)

    def answer_by(self, resolved: datetime) -> datetime:
        """Return until when a resident may say nothing before a resolved request is closed as not answered."""
        return self.calendar.add(resolved, self.policy.no_answer_days * self._working_day)

    def quiet_since(self, at: datetime) -> datetime:
        """Return the moment, to the day, since which silence is as long as the policy's working days."""
        needed = self.policy.stall_days * self._working_day
        days = self.policy.stall_days
        while self.calendar.between(at - timedelta(days=days), at) < needed:
            days += 1
        return at - timedelta(days=days)

    @property
    def _working_day(self) -> timedelta:
        """An average one of the week."""
        calendar = self.policy.calendar
        return timedelta(seconds=calendar.seconds_a_week) / sum(
            1 for shifts in calendar.week.values() if shifts
        )

    def severity_of(self, category: str | None) -> Severity:
        """Return the severity of a category where no rule says another."""
        policy = self.policy
        return (
            policy.default_severity
            if category is None
            else policy.severities.get(category, policy.default_severity)
        )

    def remaining(
        self, category: str | None, severity: Severity, now: datetime, deadline: datetime
    ) -> timedelta:
        """Return the working time left until a deadline, as a pause keeps it."""
        return self.time(category, severity).between(now, deadline)

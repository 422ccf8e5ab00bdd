"""Deadlines: when a request is to be accepted, its resident contacted, and it resolved, by one policy."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.routing.policy.calendar import Calendar, RoundTheClock, WorkingTime
from services.routing.policy.policy import Policy
from shared.words import Severity

_ROUND_THE_CLOCK = RoundTheClock()


@dataclass(frozen=True, slots=True)
class Deadlines:
    accept_by: datetime
    contact_by: datetime | None
    due_at: datetime


class Clocks:
    """A policy's clocks with its calendar made ready to be asked."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.calendar = Calendar(policy.calendar)

    def deadlines(self, category: str | None, severity: Severity, start: datetime) -> Deadlines:
        clock, time = self.policy.clock_of(category, severity), self.time(category, severity)
        return Deadlines(
            accept_by=time.add(start, clock.accept),
            contact_by=None if clock.contact is None else time.add(start, clock.contact),
            due_at=time.add(start, clock.resolve),
        )

    def time(self, category: str | None, severity: Severity) -> WorkingTime:
        """Return the time in which such a request's clocks run: pausing and resuming count in it."""
        return _ROUND_THE_CLOCK if self.policy.clock_of(category, severity).round_the_clock else self.calendar

    def remind_at(
        self, category: str | None, severity: Severity, start: datetime, deadline: datetime
    ) -> datetime:
        """Return when to remind: the policy's lead before the deadline, at the earliest half-way."""
        time = self.time(category, severity)
        whole = time.between(start, deadline)
        return time.add(start, max(whole - self.policy.remind_before, whole / 2))

    def escalate_at(self, missed: datetime) -> datetime:
        """Return when a deadline missed at this moment goes one level up: round the clock, for it is late already."""
        return missed + self.policy.escalate_after

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

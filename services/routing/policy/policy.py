"""A policy: how a street office shares out work and how long each thing may take. Data with a version, not code.

Whoever reads it (routing, a dry run, an explanation) reads the same frozen model; whoever writes one is told, field by
field, what cannot be.
"""

from collections import Counter
from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from services.routing.policy.days import Days, Part, Shift, Weekday
from services.routing.policy.rules import Rule
from services.routing.policy.spans import Span
from shared.weights import RESOLUTION, RESPONSE, SATISFACTION
from shared.words import Code, Severity

_MANY = 200
_REACH = timedelta(days=366)
"""A deadline further away than this from any start is no deadline."""


class Clock(Part):
    """How long it may take to accept a request, to contact the resident, to resolve it; working time unless it runs
    round the clock.
    """

    accept: Span
    contact: Span | None = None
    resolve: Span
    round_the_clock: bool = False

    @model_validator(mode="after")
    def _in_this_order(self) -> Self:
        if self.accept > self.resolve or (self.contact is not None and self.contact > self.resolve):
            raise PydanticCustomError(
                "clock_out_of_order", "accepting and contacting come before resolving, or with it"
            )
        return self


class CategoryClock(Part):
    """What differs for one category, at one severity or at each."""

    category: Code
    severity: Severity | None = None
    accept: Span | None = None
    contact: Span | None = None
    resolve: Span | None = None
    round_the_clock: bool | None = None


class Weights(Part):
    """What the three rates (三率) count in the figure made of them, in percent."""

    response: Annotated[int, Field(ge=0, le=100)] = RESPONSE
    resolution: Annotated[int, Field(ge=0, le=100)] = RESOLUTION
    satisfaction: Annotated[int, Field(ge=0, le=100)] = SATISFACTION

    @model_validator(mode="after")
    def _make_a_whole(self) -> Self:
        if (total := self.response + self.resolution + self.satisfaction) != 100:
            raise PydanticCustomError(
                "weights_not_whole", "they add up to {total}, not to 100", {"total": total}
            )
        return self


def _by_default() -> dict[Severity, Clock]:
    def clock(accept: timedelta, contact: timedelta, resolve: timedelta) -> Clock:
        return Clock(accept=accept, contact=contact, resolve=resolve, round_the_clock=True)

    hour = timedelta(hours=1)
    return {
        Severity.RED: clock(hour / 4, hour / 2, 2 * hour),
        Severity.YELLOW: clock(2 * hour, 4 * hour, 24 * hour),
        Severity.BLUE: clock(8 * hour, 24 * hour, 72 * hour),
    }


def _working_week() -> Days:
    shifts = (Shift(start="08:30", end="12:00"), Shift(start="13:30", end="17:30"))
    return Days(week=dict.fromkeys(tuple(Weekday)[:5], shifts))


class Policy(Part):
    """The default stands here: red 2 h, yellow 24 h, blue 72 h, round the clock, by the place alone."""

    name: Annotated[str, Field(max_length=100)] = ""
    calendar: Days = Field(default_factory=_working_week)
    clocks: dict[Severity, Clock] = Field(default_factory=_by_default)
    category_clocks: Annotated[tuple[CategoryClock, ...], Field(max_length=1000)] = ()
    default_severity: Severity = Severity.YELLOW
    severities: dict[Code, Severity] = {}
    """Of a category, where no rule says another."""
    remind_before: Span = timedelta(hours=1)
    """So long before a deadline the worker is reminded; not more than half of what there is."""
    escalate_after: Span = timedelta(hours=2)
    """So long after a missed deadline it goes one level up, and again after each such while."""
    no_answer_days: Annotated[int, Field(ge=1, le=90)] = 7
    """A resolved request that nobody answers is closed after so many days."""
    stall_days: Annotated[int, Field(ge=1, le=90)] = 3
    """A request in which nothing happens for so many days is sent again."""
    weights: Weights = Weights()
    rules: Annotated[tuple[Rule, ...], Field(max_length=_MANY)] = ()

    @field_validator("clocks")
    @classmethod
    def _one_for_each_severity(cls, clocks: dict[Severity, Clock]) -> dict[Severity, Clock]:
        if missing := [severity.value for severity in Severity if severity not in clocks]:
            raise PydanticCustomError(
                "clock_missing", "there is no clock for {severity}", {"severity": missing[0]}
            )
        return clocks

    @field_validator("rules")
    @classmethod
    def _named_apart(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        if again := [name for name, times in Counter(rule.name for rule in rules).items() if times > 1]:
            raise PydanticCustomError("rule_named_twice", "two rules are called {name}", {"name": again[0]})
        return rules

    @field_validator("category_clocks")
    @classmethod
    def _said_once(cls, clocks: tuple[CategoryClock, ...]) -> tuple[CategoryClock, ...]:
        said = Counter((clock.category, clock.severity) for clock in clocks)
        if again := [category for (category, _), times in said.items() if times > 1]:
            raise PydanticCustomError(
                "category_clock_twice", "{category} has two clocks of one severity", {"category": again[0]}
            )
        return clocks

    @model_validator(mode="after")
    def _can_be_kept(self) -> Self:
        """A category's clock makes sense with what it takes from the severity's; the calendar reaches each deadline."""
        for place, special in enumerate(self.category_clocks):
            for severity in Severity if special.severity is None else (special.severity,):
                try:
                    self._within_reach(self.clock_of(special.category, severity))
                except (ValidationError, PydanticCustomError):
                    raise PydanticCustomError(
                        "category_clock_impossible",
                        "category_clocks.{place}: with the clock of {severity}, it cannot be kept",
                        {"place": place, "severity": severity.value},
                    ) from None
        for clock in self.clocks.values():
            self._within_reach(clock)
        return self

    def _within_reach(self, clock: Clock) -> None:
        weeks = clock.resolve / timedelta(seconds=self.calendar.seconds_a_week)
        if not clock.round_the_clock and weeks * timedelta(weeks=1) > _REACH:
            raise PydanticCustomError(
                "deadline_out_of_reach", "with so few working hours the deadline is more than a year away"
            )

    def clock_of(self, category: str | None, severity: Severity) -> Clock:
        """Return the clock that runs: the severity's, changed by what the category has of its own, the more precise
        word last. What it does not say is never later than what it says.
        """
        said: dict[str, Any] = {}
        for wanted in (None, severity):
            for special in self.category_clocks:
                if special.category == category and special.severity == wanted:
                    said |= {
                        name: value
                        for name in Clock.model_fields
                        if (value := getattr(special, name)) is not None
                    }
        clock = self.clocks[severity]
        if not said:
            return clock
        within: timedelta = said.get("resolve", clock.resolve)
        kept = {"accept": min(clock.accept, within), "contact": clock.contact and min(clock.contact, within)}
        return Clock.model_validate(dict(clock) | kept | said)


DEFAULT = Policy()


def mistakes(error: ValidationError) -> list[dict[str, Any]]:
    """Tell what cannot be, by field: `calendar.week.mon.1.start`, a slug, a sentence, and what the slug is about."""
    return [
        {
            "field": ".".join(str(step) for step in one["loc"]),
            "problem": one["type"],
            "detail": one["msg"],
            "context": {key: str(value) for key, value in one.get("ctx", {}).items() if key != "error"},
        }
        for one in error.errors(include_url=False, include_input=False)
    ]

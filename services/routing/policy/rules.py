"""Rules of assignment: what a request must be like, and what follows. In order; each can say why it did not match."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from services.routing.policy.calendar import Calendar
from services.routing.policy.days import Part, Shift, Weekday
from services.routing.policy.spans import second_of_day
from shared.words import Channel, Code, Kind, Severity

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,47}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=50, strip_whitespace=True)]


class ToGrid(Part):
    """The worker of a grid, whoever stands there."""

    to: Literal["grid"]
    grid: Code


class ToHead(Part):
    """The head of a community or of the street."""

    to: Literal["head"]
    area: Code


class ToPost(Part):
    """Whoever stands on a post by name. Volunteers are several, so none can be sent to by the duty alone."""

    to: Literal["post"]
    area: Code
    duty: Literal["worker", "deputy", "head"]


Target = Annotated[ToGrid | ToHead | ToPost, Field(discriminator="to")]


@dataclass(frozen=True, slots=True)
class Matter:
    """What rules may ask about one request. ``text`` is what was said, opened; it goes nowhere from here."""

    category: str | None
    kind: Kind
    channel: Channel
    at: datetime
    text: str = ""


class Rule(Part):
    """All conditions that it names must hold; an empty one holds always."""

    name: Slug
    title: Annotated[str, Field(max_length=100)] = ""
    categories: tuple[Code, ...] = ()
    kinds: tuple[Kind, ...] = ()
    channels: tuple[Channel, ...] = ()
    words: Annotated[tuple[Word, ...], Field(max_length=100)] = ()
    """One of them stands in the text; Latin letters in either case."""
    not_words: Annotated[tuple[Word, ...], Field(max_length=100)] = ()
    hours: Literal["any", "working", "off"] = "any"
    """By the policy's calendar."""
    weekdays: tuple[Weekday, ...] = ()
    time_of_day: Shift | None = None
    send: Target | None = None
    over_place: bool = False
    """Sends it there even where a grid covers the place; else only what no grid covers."""
    severity: Severity | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.send is None and self.severity is None:
            raise PydanticCustomError("rule_does_nothing", "a rule sends somewhere or sets a severity")
        if self.over_place and self.send is None:
            raise PydanticCustomError("over_place_of_nothing", "over_place needs somewhere to send to")
        return self

    @field_validator("words", "not_words")
    @classmethod
    def _folded(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word.casefold() for word in words)

    def misses(self, matter: Matter, folded: str, calendar: Calendar) -> tuple[str, ...]:
        """Return the names of the conditions that do not hold; none: the rule matches. ``folded``: the text's."""
        missed: list[str] = []
        if self.categories and matter.category not in self.categories:
            missed.append("categories")
        if self.kinds and matter.kind not in self.kinds:
            missed.append("kinds")
        if self.channels and matter.channel not in self.channels:
            missed.append("channels")
        if self.words and not any(word in folded for word in self.words):
            missed.append("words")
        if self.not_words and any(word in folded for word in self.not_words):
            missed.append("not_words")
        return (*missed, *self._misses_of_time(matter.at, calendar))

    def _misses_of_time(self, moment: datetime, calendar: Calendar) -> list[str]:
        missed: list[str] = []
        if self.hours != "any" and calendar.working_at(moment) != (self.hours == "working"):
            missed.append("hours")
        if self.weekdays or self.time_of_day is not None:
            local = calendar.local(moment)
            if self.weekdays and tuple(Weekday)[local.weekday()] not in self.weekdays:
                missed.append("weekdays")
            second = local.hour * 3600 + local.minute * 60 + local.second
            if self.time_of_day is not None and not _within(self.time_of_day, second):
                missed.append("time_of_day")
        return missed


def _within(shift: Shift, second: int) -> bool:
    return second_of_day(shift.start) <= second < second_of_day(shift.end)


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule's answer about one request."""

    rule: Rule
    missed: tuple[str, ...]

    @property
    def matched(self) -> bool:
        return not self.missed

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule.name,
            "title": self.rule.title,
            "matched": self.matched,
            "missed": list(self.missed),
        }


def judge(rules: tuple[Rule, ...], matter: Matter, calendar: Calendar) -> list[Judged]:
    """Ask every rule, in order."""
    folded = matter.text.casefold()
    return [Judged(rule, rule.misses(matter, folded, calendar)) for rule in rules]

"""Which hours are worked, as a policy says it: shifts of the week, holidays, make-up days (调休), single days."""

from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, field_validator, model_validator
from pydantic_core import PydanticCustomError

from services.routing.policy.spans import TimeOfDay, second_of_day


class Part(BaseModel):
    """A piece of a policy. A word that we don't know is a mistake of whoever wrote it, and is said so."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEK = tuple(Weekday)


class Shift(Part):
    start: TimeOfDay
    end: TimeOfDay

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if second_of_day(self.start) >= second_of_day(self.end):
            raise PydanticCustomError(
                "shift_backwards", "a shift ends after it starts; one over midnight is written as two"
            )
        return self

    @property
    def seconds(self) -> tuple[int, int]:
        return second_of_day(self.start), second_of_day(self.end)


Shifts = tuple[Shift, ...]


def _apart(shifts: Shifts) -> Shifts:
    """Raises where two shifts of one day overlap: an hour cannot be worked twice."""
    ordered = sorted(shifts, key=lambda shift: shift.seconds)
    for one, next_one in pairwise(ordered):
        if next_one.seconds[0] < one.seconds[1]:
            raise PydanticCustomError(
                "shifts_overlap",
                "{one} and {other} overlap",
                {"one": f"{one.start}–{one.end}", "other": f"{next_one.start}–{next_one.end}"},
            )
    return tuple(ordered)


class Days(Part):
    """The working calendar. What a single day says goes before holidays, make-up days and the week."""

    time_zone: str = "Asia/Shanghai"
    week: dict[Weekday, Shifts]
    statutory: bool = True
    """Fill in the statutory holidays and make-up days of China for the years that are known."""
    holidays: tuple[date, ...] = ()
    make_up_days: tuple[date, ...] = ()
    make_up_like: Weekday = Weekday.MON
    """Whose shifts a make-up day has."""
    single_days: dict[date, Shifts] = {}
    """A day with hours of its own; none: closed."""

    @field_validator("time_zone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            raise PydanticCustomError("time_zone_unknown", "there is no time zone of this name") from None
        return name

    @field_validator("week")
    @classmethod
    def _has_a_working_hour(cls, week: dict[Weekday, Shifts]) -> dict[Weekday, Shifts]:
        if not any(week.values()):
            raise PydanticCustomError("no_working_hour", "a calendar needs a working hour in the week")
        return {day: _apart(week[day]) for day in WEEK if day in week}

    @field_validator("single_days")
    @classmethod
    def _single_days_apart(cls, days: dict[date, Shifts]) -> dict[date, Shifts]:
        return {day: _apart(shifts) for day, shifts in days.items()}

    @model_validator(mode="after")
    def _says_one_thing_of_a_day(self) -> Self:
        if both := sorted(set(self.holidays) & set(self.make_up_days)):
            raise PydanticCustomError(
                "holiday_and_make_up_day", "{day} cannot be both", {"day": both[0].isoformat()}
            )
        if self.make_up_days and not self.week.get(self.make_up_like):
            raise PydanticCustomError(
                "make_up_day_without_hours",
                "make-up days are like {day}, which has no hours",
                {"day": self.make_up_like},
            )
        return self

    @property
    def seconds_a_week(self) -> int:
        return sum(end - start for shifts in self.week.values() for start, end in (s.seconds for s in shifts))

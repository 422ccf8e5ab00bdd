"""What the rules of a call-up ask about: shifts, who was asked, who stands where, and what is waited for."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.events.call_up import (
    CallUpAnswered,
    CallUpCheckedIn,
    CallUpEscalated,
    CallUpIssued,
    CallUpRanShort,
    CallUpRelieved,
    CallUpReminded,
    CallUpStoodDown,
    CallUpWidened,
    Crew,
    Shift,
    Short,
)
from shared.events.event import Event

REMIND_BEFORE = timedelta(hours=1)
_STEPS = 3
"""A community's grid, the community, the street: each is given its part of the time to answer."""
_SHORTEST_STEP = timedelta(seconds=1)

Standing = Literal["confirmed", "reserve", "declined", "dropped", "here", "relieved"]
PLACED: frozenset[Standing] = frozenset({"confirmed", "here", "relieved"})
"""Whoever is relieved has filled the place, too."""


class Answer(BaseModel):
    """What one person's answer for one shift has come to."""

    model_config = ConfigDict(frozen=True)

    worker: str
    shift: str
    stands: Standing


class State(BaseModel):
    """``answers`` stand in the order in which they came: the first reserve moves up first."""

    model_config = ConfigDict(frozen=True)

    reason: str | None = None
    area: str | None = None
    lead: str | None = None
    shifts: tuple[Shift, ...] = ()
    asked: dict[str, tuple[str, ...]] = {}
    answers: tuple[Answer, ...] = ()
    issued_at: datetime | None = None
    answer_by: datetime | None = None
    asked_at: datetime | None = None
    level: int = 0
    furthest: bool = False
    told: dict[str, int] = {}
    """How many places were missing when somebody was told; what was filled since is taken off."""
    told_in_the_end: bool = False
    raised: bool = True
    """False: a shortage that nobody above has heard of."""
    reminded: tuple[str, ...] = ()
    ended: Literal["over", "called_off"] | None = None
    check_at: datetime | None = None

    def shift(self, code: str) -> Shift | None:
        return next((each for each in self.shifts if each.code == code), None)

    def answer(self, worker: str, shift: str) -> Answer | None:
        return next((each for each in self.answers if (each.worker, each.shift) == (worker, shift)), None)

    def standing(self, shift: str, *stands: Standing) -> list[str]:
        return [each.worker for each in self.answers if each.shift == shift and each.stands in stands]

    def missing(self, shift: Shift) -> int:
        return max(0, shift.needed - len(self.standing(shift.code, *PLACED)))

    def short(self, at: datetime) -> tuple[Short, ...]:
        """What is missing in shifts that are not over."""
        open_ = ((each.code, self.missing(each)) for each in self.shifts if each.ends > at)
        return tuple(Short(shift=code, by=by) for code, by in open_ if by)

    @property
    def last_end(self) -> datetime | None:
        return max((each.ends for each in self.shifts), default=None)

    @property
    def next_step(self) -> datetime | None:
        """When the next area up is asked, if too few say yes until then."""
        if self.furthest or self.asked_at is None or self.answer_by is None or self.issued_at is None:
            return None
        return self.asked_at + max((self.answer_by - self.issued_at) / _STEPS, _SHORTEST_STEP)

    def to_remind(self, at: datetime) -> Iterable[Shift]:
        """Shifts that were called up long enough before and have not begun, that somebody stands in, and that nobody was
        reminded of.
        """
        for each in self.shifts:
            early = self.issued_at is not None and self.issued_at < each.starts - REMIND_BEFORE
            if (
                early
                and each.starts > at
                and each.code not in self.reminded
                and self.standing(each.code, "confirmed")
            ):
                yield each


def overlap(one: Shift, other: Shift) -> bool:
    return one.starts < other.ends and other.starts < one.ends


def evolve(state: State, event: Event) -> State:
    after = _moved(state, event)
    return after.model_copy(update={"check_at": _check_at(after, event.at)})


def _check_at(state: State, at: datetime) -> datetime | None:
    if state.ended is not None or state.last_end is None:
        return None
    moments = [state.last_end, *(each.starts - REMIND_BEFORE for each in state.to_remind(at))]
    if state.short(at):
        in_the_end = None if state.told_in_the_end else state.answer_by
        moments += [moment for moment in (state.next_step, in_the_end) if moment is not None]
    return min(moments)


def _moved(state: State, event: Event) -> State:
    match event:
        case CallUpIssued():
            return State(
                reason=event.reason,
                area=event.area,
                lead=event.lead,
                shifts=event.shifts,
                asked=_asked({}, event.asked),
                issued_at=event.at,
                asked_at=event.at,
                answer_by=event.answer_by,
                furthest=event.furthest,
            )
        case CallUpWidened():
            update = {"asked": _asked(state.asked, event.asked), "level": event.level, "asked_at": event.at}
            return state.model_copy(update=update | {"furthest": event.furthest})
        case CallUpAnswered():
            return _answered(state, event)
        case CallUpCheckedIn():
            after = _with(state, event.worker, event.shift, "here")
            if event.relieves is None or event.relieved_of is None:
                return after
            return _with(after, event.relieves, event.relieved_of, "relieved")
        case CallUpRelieved():
            return _with(state, event.worker, event.shift, "relieved")
        case CallUpReminded():
            told = tuple(each.shift for each in event.crews)
            return state.model_copy(update={"reminded": (*state.reminded, *told)})
        case CallUpRanShort():
            in_the_end = state.answer_by is not None and event.at >= state.answer_by
            told = {each.shift: each.by for each in event.short}
            update = {"told": told, "asked_at": event.at, "raised": False}
            return state.model_copy(update=update | {"told_in_the_end": state.told_in_the_end or in_the_end})
        case CallUpEscalated():
            return state.model_copy(update={"raised": True})
        case CallUpStoodDown():
            return state.model_copy(update={"ended": event.why})
        case _:
            return state


def _asked(before: dict[str, tuple[str, ...]], more: Iterable[Crew]) -> dict[str, tuple[str, ...]]:
    after = dict(before)
    for each in more:
        after[each.shift] = tuple(dict.fromkeys((*after.get(each.shift, ()), *each.people)))
    return after


def _answered(state: State, event: CallUpAnswered) -> State:
    others = tuple(each for each in state.answers if (each.worker, each.shift) != (event.worker, event.shift))
    said = Answer(worker=event.worker, shift=event.shift, stands=event.stands)
    after = state.model_copy(update={"answers": (*others, said)})
    if event.stands == "confirmed":
        after = _nowhere_else(after, event.worker, event.shift)
    if event.moved_up is not None:
        after = _with(after, event.moved_up, event.shift, "confirmed")
        after = _nowhere_else(after, event.moved_up, event.shift)
    left = {
        code: min(by, after.missing(each)) for code, by in after.told.items() if (each := after.shift(code))
    }
    return after.model_copy(update={"told": left})


def _nowhere_else(state: State, worker: str, shift: str) -> State:
    """Whoever has a place is no reserve for the same hours any more."""
    taken = state.shift(shift)
    if taken is None:
        return state
    hours = {each.code for each in state.shifts if each.code != shift and overlap(each, taken)}
    kept = tuple(
        each
        for each in state.answers
        if not (each.worker == worker and each.stands == "reserve" and each.shift in hours)
    )
    return state.model_copy(update={"answers": kept})


def _with(state: State, worker: str, shift: str, stands: Standing) -> State:
    changed = tuple(
        each.model_copy(update={"stands": stands}) if (each.worker, each.shift) == (worker, shift) else each
        for each in state.answers
    )
    return state.model_copy(update={"answers": changed})

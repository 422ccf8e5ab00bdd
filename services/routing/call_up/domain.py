"""The rules of a call-up (应急召集): issued, widened while too few come, told to the head, ended. What each person says of a
shift stands in answering.py. Checking in is nobody's duty, and nothing is counted by it.
"""

from datetime import datetime, timedelta
from typing import assert_never

from services.routing.call_up import answering
from services.routing.call_up.state import REMIND_BEFORE, State, evolve
from shared.commands.call_up import (
    AnswerCallUp,
    CheckCallUp,
    CheckInToCallUp,
    EscalateCallUp,
    IssueCallUp,
    RelieveFromCallUp,
    StandDownCallUp,
    WidenCallUp,
)
from shared.decider import Decider
from shared.events.call_up import (
    CallUpEscalated,
    CallUpIssued,
    CallUpRanShort,
    CallUpReminded,
    CallUpStoodDown,
    CallUpWidened,
    Crew,
    Shift,
)
from shared.events.event import Event
from shared.refusal import Refused

Command = IssueCallUp | WidenCallUp | answering.Command | CheckCallUp | EscalateCallUp | StandDownCallUp
ANSWER_WITHIN = timedelta(hours=1)
LONGEST_SHIFT = timedelta(hours=24)


def decide(command: Command, state: State) -> Event | None:
    match command:
        case AnswerCallUp() | CheckInToCallUp() | RelieveFromCallUp():
            return answering.decide(command, state)
        case CheckCallUp():
            return None if state.ended or not state.shifts else _check(command, state)
        case EscalateCallUp():
            short = state.short(command.at)
            if state.raised or state.ended or not short:
                return None
            return CallUpEscalated(short=short, to=command.to, at=command.at)
        case IssueCallUp() | WidenCallUp() | StandDownCallUp():
            if command.actor.startswith("worker:"):
                raise Refused("not_for_workers")
            return _of_the_office(command, state)
        case _:
            assert_never(command)


def _of_the_office(command: IssueCallUp | WidenCallUp | StandDownCallUp, state: State) -> Event | None:
    if isinstance(command, IssueCallUp):
        return _issue(command, state)
    if not state.shifts:
        raise Refused("no_call_up")
    match command:
        case WidenCallUp():
            if command.level <= state.level:
                return None
            answering.refuse_when_over(state)
            return CallUpWidened(
                level=command.level, asked=command.asked, furthest=command.furthest, at=command.at
            )
        case StandDownCallUp():
            return None if state.ended else _stood_down(state, "called_off", command.at)


def _issue(command: IssueCallUp, state: State) -> Event | None:
    if state.shifts:
        if (state.reason, state.shifts) == (command.reason, command.shifts):
            return None
        raise Refused("already_issued")
    if not command.shifts:
        raise Refused("no_shifts")
    for shift in command.shifts:
        _refuse_impossible(shift, command.at)
    codes = [shift.code for shift in command.shifts]
    if len(set(codes)) < len(codes):
        raise Refused("shift_named_twice", shift=next(code for code in codes if codes.count(code) > 1))
    first = min(shift.starts for shift in command.shifts)
    within = command.at + ANSWER_WITHIN
    answer_by = command.answer_by or (min(first, within) if first > command.at else within)
    if answer_by <= command.at:
        raise Refused("answer_by_is_over")
    return CallUpIssued(
        reason=command.reason,
        area=command.area,
        caller=command.actor,
        lead=command.lead,
        shifts=command.shifts,
        asked=command.asked,
        answer_by=answer_by,
        furthest=command.furthest,
        note=command.note,
        at=command.at,
    )


def _refuse_impossible(shift: Shift, at: datetime) -> None:
    if shift.ends <= shift.starts:
        raise Refused("shift_ends_before_it_starts", shift=shift.code)
    if shift.ends - shift.starts > LONGEST_SHIFT:
        raise Refused("shift_too_long", shift=shift.code, hours=24)
    if shift.ends <= at:
        raise Refused("shift_over", shift=shift.code)


def _check(command: CheckCallUp, state: State) -> Event | None:
    match command.about:
        case "end":
            over = state.last_end is not None and state.last_end <= command.at
            return _stood_down(state, "over", command.at) if over else None
        case "reminder":
            at = command.at
            soon = [each for each in state.to_remind(at) if each.starts - REMIND_BEFORE <= at]
            crews = tuple(
                Crew(shift=each.code, people=tuple(state.standing(each.code, "confirmed"))) for each in soon
            )
            return CallUpReminded(crews=crews, at=command.at) if crews else None
        case "short":
            return _short(state, command.at)
        case _:
            assert_never(command.about)


def _short(state: State, at: datetime) -> Event | None:
    """The next area up is due, or the time to answer is over, or a place came free after that."""
    short = state.short(at)
    step = state.next_step is not None and state.next_step <= at
    late = state.answer_by is not None and state.answer_by <= at
    worse = any(each.by > state.told.get(each.shift, 0) for each in short)
    if not short or not (step or (late and (worse or not state.told_in_the_end))):
        return None
    return CallUpRanShort(short=short, level=state.level, at=at)


def _stood_down(state: State, why: str, at: datetime) -> Event:
    people = [each.worker for each in state.answers if each.stands in ("confirmed", "reserve", "here")]
    return CallUpStoodDown.model_validate({"why": why, "people": tuple(dict.fromkeys(people)), "at": at})


CALL_UP: Decider[State] = Decider(
    "routing", "call_up", State(), evolve, decide, indexes=[["body.check_at"], ["body.ended"]]
)

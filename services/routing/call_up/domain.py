"""The rules of a call-up (应急召集): never more than are needed, nobody in two places at once, a freed place to the first
reserve. Checking in is nobody's duty, and nothing is counted by it.
"""

from datetime import datetime, timedelta
from typing import assert_never

from services.routing.call_up.state import REMIND_BEFORE, Answer, State, evolve, overlap
from shared.commands.call_up import (
    AnswerCallUp,
    CheckCallUp,
    CheckInToCallUp,
    Engagement,
    EscalateCallUp,
    IssueCallUp,
    RelieveFromCallUp,
    StandDownCallUp,
    WidenCallUp,
)
from shared.decider import Decider
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
)
from shared.events.event import Event
from shared.refusal import Refused

OfOne = AnswerCallUp | CheckInToCallUp | RelieveFromCallUp
Command = IssueCallUp | WidenCallUp | OfOne | CheckCallUp | EscalateCallUp | StandDownCallUp
ANSWER_WITHIN = timedelta(hours=1)
LONGEST_SHIFT = timedelta(hours=24)
EARLY = timedelta(hours=1)
"""Whoever comes before that checks in when it is nearly time."""


def decide(command: Command, state: State) -> Event | None:
    match command:
        case AnswerCallUp() | CheckInToCallUp() | RelieveFromCallUp():
            return _of_one(command, state)
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
            _refuse_when_over(state)
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


def _of_one(command: OfOne, state: State) -> Event | None:
    """What one person says of one shift: that person alone, the lead, or whoever sits at the desk."""
    role, _, name = command.actor.partition(":")
    may_for_others = isinstance(command, RelieveFromCallUp) and name == state.lead
    if role == "worker" and name != command.worker and not may_for_others:
        raise Refused("not_your_answer")
    if not state.shifts:
        raise Refused("no_call_up")
    shift = state.shift(command.shift)
    if shift is None:
        raise Refused("no_such_shift", shift=command.shift)
    stands = state.answer(command.worker, shift.code)
    match command:
        case AnswerCallUp():
            return _yes(command, shift, stands, state) if command.yes else _no(command, shift, stands, state)
        case CheckInToCallUp():
            return _check_in(command, shift, stands, state)
        case RelieveFromCallUp():
            if stands is not None and stands.stands == "relieved":
                return None
            _refuse_when_over(state)
            if stands is None or stands.stands not in ("here", "confirmed"):
                raise Refused("not_placed")
            if stands.stands == "confirmed" and command.at < shift.starts:
                raise Refused("shift_not_begun")
            return CallUpRelieved(worker=command.worker, shift=shift.code, at=command.at)


def _yes(command: AnswerCallUp, shift: Shift, before: Answer | None, state: State) -> Event | None:
    if before is not None and before.stands not in ("declined", "dropped"):
        return None
    _refuse_late(command.at, shift, state)
    if command.actor.startswith("worker:") and command.worker not in state.asked.get(shift.code, ()):
        raise Refused("not_asked")
    if (taken := _taken(command.worker, shift, state)) is not None:
        raise Refused("placed_elsewhere", shift=taken)
    if _engaged(command.worker, shift, command.engaged):
        raise Refused("placed_elsewhere")
    return CallUpAnswered(
        worker=command.worker,
        shift=shift.code,
        stands="confirmed" if state.missing(shift) else "reserve",
        at=command.at,
    )


def _no(command: AnswerCallUp, shift: Shift, before: Answer | None, state: State) -> Event | None:
    if before is not None and before.stands in ("declined", "dropped"):
        return None
    _refuse_late(command.at, shift, state)
    if before is None and command.worker not in state.asked.get(shift.code, ()):
        raise Refused("not_asked")
    if before is not None and before.stands in ("here", "relieved"):
        raise Refused("already_here")
    gone = before is not None and before.stands == "confirmed"
    waiting = state.standing(shift.code, "reserve") if gone else []
    free = (one for one in waiting if not _engaged(one, shift, command.engaged))
    return CallUpAnswered(
        worker=command.worker,
        shift=shift.code,
        stands="dropped" if gone else "declined",
        moved_up=next(free, None),
        at=command.at,
    )


def _check_in(command: CheckInToCallUp, shift: Shift, stands: Answer | None, state: State) -> Event | None:
    if stands is not None and stands.stands in ("here", "relieved"):
        return None
    _refuse_late(command.at, shift, state)
    if stands is None or stands.stands != "confirmed":
        raise Refused("not_placed")
    if command.at < shift.starts - EARLY:
        raise Refused("shift_not_begun")
    relieved = _relieved_by(command.worker, shift, state)
    return CallUpCheckedIn(
        worker=command.worker,
        shift=shift.code,
        relieves=relieved.worker if relieved else None,
        relieved_of=relieved.shift if relieved else None,
        at=command.at,
    )


def _relieved_by(worker: str, shift: Shift, state: State) -> Answer | None:
    """The own earlier shift, else the first of an earlier shift of the same kind in the same area: one for one."""
    earlier = {
        each.code: (each.area, each.duty, each.skill)
        for each in state.shifts
        if each.starts < shift.starts and each.ends < shift.ends
    }
    here = [each for each in state.answers if each.stands == "here" and each.shift in earlier]
    alike = (shift.area, shift.duty, shift.skill)
    own = (each for each in here if each.worker == worker)
    others = (each for each in here if earlier[each.shift] == alike)
    return next(own, None) or next(others, None)


def _check(command: CheckCallUp, state: State) -> Event | None:
    match command.about:
        case "end":
            over = state.last_end is not None and state.last_end <= command.at
            return _stood_down(state, "over", command.at) if over else None
        case "reminder":
            soon = [
                each for each in state.to_remind() if each.starts - REMIND_BEFORE <= command.at < each.starts
            ]
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


def _taken(worker: str, shift: Shift, state: State) -> str | None:
    """Another shift at the same hours in which this person has a place."""
    for each in state.shifts:
        answer = state.answer(worker, each.code)
        placed = answer is not None and answer.stands in ("confirmed", "here")
        if placed and each.code != shift.code and overlap(each, shift):
            return each.code
    return None


def _engaged(worker: str, shift: Shift, engaged: tuple[Engagement, ...]) -> bool:
    return any(
        each.worker == worker and each.starts < shift.ends and shift.starts < each.ends for each in engaged
    )


def _refuse_late(at: datetime, shift: Shift, state: State) -> None:
    _refuse_when_over(state)
    if shift.ends <= at:
        raise Refused("shift_over", shift=shift.code)


def _refuse_when_over(state: State) -> None:
    if state.ended is not None:
        raise Refused("call_up_over", ended=state.ended)


CALL_UP: Decider[State] = Decider(
    "routing", "call_up", State(), evolve, decide, indexes=[["body.check_at"], ["body.ended"]]
)

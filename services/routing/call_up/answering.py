"""What one person says of one shift of a call-up (应急召集): coming or not, there, relieved. Never more than are needed,
nobody in two places at once, a freed place to the first reserve.
"""

from datetime import datetime, timedelta

from services.routing.call_up.state import Answer, State, overlap
from shared.commands.call_up import AnswerCallUp, CheckInToCallUp, Engagement, RelieveFromCallUp
from shared.events.call_up import CallUpAnswered, CallUpCheckedIn, CallUpRelieved, Shift
from shared.events.event import Event
from shared.refusal import Refused

Command = AnswerCallUp | CheckInToCallUp | RelieveFromCallUp
EARLY = timedelta(hours=1)
"""Whoever comes before that checks in when it is nearly time."""


def decide(command: Command, state: State) -> Event | None:
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
            refuse_when_over(state)
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
    refuse_when_over(state)
    if shift.ends <= at:
        raise Refused("shift_over", shift=shift.code)


def refuse_when_over(state: State) -> None:
    if state.ended is not None:
        raise Refused("call_up_over", ended=state.ended)

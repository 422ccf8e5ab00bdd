"""The clocks stand while somebody is waited for, and run again when there is something to go on."""

from typing import Any

from services.routing.request.clocks import later, seconds_left
from services.routing.request.state import OURS, State
from services.routing.request.working import hand, refuse_if_done
from shared.commands.request import (
    AnswerQuestion,
    AskResident,
    PauseClock,
    ResumeClock,
    Starting,
    Stopping,
)
from shared.events.event import Event
from shared.events.request import ClockPaused, ClockResumed, ResidentAnswered, ResidentAsked
from shared.refusal import Refused

Command = PauseClock | ResumeClock | AskResident | AnswerQuestion


def stand_or_run(command: Command, state: State) -> Event | None:
    match command:
        case AnswerQuestion():
            return _answered(command, state)
        case AskResident() if state.asked == command.question.key:
            return None
        case PauseClock() if state.paused == command.reason:
            return None
        case ResumeClock() if state.paused is None and state.status in OURS:
            hand(command.actor, state, command.stands_in_for)
            return None
        case _:
            pass
    refuse_if_done(state)
    if state.status not in OURS:
        raise Refused("not_assigned")
    worker = hand(command.actor, state, command.stands_in_for)
    match command:
        case AskResident():
            stood = what_is_left(command, state)
            return ResidentAsked(worker=worker, question=command.question, at=command.at, **stood)
        case PauseClock():
            stood = what_is_left(command, state)
            return ClockPaused(reason=command.reason, note=command.note, at=command.at, **stood)
        case ResumeClock():
            return ClockResumed(at=command.at, **what_runs(command, state, still=state.matter is not None))


def _answered(command: AnswerQuestion, state: State) -> Event | None:
    """Nobody answers for the resident."""
    if command.actor != f"resident:{command.request}" and not command.actor.startswith("import:"):
        raise Refused("not_the_resident")
    if state.answered == command.answer.key:
        return None
    refuse_if_done(state)
    if state.asked is None:
        raise Refused("nothing_asked")
    runs = what_runs(command, state, still=state.matter is not None)
    return ResidentAnswered(answer=command.answer, at=command.at, **runs)


def what_is_left(command: Stopping, state: State) -> dict[str, Any]:
    """What the calendar counted, or else what is left around the clock; nothing where the clocks stand already."""
    if state.left is not None:
        return {}
    if command.counted_on is None:
        names = ("accept_left", "contact_left", "resolve_left")
        return {
            name: seconds_left(deadline, command.at)
            for name, deadline in zip(names, state.deadlines, strict=True)
        }
    if command.counted_on != state.deadlines:
        raise Refused("moved_meanwhile")
    return command.model_dump(include={"accept_left", "contact_left", "resolve_left"})


def what_runs(command: Starting, state: State, *, still: bool) -> dict[str, Any]:
    """What the calendar found, or else the same seconds from now on; nothing while something else lets them stand."""
    if still or state.left is None:
        return {}
    if command.counted_on is None:
        names = ("accept_by", "contact_by", "due_at")
        return {
            name: later(command.at, seconds) for name, seconds in zip(names, state.left.parts, strict=True)
        }
    if command.counted_on != state.left.parts:
        raise Refused("moved_meanwhile")
    return command.model_dump(include={"accept_by", "contact_by", "due_at", "remind_at"})

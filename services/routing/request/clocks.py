"""Which question is due when: reminders before, misses at, escalations after, and what nobody touches.

Every timer is only a question, and so is the sweep's. Whatever they ask, the state answers, once. How long each may take
is the policy's to say (services/routing/policy/clocks.py); here stand moments alone.
"""

from datetime import datetime, timedelta
from typing import Literal

from services.routing.request.state import OURS, WAITING, State
from shared.commands.request import CheckDeadline
from shared.events.event import Event
from shared.events.request import (
    DeadlineMissed,
    DeadlineReminded,
    RequestClosed,
    RequestEscalated,
    StallNoticed,
)
from shared.words import ENDED, Status


def seconds_left(deadline: datetime | None, now: datetime) -> int | None:
    """What is left around the clock; a deadline that has passed leaves nothing."""
    return None if deadline is None else max(0, round((deadline - now).total_seconds()))


def later(now: datetime, seconds: int | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=seconds)


def next_question(state: State) -> datetime | None:
    """When to ask next; None: nothing is waited for."""
    if state.status is Status.RESOLVED:
        return state.answer_by
    if state.matter is not None:
        return None
    if state.status is None or state.status in ENDED:
        return None
    waits: list[datetime | None] = []
    if state.status in OURS:
        waits += [state.remind_at, state.escalate_at, state.due_at, state.contact_by]
        waits += [state.accept_by] if state.status is Status.ASSIGNED else []
    return min((moment for moment in waits if moment is not None), default=None)


def answer_question(command: CheckDeadline, state: State) -> Event | None:
    """What weighs most first; whoever asks, asks again until nothing is due."""
    asked_at = command.at

    def due(moment: datetime | None) -> bool:
        return moment is not None and moment <= asked_at

    if state.checked_at is not None and asked_at <= state.checked_at:
        return None
    if not due(next_question(state)):
        return _stalled(command, state)
    if state.status is Status.RESOLVED:
        return RequestClosed(reason="no_answer", at=asked_at)
    if state.status in OURS:
        accept_by = state.accept_by if state.status is Status.ASSIGNED else None
        missable = (("resolve", state.due_at), ("contact", state.contact_by), ("accept", accept_by))
        for deadline, moment in missable:
            if moment is not None and moment <= asked_at:
                said = {"deadline": deadline, "due_at": moment, "imported": state.imported, "at": asked_at}
                # Nobody is messaged about what was imported.
                further = {} if state.imported else {"escalate_at": command.escalate_at}
                return DeadlineMissed.model_validate(said | further)
        if due(state.escalate_at) and state.missed is not None:
            return RequestEscalated(
                deadline=state.missed,
                level=next_level(state),
                area=command.area if command.level == next_level(state) else None,
                head=command.head if command.level == next_level(state) else None,
                escalate_at=command.escalate_at if next_level(state) == "community" else None,
                at=asked_at,
            )
        if due(state.remind_at) and state.due_at is not None:
            return DeadlineReminded(due_at=state.due_at, at=asked_at)
    return _stalled(command, state)


def next_level(state: State) -> Literal["community", "street"]:
    """Whose head hears next of what was missed."""
    return "community" if state.escalated == "grid" and state.level == "grid" else "street"


def quiet_from(state: State, at: datetime) -> datetime | None:
    """Since when silence counts. What follows another request moves with it."""
    open_still = state.status in OURS or state.status in WAITING
    return at if open_still and state.matter is None and not state.imported else None


def _stalled(command: CheckDeadline, state: State) -> Event | None:
    if command.quiet_since is None or state.quiet_from is None or state.moved_at is None:
        return None
    if state.quiet_from > command.quiet_since:
        return None
    return StallNoticed(
        since=state.moved_at,
        times=state.stalls + 1,
        worker=state.worker,
        area=command.area,
        head=command.head,
        at=command.at,
    )

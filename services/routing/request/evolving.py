"""How each fact changes what the rules remember."""

from datetime import datetime

from services.routing.request import clocks
from services.routing.request.state import Answer, Left, State
from shared.events.event import Event, Sealed
from shared.events.request import (
    AccusedNamed,
    AssignmentFailed,
    ClockPaused,
    ClockResumed,
    Deadline,
    DeadlineMissed,
    DeadlineReminded,
    FeedbackRecorded,
    GridAssigned,
    GuidanceSent,
    ProgressNoted,
    RequestAccepted,
    RequestEscalated,
    RequestJoinedMatter,
    RequestLeftMatter,
    RequestReopened,
    RequestReportedUp,
    RequestResolved,
    RequestReturned,
    RequestTransferred,
    ResidentAnswered,
    ResidentAsked,
    ResidentContacted,
    Running,
    SeverityChanged,
    StallNoticed,
    Standing,
)
from shared.life import status_after

_OF_THE_SWEEP = (DeadlineReminded, DeadlineMissed, RequestEscalated, StallNoticed)
"""What clocks say is no sign of life."""


def evolve(state: State, event: Event) -> State:
    status = status_after(event) or state.status
    moved = _clocked(state, event)
    moved = _moved(moved, event).model_copy(update={"status": status})
    if isinstance(event, _OF_THE_SWEEP):
        moved = moved.model_copy(update={"checked_at": event.at})
    else:
        quiet = {"moved_at": event.at, "quiet_from": clocks.quiet_from(moved, event.at), "stalls": 0}
        moved = moved.model_copy(update=quiet)
    return moved.model_copy(update={"check_at": clocks.next_question(moved)})


def _moved(state: State, event: Event) -> State:
    match event:
        case AssignmentFailed():
            person = event.person or state.person
            told = {"imported": event.imported, "person": person, "vacant": event.grid}
            known = state.model_copy(update=told)
            return _hidden(known, event)
        case AccusedNamed():
            return _named(state, event)
        case GridAssigned():
            return _assigned(state, event)
        case RequestAccepted():
            return _kept(_without(state, "accept"), worker=event.worker)
        case ProgressNoted():
            return _kept(state, noted=mark(event.note, event.at))
        case ResidentContacted():
            return _kept(_without(state, "contact"), contacted=mark(event.note, event.at))
        case GuidanceSent():
            return _kept(state, guided=(*state.guided, event.guidance))
        case RequestTransferred():
            moved = _without(state, "accept")
            return with_deadlines(
                _kept(moved, grid=event.grid, worker=event.worker, level="grid", heads=()),
                event.at,
                accept_by=event.accept_by,
            )
        case RequestReportedUp():
            moved = _kept(
                _without(state, "accept"),
                worker=event.worker,
                level=event.level,
                heads=(),
                reported=event.at.isoformat(),
            )
            return with_deadlines(moved, event.at, accept_by=event.accept_by)
        case RequestReturned():
            return _kept(_without(state, "accept"), worker=None)
        case SeverityChanged():
            return with_deadlines(_kept(state, severity=event.severity), event.at, **_times(event))
        case RequestResolved():
            return _resolved(state, event)
        case FeedbackRecorded():
            answer = Answer(solved=event.solved, satisfaction=event.satisfaction)
            return _kept(state, answer=answer, answer_by=None)
        case RequestReopened():
            running = {"due_at": event.due_at, "remind_at": event.remind_at}
            return with_deadlines(_kept(state, answer_by=None), event.at, **running)
        case _:
            return state


def _assigned(state: State, event: GridAssigned) -> State:
    fresh = State(
        grid=event.grid,
        community=event.community,
        worker=event.worker,
        person=event.person or state.person,
        severity=event.severity,
        imported=event.imported or state.imported,
        guided=state.guided,
        policy=event.policy,
        level=event.level,
        hidden_from=state.hidden_from,
        hidden_offices=state.hidden_offices,
        answer=state.answer,
        matter=state.matter,
        left=Left() if state.matter is not None else None,
    )
    return with_deadlines(_hidden(fresh, event), event.at, **_times(event))


def _hidden(state: State, event: GridAssigned | AssignmentFailed | AccusedNamed) -> State:
    """Whoever was accused once stays accused."""
    return _kept(
        state,
        hidden_from=tuple(dict.fromkeys((*state.hidden_from, *event.hidden_from))),
        hidden_offices=tuple(dict.fromkeys((*state.hidden_offices, *event.hidden_offices))),
    )


def _named(state: State, event: AccusedNamed) -> State:
    hidden = _hidden(state, event)
    if not event.taken:
        return hidden
    moved = _kept(_without(hidden, "accept"), worker=event.worker, level=event.level or state.level)
    if event.stands is None:
        return moved
    return with_deadlines(moved, event.at, accept_by=event.accept_by)


def _resolved(state: State, event: RequestResolved) -> State:
    ended = _kept(
        state, accept_by=None, contact_by=None, due_at=None, remind_at=None, missed=None, escalate_at=None
    )
    answer_by = None if state.imported else event.answer_by
    left = Left() if state.matter is not None else None
    told = {"answer": None, "answer_by": answer_by, "done_before": event.imported}
    return _kept(ended, **told, left=left, paused=None, asked=None, heads=())


def _clocked(state: State, event: Event) -> State:
    """What changes the clocks alone."""
    match event:
        case Standing():
            return _standing(state, event)
        case Running():
            return _running(state, event)
        case DeadlineReminded():
            return _kept(state, remind_at=None)
        case DeadlineMissed():
            gone = ("accept", "contact", "resolve") if event.deadline == "resolve" else (event.deadline,)
            missed = _kept(_without(state, *gone), missed=event.deadline, escalated="grid")
            return _kept(missed, escalate_at=event.escalate_at)
        case RequestEscalated():
            heads = (*state.heads, event.head) if event.head else state.heads
            return _kept(state, escalated=event.level, escalate_at=event.escalate_at, heads=heads)
        case StallNoticed():
            return _kept(state, stalls=event.times, quiet_from=event.at)
        case _:
            return state


def _standing(state: State, event: Standing) -> State:
    if state.left is None:
        left = Left(accept=event.accept_left, contact=event.contact_left, resolve=event.resolve_left)
        state = _kept(state, left=left, accept_by=None, contact_by=None, due_at=None, remind_at=None)
    match event:
        case ClockPaused():
            return _kept(state, paused=event.reason)
        case ResidentAsked():
            return _kept(state, paused="waiting_for_resident", asked=event.question.key)
        case RequestJoinedMatter():
            return _kept(state, matter=event.matter)
        case _:
            return state


def _running(state: State, event: Running) -> State:
    match event:
        case ClockResumed() | ResidentAnswered():
            answered = event.answer.key if isinstance(event, ResidentAnswered) else state.answered
            state = _kept(state, paused=None, asked=None, answered=answered)
        case RequestLeftMatter():
            state = _kept(state, matter=None)
        case _:
            pass
    if state.paused is not None or state.matter is not None:
        return state
    return with_deadlines(_kept(state, left=None), event.at, **_times(event))


def with_deadlines(state: State, at: datetime, **deadlines: datetime | None) -> State:
    """New deadlines; while the clocks stand, what they leave is kept for when they run."""
    if state.left is not None:
        names = {"accept_by": "accept", "contact_by": "contact", "due_at": "resolve"}
        left = {names[name]: clocks.seconds_left(deadlines[name], at) for name in names if name in deadlines}
        return _kept(state, left=state.left.model_copy(update=left))
    changed = _kept(state, **deadlines)
    if state.imported:
        changed = _kept(changed, remind_at=None)
    if "due_at" in deadlines and state.missed == "resolve":
        changed = _kept(changed, missed=None, escalate_at=None)
    return changed


def _without(state: State, *done: Deadline) -> State:
    """These are met, or past: nobody is reminded of them or hears about them any more."""
    names = {"accept": "accept_by", "contact": "contact_by", "resolve": "due_at"}
    gone: dict[str, object] = {names[name]: None for name in done}
    if state.left is not None:
        gone["left"] = state.left.model_copy(update=dict.fromkeys(done))
    if "resolve" in done:
        gone["remind_at"] = None
    if state.missed in done:
        gone |= {"missed": None, "escalate_at": None}
    return state.model_copy(update=gone)


def _times(event: GridAssigned | SeverityChanged | Running) -> dict[str, datetime | None]:
    return {name: getattr(event, name) for name in ("accept_by", "contact_by", "due_at", "remind_at")}


def _kept(state: State, **changed: object) -> State:
    return state.model_copy(update=changed)


def mark(note: Sealed | None, at: datetime) -> str:
    return note.key if note is not None else at.isoformat()

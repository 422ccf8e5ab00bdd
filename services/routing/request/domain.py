"""The rules of a request's life: who is responsible, until when, and what may come next."""

from datetime import datetime
from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.request import (
    AcceptRequest,
    AssignGrid,
    CheckDeadline,
    CloseRequest,
    DeclineRequest,
    FollowWithdrawal,
    HoldRequest,
    LeaveInTriage,
    NoteProgress,
    RecordFeedback,
    ReopenRequest,
    ResolveRequest,
    ReturnRequest,
    TransferRequest,
)
from shared.decider import Decider
from shared.events.event import Event, Sealed
from shared.events.request import (
    AssignmentFailed,
    DeadlineMissed,
    FeedbackRecorded,
    GridAssigned,
    ProgressNoted,
    RequestAccepted,
    RequestClosed,
    RequestDeclined,
    RequestHeld,
    RequestReopened,
    RequestResolved,
    RequestReturned,
    RequestTransferred,
)
from shared.life import status_after
from shared.refusal import Refused
from shared.words import ENDED, Status

Command = (
    AssignGrid
    | LeaveInTriage
    | AcceptRequest
    | NoteProgress
    | TransferRequest
    | ReturnRequest
    | HoldRequest
    | ResolveRequest
    | RecordFeedback
    | ReopenRequest
    | CloseRequest
    | DeclineRequest
    | FollowWithdrawal
    | CheckDeadline
)

_WAITING = frozenset({Status.TRIAGE, Status.RETURNED})
_OURS = frozenset({Status.ASSIGNED, Status.ACCEPTED, Status.IN_PROGRESS, Status.ON_HOLD, Status.REOPENED})
"""A worker is responsible, and the matter is not done."""


class Answer(BaseModel):
    """What the resident said of it, since it was last resolved."""

    model_config = ConfigDict(frozen=True)

    solved: bool
    satisfaction: int


class State(BaseModel):
    """What the rules ask about. ``status`` is None until routing has said its first word."""

    model_config = ConfigDict(frozen=True)

    status: Status | None = None
    grid: str | None = None
    worker: str | None = None
    accept_by: datetime | None = None
    due_at: datetime | None = None
    check_at: datetime | None = None
    """The next deadline that has not been missed yet: the sweep looks for it."""
    imported: bool = False
    noted: str | None = None
    answer: Answer | None = None


def evolve(state: State, event: Event) -> State:
    status = status_after(event) or state.status
    moved = _moved(state, event).model_copy(update={"status": status})
    return moved.model_copy(update={"check_at": _next_deadline(moved)})


def _moved(state: State, event: Event) -> State:
    match event:
        case GridAssigned():
            return State(
                grid=event.grid,
                worker=event.worker,
                accept_by=event.accept_by,
                due_at=event.due_at,
                imported=event.imported,
                answer=state.answer,
            )
        case RequestAccepted():
            return state.model_copy(update={"worker": event.worker, "accept_by": None})
        case ProgressNoted():
            return state.model_copy(update={"noted": _mark(event.note, event.at)})
        case RequestTransferred():
            return state.model_copy(update={"grid": event.grid, "worker": event.worker})
        case RequestReturned():
            return state.model_copy(update={"worker": None, "accept_by": None})
        case DeadlineMissed(deadline="accept"):
            return state.model_copy(update={"accept_by": None})
        case DeadlineMissed():
            return state.model_copy(update={"due_at": None, "accept_by": None})
        case RequestResolved():
            return state.model_copy(update={"accept_by": None, "due_at": None, "answer": None})
        case FeedbackRecorded():
            answer = Answer(solved=event.solved, satisfaction=event.satisfaction)
            return state.model_copy(update={"answer": answer})
        case RequestReopened():
            return state.model_copy(update={"due_at": event.due_at})
        case _:
            return state


def decide(command: Command, state: State) -> Event | None:
    match command:
        case AssignGrid():
            return _assign(command, state)
        case LeaveInTriage():
            if state.status is not None:
                return None
            return AssignmentFailed(
                reason=command.reason, plan=command.plan, imported=command.imported, at=command.at
            )
        case FollowWithdrawal():
            return _unless_ended(state, RequestClosed(reason="withdrawn", at=command.at))
        case CheckDeadline():
            return _missed(command, state)
        case RecordFeedback():
            return _hear(command, state)
        case (
            AcceptRequest()
            | NoteProgress()
            | TransferRequest()
            | ReturnRequest()
            | HoldRequest()
            | ResolveRequest()
        ):
            return _work(command, state)
        case ReopenRequest() | CloseRequest() | DeclineRequest():
            return _end_or_reopen(command, state)
        case _:
            assert_never(command)


def _assign(command: AssignGrid, state: State) -> Event | None:
    automatic = command.rule != "by_hand"
    if automatic and command.actor.startswith(("staff:", "worker:")):
        raise Refused("only_by_hand")
    if state.status is None or (state.status in _WAITING and not automatic):
        return GridAssigned(
            grid=command.grid,
            worker=command.worker,
            plan=command.plan,
            rule=command.rule,
            community=command.community,
            severity=command.severity,
            accept_by=command.accept_by,
            due_at=command.due_at,
            imported=command.imported,
            policy=command.policy,
            matched=command.matched,
            at=command.at,
        )
    if automatic or (state.grid, state.worker) == (command.grid, command.worker):
        return None
    _refuse_if_done(state)
    raise Refused("already_assigned", grid=state.grid)


def _work(
    command: AcceptRequest | NoteProgress | TransferRequest | ReturnRequest | HoldRequest | ResolveRequest,
    state: State,
) -> Event | None:
    """What only the worker responsible, or staff in the worker's place, may do."""
    if _is_done_already(command, state):
        return None
    _refuse_if_done(state)
    if state.status is None or state.status in _WAITING:
        raise Refused("not_assigned")
    if isinstance(command, AcceptRequest):
        return RequestAccepted(worker=_taker(command, state), at=command.at)
    worker = _hand(command.actor, state)
    match command:
        case TransferRequest():
            return RequestTransferred(
                grid=command.grid,
                worker=command.worker,
                from_worker=state.worker,
                reason=command.reason,
                at=command.at,
            )
        case ReturnRequest():
            return RequestReturned(worker=state.worker, reason=command.reason, at=command.at)
        case HoldRequest():
            return RequestHeld(reason=command.reason, at=command.at)
        case NoteProgress() | ResolveRequest():
            if state.status is Status.ASSIGNED:
                raise Refused("not_accepted")
            if isinstance(command, NoteProgress):
                return ProgressNoted(worker=worker, note=command.note, at=command.at)
            return RequestResolved(worker=worker, outcome=command.outcome, at=command.at)


def _is_done_already(
    command: AcceptRequest | NoteProgress | TransferRequest | ReturnRequest | HoldRequest | ResolveRequest,
    state: State,
) -> bool:
    """A worker who taps twice is not told off."""
    same_hand = not command.actor.startswith("worker:") or command.actor == f"worker:{state.worker}"
    match command:
        case AcceptRequest():
            return (
                same_hand
                and state.status in (Status.ACCEPTED, Status.IN_PROGRESS)
                and command.worker in (None, state.worker)
            )
        case NoteProgress():
            return state.noted == _mark(command.note, command.at)
        case TransferRequest():
            return state.status is Status.ASSIGNED and (state.grid, state.worker) == (
                command.grid,
                command.worker,
            )
        case ReturnRequest():
            return state.status is Status.RETURNED
        case HoldRequest():
            return same_hand and state.status is Status.ON_HOLD
        case ResolveRequest():
            return same_hand and state.status is Status.RESOLVED


def _end_or_reopen(command: ReopenRequest | CloseRequest | DeclineRequest, state: State) -> Event | None:
    match command:
        case ReopenRequest():
            if state.status is Status.REOPENED:
                return None
            if state.status not in (Status.RESOLVED, Status.CLOSED):
                raise Refused("not_resolved")
            return RequestReopened(reason=command.reason, due_at=command.due_at, at=command.at)
        case CloseRequest():
            if state.status is Status.CLOSED:
                return None
            if state.status is not Status.RESOLVED:
                raise Refused("not_resolved")
            return RequestClosed(reason=command.reason, at=command.at)
        case DeclineRequest():
            if state.status is Status.DECLINED:
                return None
            _refuse_if_done(state)
            if command.actor.startswith("worker:"):
                raise Refused("not_for_workers")
            return RequestDeclined(reason=command.reason, instead=command.instead, at=command.at)


def _hear(command: RecordFeedback, state: State) -> Event | None:
    """The handler cannot answer for the resident; the resident answers once for each time it was resolved."""
    if command.actor != f"resident:{command.request}" and not command.actor.startswith("import:"):
        raise Refused("not_the_resident")
    said = Answer(solved=command.solved, satisfaction=command.satisfaction)
    if state.answer is not None:
        if state.answer == said:
            return None
        raise Refused("already_answered")
    if state.status not in (Status.RESOLVED, Status.CLOSED):
        raise Refused("not_resolved")
    return FeedbackRecorded(
        solved=command.solved, satisfaction=command.satisfaction, comment=command.comment, at=command.at
    )


def _missed(command: CheckDeadline, state: State) -> Event | None:
    if state.status not in _OURS:
        return None
    if state.due_at is not None and state.due_at <= command.at:
        return DeadlineMissed(deadline="resolve", due_at=state.due_at, imported=state.imported, at=command.at)
    if state.status is Status.ASSIGNED and state.accept_by is not None and state.accept_by <= command.at:
        return DeadlineMissed(
            deadline="accept", due_at=state.accept_by, imported=state.imported, at=command.at
        )
    return None


def _next_deadline(state: State) -> datetime | None:
    if state.status not in _OURS:
        return None
    waits = [state.due_at, state.accept_by if state.status is Status.ASSIGNED else None]
    return min((moment for moment in waits if moment is not None), default=None)


def _unless_ended(state: State, event: Event) -> Event | None:
    return None if state.status in ENDED else event


def _refuse_if_done(state: State) -> None:
    if state.status is Status.RESOLVED:
        raise Refused("already_resolved")
    if state.status in ENDED:
        raise Refused("already_closed", status=state.status)


def _taker(command: AcceptRequest, state: State) -> str:
    """Who accepts: the worker responsible; where nobody is, whoever comes first, or whom staff name."""
    role, _, name = command.actor.partition(":")
    worker = command.worker or state.worker or name
    if state.worker not in (None, worker) or (role == "worker" and name != worker):
        raise Refused("not_your_request")
    return worker


def _hand(actor: str, state: State) -> str:
    """Whose work it is: a worker's own, or staff's in the place of the worker responsible."""
    role, _, name = actor.partition(":")
    if role == "worker" and state.worker != name:
        raise Refused("not_your_request")
    return state.worker or name


def _mark(note: Sealed | None, at: datetime) -> str:
    return note.key if note is not None else at.isoformat()


REQUEST: Decider[State] = Decider("routing", "request", State(), evolve, decide, indexes=[["body.check_at"]])

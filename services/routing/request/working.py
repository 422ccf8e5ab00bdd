"""What the worker responsible does, or staff in the worker's place."""

from typing import Literal

from services.routing.request.evolving import mark
from services.routing.request.state import OURS, WAITING, State
from shared.commands.command import ByHand
from shared.commands.request import (
    AcceptRequest,
    ContactResident,
    HoldRequest,
    NoteProgress,
    RegradeRequest,
    ReportUp,
    ResolveRequest,
    ReturnRequest,
    TransferRequest,
)
from shared.events.event import Event
from shared.events.request import (
    ProgressNoted,
    RequestAccepted,
    RequestHeld,
    RequestReportedUp,
    RequestResolved,
    RequestReturned,
    RequestTransferred,
    ResidentContacted,
    SeverityChanged,
)
from shared.refusal import Refused
from shared.words import ENDED, Status

Command = (
    AcceptRequest
    | NoteProgress
    | ContactResident
    | TransferRequest
    | ReportUp
    | ReturnRequest
    | HoldRequest
    | RegradeRequest
    | ResolveRequest
)


def work(command: Command, state: State) -> Event | None:
    """A request that follows another does what its lead did, though nobody accepted it for itself."""
    if _is_done_already(command, state):
        return None
    refuse_if_done(state)
    by_worker = command.actor.startswith("worker:")
    if isinstance(command, ResolveRequest) and command.imported and not by_worker:  # whoever has it here
        return RequestResolved(worker=state.worker, imported=True, at=command.at)
    if state.status is None or state.status in WAITING:
        raise Refused("not_assigned")
    if isinstance(command, AcceptRequest):
        return RequestAccepted(worker=_taker(command, state), stand_in=stand_in(command), at=command.at)
    if isinstance(command, TransferRequest) and _may_reassign(command.actor, state):
        return _passed_on(command, state)
    worker = hand(command.actor, state, getattr(command, "stands_in_for", None))
    match command:
        case TransferRequest() | ReportUp() | ReturnRequest() | HoldRequest():
            return _passed_on(command, state)
        case ContactResident():
            return ResidentContacted(
                worker=worker, stand_in=stand_in(command), note=command.note, at=command.at
            )
        case RegradeRequest():
            return _regraded(command, state)
        case NoteProgress() | ResolveRequest():
            follows = state.matter is not None and command.actor.startswith("service:")
            if state.status is Status.ASSIGNED and not follows:
                raise Refused("not_accepted")
            if isinstance(command, NoteProgress):
                return ProgressNoted(
                    worker=worker,
                    stand_in=stand_in(command),
                    note=command.note,
                    pictures=command.pictures,
                    at=command.at,
                )
            if not set(command.shown) <= set(command.pictures):
                raise Refused("shown_is_no_picture")
            return RequestResolved(
                worker=worker,
                stand_in=stand_in(command),
                outcome=command.outcome,
                pictures=command.pictures,
                shown=command.shown,
                answer_by=command.answer_by,
                at=command.at,
            )


def _passed_on(command: TransferRequest | ReportUp | ReturnRequest | HoldRequest, state: State) -> Event:
    match command:
        case TransferRequest():
            if command.actor.startswith("worker:") and not _may_reassign(command.actor, state):
                raise Refused("not_for_workers")
            if command.worker in state.hidden_from:
                raise Refused("accused")
            return RequestTransferred(
                grid=command.grid,
                worker=command.worker,
                from_worker=state.worker,
                reason=command.reason,
                accept_by=command.accept_by,
                at=command.at,
            )
        case ReportUp():
            return _reported_up(command, state)
        case ReturnRequest():
            if state.matter is not None:  # it would wait in triage with no clock to remind anybody
                raise Refused("follows_another", matter=state.matter)
            return RequestReturned(worker=state.worker, reason=command.reason, at=command.at)
        case HoldRequest():
            return RequestHeld(reason=command.reason, at=command.at)


def _reported_up(command: ReportUp, state: State) -> Event:
    """One level at a time: whoever is in between has seen it."""
    if state.level == "street":
        raise Refused("no_level_above")
    above = level_above(state)
    if command.level not in (None, above):
        raise Refused("moved_meanwhile")
    if command.worker is None or command.worker in state.hidden_from:
        raise Refused("nobody_on_duty", area=command.area)
    return RequestReportedUp(
        level=above,
        area=command.area,
        worker=command.worker,
        from_worker=state.worker,
        reason=command.reason,
        accept_by=command.accept_by,
        at=command.at,
    )


def level_above(state: State) -> Literal["community", "street"]:
    return "community" if state.level == "grid" else "street"


def _regraded(command: RegradeRequest, state: State) -> Event:
    if command.actor.startswith("worker:"):
        raise Refused("not_for_workers")
    waits = state.status is Status.ASSIGNED
    contacted = state.contact_by is None and (state.left is None or state.left.contact is None)
    return SeverityChanged(
        severity=command.severity,
        before=state.severity,
        reason=command.reason,
        accept_by=command.accept_by if waits else None,
        contact_by=None if contacted else command.contact_by,
        due_at=command.due_at,
        remind_at=command.remind_at,
        at=command.at,
    )


def _is_done_already(command: Command, state: State) -> bool:
    """A worker who taps twice is not told off."""
    same_hand = (
        not command.actor.startswith("worker:")
        or command.actor == f"worker:{state.worker}"
        or (state.worker is not None and getattr(command, "stands_in_for", None) == state.worker)
    )
    match command:
        case AcceptRequest():
            return (
                same_hand
                and state.status in (Status.ACCEPTED, Status.IN_PROGRESS)
                and command.worker in (None, state.worker)
            )
        case NoteProgress():
            return state.noted == mark(command.note, command.at)
        case ContactResident():
            return same_hand and state.contacted == mark(command.note, command.at)
        case TransferRequest():
            return state.status is Status.ASSIGNED and (state.grid, state.worker) == (
                command.grid,
                command.worker,
            )
        case ReportUp():
            return state.reported == command.at.isoformat()
        case RegradeRequest():
            return state.severity is command.severity and state.status in OURS
        case ReturnRequest():
            return state.status is Status.RETURNED
        case HoldRequest():
            return same_hand and state.status is Status.ON_HOLD
        case ResolveRequest():
            return same_hand and state.status is Status.RESOLVED


def refuse_if_done(state: State) -> None:
    if state.status is Status.RESOLVED:
        raise Refused("already_resolved")
    if state.status in ENDED:
        raise Refused("already_closed", status=state.status)


def _taker(command: AcceptRequest, state: State) -> str:
    """Who accepts: the worker responsible, or whoever stands in for him; where nobody is, whoever comes first, or whom
    staff name; and a head who has heard of a miss takes it over.
    """
    role, _, name = command.actor.partition(":")
    if role == "worker" and name in state.heads and command.worker in (None, name):
        return name
    if (
        state.worker is not None
        and command.stands_in_for == state.worker
        and command.worker in (None, state.worker)
    ):
        return state.worker
    worker = command.worker or state.worker or name
    if state.worker not in (None, worker) or (role == "worker" and name != worker):
        raise Refused("not_your_request")
    return worker


def _may_reassign(actor: str, state: State) -> bool:
    """A worker passes nothing on by himself; a head does, of what was missed, or of what was reported up to him."""
    role, _, name = actor.partition(":")
    return role == "worker" and (name in state.heads or (name == state.worker and state.level != "grid"))


def stand_in(command: ByHand) -> str | None:
    """Who did it, where it was somebody on duty in the place of whoever is away."""
    return command.actor.partition(":")[2] if command.stands_in_for is not None else None


def hand(actor: str, state: State, stands_in_for: str | None = None) -> str:
    """Whose work it is: a worker's own, or staff's or a stand-in's in the place of the worker responsible."""
    role, _, name = actor.partition(":")
    if role == "worker" and state.worker not in (name, stands_in_for or name):
        raise Refused("not_your_request")
    return state.worker or name

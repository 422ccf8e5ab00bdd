"""The rules of mediation: a neutral mediator, sessions, an agreement or none, thirty days for the court, follow-up."""

from datetime import datetime, timedelta
from typing import Literal, assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.mediation import (
    ApplyForConfirmation,
    CheckMediation,
    FollowUp,
    HoldMediationSession,
    NameMediator,
    OpenMediation,
    RecordAgreement,
    RecordFailure,
)
from shared.decider import Decider
from shared.events.event import Event
from shared.events.mediation import (
    AgreementFailed,
    AgreementReached,
    ConfirmationLapsed,
    ConfirmationReminded,
    FollowedUp,
    FollowUpFellDue,
    JudicialConfirmationApplied,
    MediationOpened,
    MediationSessionHeld,
    MediatorNamed,
)
from shared.refusal import Refused

After = ApplyForConfirmation | FollowUp
During = HoldMediationSession | RecordAgreement | RecordFailure
Command = OpenMediation | NameMediator | During | After | CheckMediation
CONFIRM_WITHIN = timedelta(days=30)
"""People's Mediation Law, art. 33, from the day the agreement takes effect; that day itself does not count (Civil
Code, art. 201). The stored moment is the end of the last day on the tenant's clock."""
REMIND_BEFORE = timedelta(days=7)
FOLLOW_UP_AFTER = timedelta(days=60)
FOLLOW_UP_AGAIN = timedelta(days=14)


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    stands: Literal["open", "agreed", "failed"] | None = None
    party_ids: tuple[str, ...] = ()
    mediator: str | None = None
    last: str | None = None
    """The vault key of the last words: the same ones again are a repeat."""
    sessions: int = 0
    confirm_by: datetime | None = None
    remind_at: datetime | None = None
    """None when both have applied, or were reminded."""
    applied: bool = False
    follow_up_at: datetime | None = None
    kept: bool | None = None
    followed_at: datetime | None = None
    check_at: datetime | None = None


def evolve(state: State, event: Event) -> State:
    after = _moved(state, event)
    waits = (after.remind_at, None if after.applied else after.confirm_by, after.follow_up_at)
    return after.model_copy(
        update={"check_at": min((moment for moment in waits if moment is not None), default=None)}
    )


def _moved(state: State, event: Event) -> State:
    match event:
        case MediationOpened():
            return State(stands="open", party_ids=event.party_ids, last=event.parties.key)
        case MediatorNamed():
            return state.model_copy(update={"mediator": event.mediator})
        case MediationSessionHeld():
            return state.model_copy(update={"sessions": event.number, "last": event.note.key})
        case AgreementReached():
            return state.model_copy(
                update={
                    "stands": "agreed",
                    "last": event.terms.key,
                    "confirm_by": event.confirm_by,
                    "remind_at": event.confirm_by - REMIND_BEFORE,
                    "follow_up_at": event.follow_up_at,
                }
            )
        case AgreementFailed():
            return state.model_copy(update={"stands": "failed"})
        case ConfirmationReminded():
            return state.model_copy(update={"remind_at": None})
        case ConfirmationLapsed():
            return state.model_copy(update={"remind_at": None, "confirm_by": None})
        case JudicialConfirmationApplied():
            return state.model_copy(update={"remind_at": None, "applied": True})
        case FollowUpFellDue():
            return state.model_copy(update={"follow_up_at": None})
        case FollowedUp():
            return state.model_copy(
                update={
                    "kept": event.kept,
                    "followed_at": event.at,
                    "follow_up_at": event.follow_up_at,
                }
            )
        case _:
            return state


def decide(command: Command, state: State) -> Event | None:
    match command:
        case OpenMediation():
            return _open(command, state)
        case CheckMediation():
            return _due(command, state)
        case NameMediator():
            return _name(command, state)
        case HoldMediationSession() | RecordAgreement() | RecordFailure():
            return _during(command, state)
        case ApplyForConfirmation() | FollowUp():
            return _after(command, state)
        case _:
            assert_never(command)


def _open(command: OpenMediation, state: State) -> Event | None:
    """What failed may be tried again; what runs or is agreed stands."""
    if state.stands == "open":
        return None
    if state.stands == "agreed":
        raise Refused("already_agreed")
    if command.actor.startswith("worker:"):
        raise Refused("not_for_workers")
    return MediationOpened(parties=command.parties, party_ids=command.party_ids, at=command.at)


def _name(command: NameMediator, state: State) -> Event | None:
    _refuse_unless_open(state)
    if command.mediator in state.party_ids:
        raise Refused("mediator_is_a_party")
    if state.mediator == command.mediator:
        return None
    return MediatorNamed(mediator=command.mediator, at=command.at)


def _during(command: During, state: State) -> Event | None:
    match command:
        case RecordAgreement() if state.stands == "agreed":
            if state.last == command.terms.key:
                return None
            raise Refused("already_agreed")
        case RecordFailure() if state.stands == "failed":
            return None
        case HoldMediationSession() if state.last == command.note.key:
            return None
        case _:
            pass
    _refuse_unless_open(state)
    if state.mediator is None:
        raise Refused("no_mediator")
    if command.actor.startswith("worker:") and command.actor != f"worker:{state.mediator}":
        raise Refused("not_the_mediator")
    match command:
        case HoldMediationSession():
            return MediationSessionHeld(number=state.sessions + 1, note=command.note, at=command.at)
        case RecordFailure():
            return AgreementFailed(note=command.note, at=command.at)
        case RecordAgreement():
            effective = command.effective_at or command.at
            if effective > command.at:
                raise Refused("not_yet_effective")
            return AgreementReached(
                terms=command.terms,
                effective_at=effective,
                confirm_by=command.confirm_by or effective + CONFIRM_WITHIN,
                follow_up_at=command.follow_up_at or command.at + FOLLOW_UP_AFTER,
                at=command.at,
            )


def _after(command: After, state: State) -> Event | None:
    if state.stands != "agreed":
        raise Refused("no_agreement")
    if isinstance(command, ApplyForConfirmation):
        if state.applied:
            return None
        if not command.jointly:
            raise Refused("only_jointly")
        if state.confirm_by is None or command.at > state.confirm_by:
            raise Refused("confirmation_too_late")
        return JudicialConfirmationApplied(at=command.at)
    if state.followed_at == command.at and state.kept == command.kept:
        return None
    again = None if command.kept else command.at + FOLLOW_UP_AGAIN
    return FollowedUp(kept=command.kept, follow_up_at=again, note=command.note, at=command.at)


def _due(command: CheckMediation, state: State) -> Event | None:
    if state.stands != "agreed":
        return None
    match command.about:
        case "reminder":
            if state.remind_at is None or state.confirm_by is None or state.remind_at > command.at:
                return None
            return ConfirmationReminded(confirm_by=state.confirm_by, at=command.at)
        case "deadline":
            if state.applied or state.confirm_by is None or state.confirm_by >= command.at:
                return None
            return ConfirmationLapsed(confirm_by=state.confirm_by, at=command.at)
        case "follow_up":
            if state.follow_up_at is None or state.follow_up_at > command.at:
                return None
            return FollowUpFellDue(follow_up_at=state.follow_up_at, at=command.at)


def _refuse_unless_open(state: State) -> None:
    if state.stands is None:
        raise Refused("no_mediation")
    if state.stands != "open":
        raise Refused("mediation_over", stands=state.stands)


MEDIATION: Decider[State] = Decider(
    "routing", "mediation", State(), evolve, decide, indexes=[["body.check_at"]]
)

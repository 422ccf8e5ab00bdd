"""The rules of a delivery: one message to one recipient over one channel, attempted once, and its outcome kept."""

from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.delivery import AttemptDelivery, RecordOutcome, RequestDelivery
from shared.decider import Decider
from shared.events.delivery import (
    DeliveryAccepted,
    DeliveryAttempted,
    DeliveryConfirmed,
    DeliveryFailed,
    DeliveryRequested,
    DeliveryUnknown,
)
from shared.events.event import Event
from shared.refusal import Refused

Command = RequestDelivery | AttemptDelivery | RecordOutcome

_AFTER: dict[type[Event], str] = {
    DeliveryRequested: "requested",
    DeliveryAttempted: "attempted",
    DeliveryAccepted: "accepted",
    DeliveryConfirmed: "confirmed",
    DeliveryFailed: "failed",
    DeliveryUnknown: "unknown",
}
_ANY = ("accepted", "confirmed", "failed", "unknown")
_MAY_FOLLOW = {
    "attempted": _ANY,
    "unknown": _ANY,  # a late receipt may still tell; nothing is sent again
    "accepted": ("confirmed", "failed"),
    "confirmed": (),
    "failed": (),
}


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    status: str | None = None
    attempts: int = 0


def evolve(state: State, event: Event) -> State:
    if (status := _AFTER.get(type(event))) is None:
        return state
    return State(status=status, attempts=state.attempts + isinstance(event, DeliveryAttempted))


def decide(command: Command, state: State) -> Event | None:
    match command:
        case RequestDelivery():
            if state.status is not None:
                return None
            return DeliveryRequested(
                because=command.because,
                recipient=command.recipient,
                channel=command.channel,
                template=command.template,
                values=command.values,
                at=command.at,
            )
        case AttemptDelivery():
            if state.status is None:
                raise Refused("not_requested")
            if state.status != "requested":
                return None
            return DeliveryAttempted(gateway=command.gateway, attempt=state.attempts + 1, at=command.at)
        case RecordOutcome():
            return _record(command, state)
        case _:
            assert_never(command)


def _record(command: RecordOutcome, state: State) -> Event | None:
    if state.status not in _MAY_FOLLOW:
        raise Refused("not_attempted")
    if command.outcome == state.status or command.outcome not in _MAY_FOLLOW[state.status]:
        return None  # a receipt that came twice, late or out of order
    gateway, at = command.gateway, command.at
    match command.outcome:
        case "accepted":
            return DeliveryAccepted(gateway=gateway, reference=command.detail, at=at)
        case "confirmed":
            return DeliveryConfirmed(gateway=gateway, at=at)
        case "failed":
            return DeliveryFailed(gateway=gateway, reason=command.detail, at=at)
        case "unknown":
            return DeliveryUnknown(gateway=gateway, reason=command.detail, at=at)


DELIVERY: Decider[State] = Decider("notify", "delivery", State(), evolve, decide, journal="delivery")

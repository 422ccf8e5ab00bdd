"""What became of an attempt, as its gateway or a receipt tells: in any order, late, or more than once."""

from datetime import timedelta

from services.notify.delivery.state import State
from shared.commands.delivery import RecordOutcome
from shared.events.delivery import (
    DeliveryAccepted,
    DeliveryConfirmed,
    DeliveryDeferred,
    DeliveryFailed,
    DeliveryPartConfirmed,
    DeliveryUnknown,
)
from shared.events.event import Event
from shared.refusal import Refused

LIFETIME = timedelta(hours=24)
"""News that could not be told within a day is told no more."""

_TAKEN = ("accepted", "confirmed", "failed", "unknown")
_MAY_FOLLOW = {
    "requested": ("failed", "deferred"),  # nobody to send it to, nobody who wants it, or not at this hour
    "attempted": ("deferred", *_TAKEN),
    "deferred": _TAKEN,  # it was taken after all: a receipt says so
    "unknown": (*_TAKEN, "absent"),  # the gateway is certain that it never had it
    "accepted": ("confirmed", "failed"),
    "handed_over": ("confirmed", "failed"),
    "confirmed": (),
    "failed": ("confirmed",),  # it has arrived after all, whatever else was said
    "folded": (),
}


def record_outcome(command: RecordOutcome, state: State) -> Event | None:
    if state.status not in _MAY_FOLLOW:
        raise Refused("not_requested")
    if command.outcome not in _MAY_FOLLOW[state.status]:
        if state.status == "requested":
            raise Refused("not_attempted")
        return None  # a receipt that came twice, late or out of order
    if command.receipt and not _tells(command, state):
        return None
    gateway, at, reason = command.gateway, command.at, command.detail
    match command.outcome:
        case "deferred" | "absent":
            return _defer(command, state)
        case "accepted":
            return DeliveryAccepted(gateway=gateway, reference=reason, parts=command.parts, at=at)
        case "confirmed":
            return _confirm(command, state)
        case "failed":
            return DeliveryFailed(gateway=gateway, reason=reason, at=at)
        case "unknown":
            if state.status == "unknown" and not state.asked_later(command.again_at):
                return None
            return DeliveryUnknown(gateway=gateway, reason=reason, again_at=command.again_at, at=at)


def _confirm(command: RecordOutcome, state: State) -> Event | None:
    """A message in parts has arrived when all of them have, in whatever order they tell."""
    if command.part in state.arrived or (command.part and state.status == "failed"):
        return None
    if command.part and len(state.arrived) + 1 < max(command.parts, state.parts):
        return DeliveryPartConfirmed(gateway=command.gateway, part=command.part, at=command.at)
    return DeliveryConfirmed(gateway=command.gateway, at=command.at)


def _tells(command: RecordOutcome, state: State) -> bool:
    """Whatever gateway says that it has arrived: it has. All else is news only of the attempt that counts: one that was
    not taken, and was made again, is over, whatever comes of it later.
    """
    if command.outcome == "confirmed" or not state.attempts:
        return state.attempts > 0
    elsewhere = state.gateway not in (None, command.gateway)
    if elsewhere or (command.outcome == "failed" and state.status == "deferred"):
        return False
    return not (command.reference and state.reference) or command.reference in state.reference.split()


def _defer(command: RecordOutcome, state: State) -> Event:
    again_at, asked_for = command.again_at or command.at, state.not_before or state.requested_at or command.at
    if again_at > asked_for + LIFETIME:
        return DeliveryFailed(gateway=command.gateway, reason=f"gave up: {command.detail}", at=command.at)
    return DeliveryDeferred(gateway=command.gateway, reason=command.detail, again_at=again_at, at=command.at)

"""The rules of a delivery: one message to one recipient over one channel, and every attempt and outcome of it.

It may have to wait until a time: for the end of quiet hours, of a moment in which the same person was told of the same
matter already, or for a daily digest. What waited may be folded into another message that says it, too.

What a gateway did not take is tried again, for a day at most. What it may have taken is never sent again: its outcome
is unknown until the gateway, or a receipt, tells.
"""

from datetime import datetime, timedelta
from typing import assert_never

from services.notify.delivery.outcome import record_outcome
from services.notify.delivery.state import State, evolve
from shared.commands.delivery import (
    AttemptDelivery,
    ConfirmRelay,
    FoldDelivery,
    HandOverDelivery,
    RecordOutcome,
    RequestDelivery,
)
from shared.decider import Decider
from shared.events.delivery import (
    DeliveryAttempted,
    DeliveryConfirmed,
    DeliveryFailed,
    DeliveryFolded,
    DeliveryHandedOver,
    DeliveryRequested,
)
from shared.events.event import Event
from shared.refusal import Refused

Command = RequestDelivery | AttemptDelivery | RecordOutcome | FoldDelivery | HandOverDelivery | ConfirmRelay

RELAYED_WITHIN = timedelta(hours=24)
"""What somebody had to do and did not within a day has failed."""
PERSON = "person"
"""In place of a gateway's name: a relay card."""


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
                bulk=command.bulk,
                notice=command.notice,
                topic=command.topic,
                level=command.level,
                duty=command.duty,
                language=command.language,
                not_before=command.not_before,
                held=command.held,
                holder=command.holder,
                at=command.at,
            )
        case FoldDelivery():
            return _fold(command, state)
        case AttemptDelivery():
            return _attempt(command, state)
        case RecordOutcome():
            return record_outcome(command, state)
        case HandOverDelivery():
            return _hand_over(command, state)
        case ConfirmRelay():
            return _relayed(command, state)
        case _:
            assert_never(command)


def _attempt(command: AttemptDelivery, state: State) -> Event | None:
    if state.status is None:
        raise Refused("not_requested")
    if state.status not in ("requested", "deferred") or _too_early(state, command.at):
        return None
    return DeliveryAttempted(
        gateway=command.gateway,
        attempt=state.attempts + 1,
        template_version=command.template_version,
        at=command.at,
    )


def _too_early(state: State, at: datetime) -> bool:
    waits_until = state.not_before if state.status == "requested" else state.check_at
    return waits_until is not None and at < waits_until


def _hand_over(command: HandOverDelivery, state: State) -> Event | None:
    """A card is written instead of an attempt; a gateway hands over what it was asked to send, and is asked again until
    the day is over.
    """
    if state.status is None:
        raise Refused("not_requested")
    asked_again = state.status == "handed_over" and command.gateway == state.handed_to
    if asked_again and not state.asked_later(command.again_at):
        return None
    waits = state.status in ("requested", "deferred") and not _too_early(state, command.at)
    to_a_person = command.gateway == PERSON and waits
    by_a_gateway = command.gateway != PERSON and state.status in ("attempted", "unknown")
    if not (to_a_person or by_a_gateway or (asked_again and command.gateway != PERSON)):
        return None
    if state.handed_at is not None and command.at >= state.handed_at + RELAYED_WITHIN:
        return DeliveryFailed(gateway=command.gateway, reason="nobody_relayed", at=command.at)
    return DeliveryHandedOver(
        gateway=command.gateway,
        reference=command.reference,
        grid=command.grid,
        group=command.group,
        again_at=command.again_at,
        at=command.at,
    )


def _relayed(command: ConfirmRelay, state: State) -> Event | None:
    role, _, name = command.actor.partition(":")
    if role not in ("worker", "staff"):
        raise Refused("not_yours_to_relay")
    if state.handed_to != PERSON:
        raise Refused("not_handed_over")
    if role == "worker" and state.grid not in command.stands_on:
        raise Refused("not_your_grid")
    if state.status == "confirmed":
        return None
    if state.status != "handed_over":
        raise Refused("relay_too_late")
    return DeliveryConfirmed(gateway=PERSON, by=name, at=command.at)


def _fold(command: FoldDelivery, state: State) -> Event | None:
    """Only what nobody attempted yet; and never into itself."""
    if state.status is None:
        raise Refused("not_requested")
    waits = state.status in ("requested", "deferred") and not state.attempts
    if not waits or command.into == command.delivery:
        return None
    return DeliveryFolded(into=command.into, at=command.at)


DELIVERY: Decider[State] = Decider(
    "notify",
    "delivery",
    State(),
    evolve,
    decide,
    journal="delivery",
    indexes=[
        ["body.bulk", "body.check_at"],
        ["body.whom", "body.check_at"],
        ["body.whom", "body.told_at"],
        ["body.into"],
    ],
)

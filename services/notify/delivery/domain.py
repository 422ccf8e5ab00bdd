"""The rules of a delivery: one message to one recipient over one channel, and every attempt and outcome of it.

It may have to wait until a time: for the end of quiet hours, of a moment in which the same person was told of the same
matter already, or for a daily digest. What waited may be folded into another message that says it, too.

What a gateway did not take is tried again, for a day at most. What it may have taken is never sent again: its outcome
is unknown until the gateway, or a receipt, tells.
"""

from datetime import datetime, timedelta
from typing import assert_never

from pydantic import BaseModel, ConfigDict

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
    DeliveryAccepted,
    DeliveryAttempted,
    DeliveryConfirmed,
    DeliveryDeferred,
    DeliveryFailed,
    DeliveryFolded,
    DeliveryHandedOver,
    DeliveryPartConfirmed,
    DeliveryRequested,
    DeliveryUnknown,
)
from shared.events.event import Event
from shared.refusal import Refused

Command = RequestDelivery | AttemptDelivery | RecordOutcome | FoldDelivery | HandOverDelivery | ConfirmRelay

LIFETIME = timedelta(hours=24)
"""News that could not be told within a day is told no more."""
TAKEN_UP_WITHIN = timedelta(seconds=10)
"""What was requested and lies still for so long, whoever should have sent it has died with."""
OUTCOME_WITHIN = timedelta(seconds=45)
"""So has whoever attempted it: a gateway is waited for 30 seconds at most, and the journal some ten more."""

RELAYED_WITHIN = timedelta(hours=24)
"""What somebody had to do and did not within a day has failed."""
PERSON = "person"
"""In place of a gateway's name: a relay card."""

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


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    status: str | None = None
    attempts: int = 0
    gateway: str | None = None
    """Of the last attempt."""
    reference: str = ""
    """By which that gateway took it; of several parts each, with spaces."""
    asked: int = 0
    requested_at: datetime | None = None
    bulk: bool = False
    parts: int = 1
    arrived: tuple[str, ...] = ()
    """Of a message in several parts, those that are confirmed, by the gateway's names."""
    check_at: datetime | None = None
    """When it has to be looked at, whatever happened to whoever had it in hand."""
    not_before: datetime | None = None
    held: str | None = None
    """Why it waits, as long as nobody attempted it."""
    whom: str | None = None
    """Whose preferences hold; the recipient, where nobody's do."""
    code: str | None = None
    """What it is about."""
    channel: str | None = None
    told_at: datetime | None = None
    """Since when the person counts as told; None: not yet, or never."""
    into: str | None = None
    """The delivery that says it, too."""
    handed_at: datetime | None = None
    """Since when somebody has to finish it."""
    handed_to: str | None = None
    """``person``, or the gateway that waits for a person."""
    grid: str | None = None
    """Whose workers may say that a relay card was sent."""


def evolve(state: State, event: Event) -> State:
    match event:
        case DeliveryRequested():
            return State(
                status="requested",
                requested_at=event.at,
                bulk=event.bulk,
                check_at=event.not_before or event.at + TAKEN_UP_WITHIN,
                not_before=event.not_before,
                held=event.held,
                whom=event.holder or event.recipient,
                code=event.values.get("code"),
                channel=event.channel,
                told_at=None if event.not_before else event.at,
            )
        case DeliveryAttempted():
            attempts, until = state.attempts + 1, event.at + OUTCOME_WITHIN
            called = {"gateway": event.gateway, "reference": ""}
            return _now(state, "attempted", until, attempts=attempts, told_at=event.at, held=None, **called)
        case DeliveryDeferred():
            if state.attempts:
                return _now(state, "deferred", event.again_at)
            return _now(state, "deferred", event.again_at, held=state.held or "quiet", told_at=None)
        case DeliveryUnknown():
            return _now(state, "unknown", event.again_at, asked=state.asked + 1)
        case DeliveryAccepted():
            return _now(state, "accepted", parts=event.parts, reference=event.reference)
        case DeliveryPartConfirmed():
            return state.model_copy(update={"arrived": (*state.arrived, event.part)})
        case DeliveryHandedOver():
            since = state.handed_at or event.at
            return _now(
                state,
                "handed_over",
                event.again_at,
                handed_at=since,
                handed_to=event.gateway,
                grid=event.grid,
                told_at=event.at,
                held=None,
            )
        case DeliveryConfirmed():
            return _now(state, "confirmed", told_at=state.told_at or event.at)
        case DeliveryFailed():
            return _now(state, "failed", told_at=None)
        case DeliveryFolded():
            return _now(state, "folded", into=event.into)
        case _:
            return state


def _now(state: State, status: str, check_at: datetime | None = None, **more: object) -> State:
    return state.model_copy(update={"status": status, "check_at": check_at, **more})


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
            return _record(command, state)
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
    if asked_again and not _later(command.again_at, state.check_at):
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


def _record(command: RecordOutcome, state: State) -> Event | None:
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
            if state.status == "unknown" and not _later(command.again_at, state.check_at):
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


def _later(again_at: datetime | None, check_at: datetime | None) -> bool:
    """Whether it was asked once more: then it is asked later again, or no more."""
    return check_at is not None and (again_at is None or again_at > check_at)


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

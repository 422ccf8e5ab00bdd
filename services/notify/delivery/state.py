"""What the rules remember of a delivery."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

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

TAKEN_UP_WITHIN = timedelta(seconds=10)
"""What was requested and lies still for so long, whoever should have sent it has died with."""
OUTCOME_WITHIN = timedelta(seconds=45)
"""So has whoever attempted it: a gateway is waited for 30 seconds at most, and the journal some ten more."""


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

    def asked_later(self, again_at: datetime | None) -> bool:
        """Whether it was asked about once more: then it is asked later again, or no more (None)."""
        return self.check_at is not None and (again_at is None or again_at > self.check_at)


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

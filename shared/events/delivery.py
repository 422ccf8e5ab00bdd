"""One message to one recipient over one channel: notify's facts, in a stream of their own."""

from typing import Literal

from pydantic import Field

from shared.events.event import Event
from shared.words import Code


class DeliveryRequested(Event, owner="notify", aggregate="delivery"):
    """One message to one recipient over one channel, because of one fact. Its id is named by these three."""

    because: str = Field(description="id of the fact")
    recipient: str = Field(description="worker:<id>, reporter:<request> or group:<grid>")
    channel: Literal["sms", "chat"]
    template: Code
    values: dict[str, str] = Field(
        default_factory=dict, description="what the template needs; nothing personal"
    )


class DeliveryAttempted(Event, owner="notify", aggregate="delivery"):
    """Written before the gateway is called: a crash after it leaves an outcome unknown, never a second message."""

    gateway: Code
    attempt: int


class DeliveryAccepted(Event, owner="notify", aggregate="delivery"):
    gateway: Code
    reference: str = ""


class DeliveryConfirmed(Event, owner="notify", aggregate="delivery"):
    gateway: Code


class DeliveryFailed(Event, owner="notify", aggregate="delivery"):
    gateway: Code
    reason: str


class DeliveryUnknown(Event, owner="notify", aggregate="delivery"):
    """The gateway died or timed out while it held the message. It is never resent blindly."""

    gateway: Code
    reason: str

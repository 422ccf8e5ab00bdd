"""One message to one recipient over one channel: notify's facts, in a stream of their own."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shared.events.event import Event
from shared.events.notice import Level
from shared.words import Code, Holder, Token, Topic


class DeliveryRequested(Event, owner="notify", aggregate="delivery"):
    """One message to one recipient over one channel, because of one fact. Its id is named by these three."""

    because: str = Field(description="id of the fact")
    recipient: str = Field(description="worker:<id>, reporter:<request> or group:<grid>")
    channel: Literal["sms", "chat"]
    template: Code
    values: dict[str, str] = Field(
        default_factory=dict, description="what the template needs; nothing personal"
    )
    bulk: bool = Field(default=False, description="of a broadcast: what concerns one person goes first")
    notice: Token | None = Field(default=None, description="the notice that it belongs to")
    topic: Topic | None = Field(default=None, description="as people choose what they hear of")
    level: Level | None = Field(default=None, description="of an alert: red and orange pass quiet hours")
    duty: bool = Field(default=False, description="a call to duty: passes quiet hours, to staff")
    language: Literal["zh", "en"] = "zh"
    not_before: AwareDatetime | None = Field(default=None, description="None: at once")
    held: Literal["quiet", "window", "digest"] | None = Field(
        default=None, description="why it waits: quiet hours, told a moment ago, or the daily digest"
    )
    holder: Holder | None = Field(default=None, description="whose preferences hold; None: nobody's")


class DeliveryAttempted(Event, owner="notify", aggregate="delivery"):
    """Written before the gateway is called: a crash after it leaves an outcome unknown, never a second message."""

    gateway: Code
    attempt: int
    template_version: int | None = Field(
        default=None,
        description="which version of its text was sent; 0: the catalogue's; none: nobody noted it",
    )


class DeliveryDeferred(Event, owner="notify", aggregate="delivery"):
    """The gateway did not take it and said so: it may be tried again, there or elsewhere."""

    gateway: Code
    reason: str
    again_at: AwareDatetime = Field(description="not before then")


class DeliveryAccepted(Event, owner="notify", aggregate="delivery"):
    gateway: Code
    reference: str = Field(default="", description="the gateway's own name for it; its receipts carry that")
    parts: int = Field(
        default=1,
        description="of a long message that goes in several; then the reference names each, with spaces",
    )


class DeliveryPartConfirmed(Event, owner="notify", aggregate="delivery"):
    """One part of a long message has arrived; others have not yet."""

    gateway: Code
    part: str = Field(description="the gateway's own name for the part")


class DeliveryHandedOver(Event, owner="notify", aggregate="delivery"):
    """No program can finish it: somebody has to. A worker copies a relay card into the group, or the group's owner
    confirms a mass message in his own client. Written again when the gateway was asked and nobody had done it yet.
    """

    gateway: Code = Field(description="``person``: a relay card; else the gateway that waits for the owner")
    reference: str = Field(default="", description="the gateway's own name for it")
    grid: Code | None = Field(default=None, description="whose workers see the card")
    group: str = Field(default="", max_length=80, description="what the chat group is called")
    again_at: AwareDatetime = Field(description="when it is looked at again")


class DeliveryConfirmed(Event, owner="notify", aggregate="delivery"):
    gateway: Code
    by: Token | None = Field(
        default=None, description="who relayed it; None: a receipt, or an answer, says it"
    )


class DeliveryFailed(Event, owner="notify", aggregate="delivery"):
    gateway: Code
    reason: str


class DeliveryUnknown(Event, owner="notify", aggregate="delivery"):
    """The gateway died or timed out while it held the message. It is never resent blindly."""

    gateway: Code
    reason: str
    again_at: AwareDatetime | None = Field(
        default=None,
        description="when the gateway is asked what became of it; none: a receipt may still tell",
    )


class DeliveryFolded(Event, owner="notify", aggregate="delivery"):
    """It waited, and another message to the same person says it, too: it is not sent by itself."""

    into: Token = Field(description="the delivery that says it")

"""Warnings of the authorities (预警): relayed as they were issued, superseded, cancelled; and who has seen to it."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shared.events.event import Event, Part
from shared.words import Code, Level, Token


class Reference(Part):
    """An earlier message that this one is about, as its issuer names it."""

    sender: str
    identifier: str
    sent: AwareDatetime


class Wording(Part):
    """The issuer's words in one language."""

    event: str = ""
    issuer: str = Field(default="", description="senderName, as it is relayed with the words")
    headline: str = ""
    description: str = ""
    instruction: str = ""


class Hazard(Part):
    """One ``info`` of a message: what threatens where. ``grids`` are those that it touches."""

    level: Level | None = Field(default=None, description="none: its issuer names none")
    said: Wording = Wording()
    english: Wording | None = Field(default=None, description="the issuer's own English, if there is any")
    onset: AwareDatetime | None = None
    expires: AwareDatetime | None = None
    areas: tuple[str, ...] = Field(default=(), description="places in the issuer's words")
    grids: tuple[Code, ...] = ()


class Message(Part):
    """What was issued. Sender and identifier name it: the same again is the same."""

    sender: str
    identifier: str
    sent: AwareDatetime
    kind: Literal["Alert", "Update", "Cancel"]
    references: tuple[Reference, ...] = ()
    source: Literal["cap", "form"] = Field(
        default="cap", description="form: typed at the desk from a notice on paper or by telephone"
    )
    hazards: tuple[Hazard, ...] = ()
    fingerprint: str = Field(default="", description="SHA-256 of what was said, hexadecimal")


class Called(Part):
    """Somebody who has to say that a warning was seen, and for which grid."""

    grid: Code
    worker: Token


class Ended(Part):
    """An alert of ours, and the later message that takes its place or calls it off."""

    alert: Token
    by: Token
    cancelled: bool = False


class AlertRelayed(Event, owner="notify", aggregate="alert"):
    """A warning goes to everybody in its grids; an update or a cancellation to whoever got what it ``ends``, too."""

    message: Message
    ends: tuple[Ended, ...] = Field(
        default=(), description="what is over for it, as far as that came to light now"
    )
    plan: str | None = Field(default=None, description="hash of the grid plan that it was laid over")
    called: tuple[Called, ...] = Field(default=(), description="who is asked to acknowledge it")
    acknowledge_by: AwareDatetime | None = None
    over_at: AwareDatetime | None = None


class AlertArrivedLate(Event, owner="notify", aggregate="alert"):
    """It came when it was over, or after what took its place: nobody is told, and it is kept as having been said."""

    message: Message
    why: Literal["expired", "superseded", "cancelled"]
    by: Token | None = Field(default=None, description="the alert that took its place")
    ends: tuple[Ended, ...] = ()


class AlertSuperseded(Event, owner="notify", aggregate="alert"):
    """A later message took its place."""

    by: Token


class AlertCancelled(Event, owner="notify", aggregate="alert"):
    """Its issuer called it off."""

    by: Token


class AlertAcknowledged(Event, owner="notify", aggregate="alert"):
    """Somebody who was asked has seen it."""

    worker: Token


class AlertEscalated(Event, owner="notify", aggregate="alert"):
    """Nobody of these grids acknowledged it in time: the next ones are called."""

    to: Literal["deputy", "head"]
    unseen: tuple[Code, ...] = Field(description="grids in which nobody has acknowledged it")
    called: tuple[Called, ...] = ()
    acknowledge_by: AwareDatetime | None = None

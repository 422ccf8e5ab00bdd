"""What notify may be asked to do with warnings."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from shared.commands.command import Command
from shared.events.alert import Called, Message
from shared.events.event import Part
from shared.words import Code, Level, Token

_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

Seconds = Annotated[int, Field(ge=0, le=86400)]
"""Within which somebody has to acknowledge it; none: nobody is asked to."""

LARGEST_FILE = 512 * 1024
"""Bytes of a CAP file: in base64 it still fits into one message of the bus."""

UNREAD = "unread"
"""In place of an alert's id, which only its sender and identifier tell: notify reads and names it."""


class AlertForm(Part):
    """A warning that came on paper or by telephone, in the fields that the law asks of it (突发事件应对法, art. 64):
    type, level, start, area, what it warns of, what to do, issuer, and when it was issued.
    """

    kind: Literal["Alert", "Update", "Cancel"] = "Alert"
    about: Token | None = Field(
        default=None, description="of an update or a cancellation: the alert it is about"
    )
    event: _Line
    level: Level
    onset: AwareDatetime
    expires: AwareDatetime | None = None
    areas: Annotated[tuple[Code, ...], Field(min_length=1, max_length=500, description="codes of areas")]
    warnings: _Words
    measures: _Words
    issuer: _Line
    sent: AwareDatetime


class Kin(Part):
    """Another message that this one refers to, or that refers to it, directly or through others."""

    alert: Token
    kind: Literal["Alert", "Update", "Cancel"]
    sent: AwareDatetime
    references: tuple[Token, ...] = ()
    grids: tuple[Code, ...] = ()
    everywhere: bool = Field(default=False, description="it names no place")
    enders: tuple[Token, ...] = Field(default=(), description="what has ended it until now")


class RelayAlert(Command, owner="notify", aggregate="alert", target="alert"):
    """Give ``file`` (CAP 1.1 or 1.2) or ``form``. The rest is read from it, from the grid plan and from what was relayed."""

    alert: Token = UNREAD
    file: bytes | None = None
    form: AlertForm | None = None
    message: Message | None = None
    kin: tuple[Kin, ...] = ()
    plan: str | None = None
    called: tuple[Called, ...] = ()
    within: Seconds | None = None


class SupersedeAlert(Command, owner="notify", aggregate="alert", target="alert"):
    alert: Token
    by: Token


class CancelAlert(Command, owner="notify", aggregate="alert", target="alert"):
    alert: Token
    by: Token


class AcknowledgeAlert(Command, owner="notify", aggregate="alert", target="alert"):
    """One tap of whoever was asked; the office may note it for somebody who said so by telephone."""

    alert: Token
    worker: Token


class CheckAlert(Command, owner="notify", aggregate="alert", target="alert"):
    """Has everybody seen it? ``called`` is the grid book's to say: who is next where nobody has."""

    alert: Token
    called: tuple[Called, ...] = ()
    within: Seconds | None = None

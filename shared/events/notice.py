"""Notices (公告): what the office lets many people know. notify's facts of one notice, and of a named audience.

One history a notice; its job stands in it, too: the list of recipients is frozen page by page (stream LISTS, named by
content), and how far it was worked through is a number. The deliveries themselves are histories of their own.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.events.event import Event, Part
from shared.words import Code, Token

NoticeKind = Literal["notice", "alert", "bulletin"]
Level = Literal["red", "orange", "yellow", "blue"]
Over = Literal["sms", "chat"]
Audienced = Literal["resident", "worker", "volunteer", "group"]
"""Whom a notice may go to: people of the grid book, workers with deputies and heads, volunteers, chat groups of grids."""


class Words(Part):
    """The same in both languages; without English, everybody reads Chinese."""

    zh: str
    en: str = ""


class Audience(Part):
    """Who: these roles, in all these places together. Nothing named means nobody."""

    everyone: bool = Field(default=False, description="the whole street")
    communities: tuple[Code, ...] = ()
    grids: tuple[Code, ...] = ()
    buildings: tuple[Code, ...] = ()
    roles: tuple[Audienced, ...] = ("resident",)
    saved: Token | None = Field(
        default=None, description="the id of a saved audience; its places and roles are added"
    )
    of_notice: Token | None = Field(default=None, description="whoever got this earlier notice")
    of_notices: tuple[Token, ...] = Field(default=(), description="and whoever got these")


class NoticePublished(Event, owner="notify", aggregate="notice"):
    """Somebody lets many people know something, from ``starts`` on. Words of an office: nothing in them is personal."""

    kind: NoticeKind = "notice"
    title: Words
    text: Words
    brief: Words | None = Field(
        default=None, description="what a message says of it, where its page says more; none: the text"
    )
    audience: Audience
    within: tuple[Code, ...] = Field(
        default=(), description="the communities of whoever wrote it; none: the whole street"
    )
    channels: tuple[Over, ...] = Field(default=(), description="none: as each recipient prefers")
    level: Level | None = None
    starts: AwareDatetime
    because: str = Field(
        default="", description="id of the fact behind it, if there is one: a warning, a bulletin"
    )
    publisher: str = ""


class LeftOut(Part):
    """How many recipients were left out of a list, and why."""

    reason: Literal["opted_out", "no_address", "same_address"]
    number: Annotated[int, Field(ge=0)]


class NoticeStarted(Event, owner="notify", aggregate="notice"):
    """The list of recipients is frozen: whoever comes later gets nothing of it. ``pages`` names its pages by the SHA-256
    of their content, in order.
    """

    pages: tuple[str, ...]
    recipients: int = Field(description="people and groups")
    deliveries: int = Field(description="messages: one person may want two channels")
    left_out: tuple[LeftOut, ...] = ()


class NoticeAdvanced(Event, owner="notify", aggregate="notice"):
    """The deliveries of the first ``upto`` pages are requested."""

    upto: int


class NoticeFinished(Event, owner="notify", aggregate="notice"):
    """Every delivery of it is requested. What becomes of each stands in its own history."""


class NoticeCancelled(Event, owner="notify", aggregate="notice"):
    """What was not attempted until now is not sent. What went out is out."""

    reason: str = ""


class AudienceSaved(Event, owner="notify", aggregate="audience"):
    """An audience with a name, to be used again. Who is in it is asked anew each time."""

    name: Code
    audience: Audience
    within: tuple[Code, ...] = ()


class AudienceDropped(Event, owner="notify", aggregate="audience"):
    """Nobody uses it any more."""

"""What notify may be asked about notices and saved audiences."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.commands.command import Command
from shared.events.notice import Audience, LeftOut, Level, NoticeKind, Over, Words
from shared.words import Code, Token


class PublishNotice(Command, owner="notify", aggregate="notice", target="notice"):
    """``starts`` left out, or past: at once. ``within`` is filled in by the door: the communities of whoever asks."""

    notice: Token
    kind: NoticeKind = "notice"
    title: Words
    text: Words
    brief: Words | None = None
    audience: Audience
    within: Annotated[tuple[Code, ...], Field(max_length=100)] = ()
    channels: tuple[Over, ...] = ()
    level: Level | None = None
    starts: AwareDatetime | None = None
    because: str = ""


class CancelNotice(Command, owner="notify", aggregate="notice", target="notice"):
    notice: Token
    reason: Annotated[str, Field(max_length=200)] = ""


class StartNotice(Command, owner="notify", aggregate="notice", target="notice"):
    """notify's own: the list is frozen."""

    notice: Token
    pages: tuple[str, ...] = ()
    recipients: Annotated[int, Field(ge=0)] = 0
    deliveries: Annotated[int, Field(ge=0)] = 0
    left_out: tuple[LeftOut, ...] = ()


class AdvanceNotice(Command, owner="notify", aggregate="notice", target="notice"):
    """notify's own: so many pages are requested."""

    notice: Token
    upto: Annotated[int, Field(ge=0)]


class FinishNotice(Command, owner="notify", aggregate="notice", target="notice"):
    notice: Token


class SaveAudience(Command, owner="notify", aggregate="audience", target="audience"):
    """Save it, or save it anew under the same id."""

    audience: Token
    name: Code
    who: Audience
    within: Annotated[tuple[Code, ...], Field(max_length=100)] = ()


class DropAudience(Command, owner="notify", aggregate="audience", target="audience"):
    audience: Token

"""Drafting, editing, publishing and withdrawing a bulletin (工作计划及进展)."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from shared.commands.command import Command, Reason
from shared.events.bulletin import BulletinLine, Span
from shared.events.notice import Audienced, Words
from shared.words import Code, Token, in_one_line, sayable

_LONGEST_TITLE, _LONGEST_LINE, _MOST_LINES = 80, 500, 80

_Text = Annotated[
    str, StringConstraints(max_length=_LONGEST_LINE, strip_whitespace=True), AfterValidator(sayable)
]
_Title = Annotated[
    str, StringConstraints(max_length=_LONGEST_TITLE, strip_whitespace=True), AfterValidator(in_one_line)
]


class TitleSaid(Words):
    zh: Annotated[_Title, Field(min_length=1)]
    en: _Title = ""


class LineSaid(BulletinLine):
    of: Annotated[str, StringConstraints(max_length=32, pattern=r"^[a-z0-9_]*$")] = ""
    zh: Annotated[_Text, Field(min_length=1)]
    en: _Text = ""


Lines = Annotated[tuple[LineSaid, ...], Field(max_length=_MOST_LINES)]


class DraftBulletin(Command, owner="notify", aggregate="bulletin", target="bulletin"):
    """As it was counted. It takes the place of an earlier draft that nobody edited; what a person wrote it leaves alone."""

    bulletin: Token
    area: Code
    community: Code | None = None
    grids: Annotated[tuple[Code, ...], Field(min_length=1, max_length=500)]
    span: Span
    since: date
    until: date
    title: TitleSaid
    lines: Lines


class EditBulletin(Command, owner="notify", aggregate="bulletin", target="bulletin"):
    """``seen``: how many changes of the text stood when it was opened; another's change since then is not overwritten."""

    bulletin: Token
    title: TitleSaid
    lines: Lines
    seen: int | None = None


class PublishBulletin(Command, owner="notify", aggregate="bulletin", target="bulletin"):
    """``seen``: as in EditBulletin, so that nobody publishes what he has not read. ``roles``: who in its grids is told; the
    chat groups alone, unless somebody says more.
    """

    bulletin: Token
    seen: int | None = None
    why: Annotated[_Text, Field(description="from the second edition on: what is corrected")] = ""
    roles: tuple[Audienced, ...] = ("group",)


class WithdrawBulletin(Command, owner="notify", aggregate="bulletin", target="bulletin"):
    bulletin: Token
    why: Reason

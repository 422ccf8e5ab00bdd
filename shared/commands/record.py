"""What routing may be asked to change in the grid book's records."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.commands.command import Command
from shared.events.event import Sealed
from shared.words import Code, RecordKind, RemovalReason, Token

_Names = tuple[Code, ...]


class EnterRecord(Command, owner="routing", aggregate="record", target="record"):
    """``grid`` None: routing finds it by the building."""

    record: Token
    kind: RecordKind
    grid: Code | None = None
    building: Code | None = None
    dwelling: Token | None = None
    category: Code | None = None
    residents: Annotated[int, Field(ge=0)] | None = None
    care: bool = False
    confirmed_on: date | None = None
    filled: _Names = ()
    doubts: _Names = ()
    digest: Token
    sealed: Sealed | None = None


class CorrectRecord(Command, owner="routing", aggregate="record", target="record"):
    """The whole record anew, made ``over`` the content with that digest: over another one it is refused."""

    record: Token
    over: Token
    changed: _Names
    grid: Code | None = None
    building: Code | None = None
    dwelling: Token | None = None
    category: Code | None = None
    residents: Annotated[int, Field(ge=0)] | None = None
    care: bool = False
    confirmed_on: date | None = None
    filled: _Names = ()
    doubts: _Names = ()
    digest: Token
    sealed: Sealed | None = None


class RequestCells(Command, owner="routing", aggregate="record", target="record"):
    """Only what this template has not asked for yet goes on record."""

    record: Token
    template: Token
    office: Code
    fields: Annotated[_Names, Field(min_length=1)]
    due_on: date


class RemoveRecord(Command, owner="routing", aggregate="record", target="record"):
    record: Token
    reason: RemovalReason

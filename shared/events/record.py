"""The grid book's people, dwellings, enterprises and facilities (人房企事物): routing's facts of records."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.events.event import Event, Sealed
from shared.words import Code, RecordKind, RemovalReason, Token

Names = tuple[Code, ...]


class RecordEntered(Event, owner="routing", aggregate="record"):
    """Somebody or something stands in the grid book. Whatever is about a person is in ``sealed``, as one box."""

    kind: RecordKind
    grid: Code | None = None
    building: Code | None = None
    dwelling: Token | None = Field(
        default=None, description="the record of the dwelling where a person lives"
    )
    category: Code | None = None
    residents: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="how many live in a dwelling, as it was said"
    )
    care: bool = Field(default=False, description="needs looking after; why stands sealed")
    confirmed_on: date | None = Field(default=None, description="the day on which it was last seen to be so")
    filled: Names = Field(default=(), description="which sealed fields say something")
    doubts: Names = Field(default=(), description="what the door found odd in the sealed fields")
    digest: Token = Field(description="HMAC of the content: the same content is known again")
    sealed: Sealed | None = None


class RecordCorrected(Event, owner="routing", aggregate="record"):
    """The whole record as it is now; ``changed`` names the fields that are not as they were."""

    changed: Names
    grid: Code | None = None
    building: Code | None = None
    dwelling: Token | None = None
    category: Code | None = None
    residents: Annotated[int, Field(ge=0)] | None = None
    care: bool = False
    confirmed_on: date | None = None
    filled: Names = ()
    doubts: Names = ()
    digest: Token
    sealed: Sealed | None = None


class CellsRequested(Event, owner="routing", aggregate="record"):
    """A superior's template asks for these fields of it, and the book does not know them. Whoever fills one, and however,
    is done with it: nobody says so.
    """

    template: Token = Field(description="the history that says who asked for what")
    office: Code
    fields: Names
    due_on: date


class RecordRemoved(Event, owner="routing", aggregate="record"):
    """It stands in the book no more. Its history stays."""

    reason: RemovalReason

"""Tables that superior offices send to be filled: who asks for what, and how often."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.events.event import Event
from shared.words import Code, RecordKind, Token


class TemplateReceived(Event, owner="routing", aggregate="template"):
    """An office asks for these fields of so many records. What its table is called is known again, and not told."""

    office: Code
    title: Token = Field(description="HMAC of the table's title: the same table is known again")
    kind: RecordKind
    fields: tuple[Code, ...] = Field(description="that the book has a place for")
    unknown: Annotated[int, Field(ge=0)] = Field(default=0, description="columns that it has no place for")
    grids: tuple[Code, ...] = Field(default=(), description="of these alone; of all when it is empty")
    care: Code | None = Field(
        default=None,
        description="only people who need looking after for this reason; any: for whatever reason",
    )
    records: Annotated[int, Field(ge=0)] = Field(default=0, description="how many it was filled for at first")
    due_on: date

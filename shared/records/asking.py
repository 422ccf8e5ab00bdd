"""What routing may be asked of the grid book's records."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.words import Code, RecordKind, Token


class Wanted(BaseModel):
    """``query.routing.Records``: by ids, or a page after the id ``after``."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[tuple[Token, ...], Field(max_length=500)] | None = None
    kind: RecordKind | None = None
    grids: Annotated[tuple[Code, ...], Field(max_length=500)] | None = None
    care: bool | None = None
    building: Code | None = None
    dwelling: Token | None = None
    doubt: Code | None = None
    missing: bool = False
    """Only those of which a template asks for something that nobody has told yet."""
    removed: bool = False
    after: Token | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50


class Quality(BaseModel):
    """``query.routing.RecordQuality``: with ``flaw``, more of its ids are told."""

    model_config = ConfigDict(extra="forbid")

    kind: RecordKind | None = None
    grids: Annotated[tuple[Code, ...], Field(max_length=500)] | None = None
    flaw: Code | None = None
    stale_months: Annotated[int, Field(ge=1, le=120)] = 12


class Asks(BaseModel):
    """``query.routing.Asks``: what superiors asked for since a day; since this quarter began, when none is named."""

    model_config = ConfigDict(extra="forbid")

    since: date | None = None


class Whom(BaseModel):
    """``query.routing.Vulnerable``: the record of a person or of a dwelling."""

    model_config = ConfigDict(extra="forbid")

    record: Token

"""Which rows of the ledger somebody asks for: by what they say, by words in them, or a page in an order."""

from datetime import tzinfo
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.console.moments import Day, Flag, begin_of, end_of
from services.console.sight import Sight
from services.console.wanted import Order, Wanted
from shared.words import Channel, Kind, Severity, Status, Token, in_one_line

Short = Annotated[Annotated[str, Field(max_length=64), AfterValidator(in_one_line)] | None, Query()]
Words = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(in_one_line)]
MOST_FOUND = 2000
"""Requests in which words are found, the newest, before the filters are asked."""
_COLUMNS = {"grid", "status", "category", "worker", "community", "kind", "severity", "channel", "matter"}


class Rows(BaseModel):
    """Which rows of the ledger. ``since`` and ``until`` are days, both included; ``without_owner``: open, and nobody's
    although somebody should have it.
    """

    model_config = ConfigDict(extra="forbid")

    grid: Short = None
    status: Status | None = None
    category: Short = None
    worker: Short = None
    community: Short = None
    kind: Kind | None = None
    severity: Severity | None = None
    channel: Channel | None = None
    matter: Token | None = None
    overdue: Flag = False
    without_owner: Flag = False
    since: Day | None = None
    until: Day | None = None

    def wanted(self, sight: Sight, zone: tzinfo) -> Wanted:
        return Wanted(
            **self.model_dump(mode="json", include=_COLUMNS),
            overdue=self.overdue,
            without_owner=self.without_owner,
            since=begin_of(self.since, zone) if self.since else None,
            until=end_of(self.until, zone) if self.until else None,
            sight=sight,
        )


class Search(Rows):
    """Words that somebody said; all of them have to stand in one request, which the filters must hold of, too. Said in
    a body: an address is written down.
    """

    words: Words
    limit: Annotated[int, Field(ge=1, le=200, strict=True)] = 50


class Page(Rows):
    """Which rows, how many, in which order; ``after`` takes the ``next`` of the page before. ``mine``: what the asker has,
    what he stands in for now, and what he heard of as a head.
    """

    mine: Flag = False
    order: Order = "rank"
    after: Annotated[str | None, Field(max_length=256)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50

"""Which rows of the ledger, in which order, from where on: what a page asks of the store."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from services.console.priority import DONE
from services.console.sight import EVERYTHING, Sight
from shared.clock import now
from shared.documents import Document, document_id
from shared.http import ProblemError
from shared.words import Status

Order = Literal["rank", "newest"]
_EVER = datetime(1, 1, 1, tzinfo=UTC)
_MOST_DAYS = 180
"""More are not merged (MongoDB does at most 200); so much of the ledger is no small part of it."""
_NO_COLUMN = ("overdue", "without_owner", "since", "until", "among", "hands", "sight")
WAITING = (Status.SUBMITTED, Status.TRIAGE, Status.RETURNED)
"""Whose turn it is to find somebody: an open one in any other status has an owner."""


@dataclass(frozen=True)
class Wanted:
    """Which rows. None: no matter. ``since`` and ``until`` are of the submission; ``among`` are ids."""

    grid: str | None = None
    status: str | None = None
    category: str | None = None
    worker: str | None = None
    community: str | None = None
    kind: str | None = None
    severity: str | None = None
    channel: str | None = None
    matter: str | None = None
    overdue: bool = False
    without_owner: bool = False
    since: datetime | None = None
    until: datetime | None = None
    among: tuple[str, ...] | None = None
    hands: tuple[dict[str, Any], ...] | None = None
    """Whoever has it, or acts for whoever has it: one of these conditions."""
    sight: Sight = EVERYTHING

    def filter(self, tenant: str, *more: dict[str, Any]) -> dict[str, Any]:
        """As the store is asked."""
        names = (field.name for field in fields(self) if field.name not in _NO_COLUMN)
        chosen = {f"body.{name}": value for name in names if (value := getattr(self, name)) is not None}
        also = [*self.sight.conditions(), *more]
        if self.overdue:
            also.append({"body.due_at": {"$lt": now()}})
            if self.status is None:
                also.append({"body.status": {"$nin": list(DONE)}})
        if self.without_owner:
            also += [{"body.worker": None}, {"body.status": {"$nin": [*DONE, *WAITING]}}]
        if self.hands is not None:
            also.append({"$or": list(self.hands)})
        if self.since is not None:
            also.append({"body.at": {"$gte": self.since}})
        if self.until is not None:
            also.append({"body.at": {"$lt": self.until}})
        if self.among is not None:
            also.append({"_id": {"$in": [document_id(tenant, one) for one in self.among]}})
        return {"tenant": tenant, **chosen, **({"$and": also} if also else {})}

    def by_day(self, order: Order) -> list[dict[str, Any]]:
        """In the order of priority, what was said from a day on is merged from the days' own indexes; without it, all
        that is older would be walked through. Days in UTC, which the store knows: ``filter`` cuts the edges.
        """
        if order != "rank" or self.since is None:
            return []
        last = min(self.until or now(), now()) + timedelta(days=1)
        days = (last.date() - self.since.date()).days + 1
        if days > _MOST_DAYS:
            return []
        among = [_day(self.since, number) for number in range(days)]
        return [{"body.day": {"$in": [*among, None]}}]  # None: folded before there were days

    def order(self, asked: Order) -> Order:
        """What is done, and what stands under another request, has no rank: the newest come first there."""
        ranked = self.status not in DONE and self.matter is None
        return asked if ranked else "newest"


def _day(first: datetime, number: int) -> str:
    return (first.astimezone(UTC).date() + timedelta(days=number)).isoformat()


def begins(order: Order, after: str | None) -> dict[str, Any]:
    """Return the condition that a page begins after the row that ``after`` names. Raises ProblemError."""
    key, way = ("body.rank_at", "$gt") if order == "rank" else ("body.at", "$lt")
    if after is None:
        return {key: {"$gte": _EVER}}
    moment, last = _read_cursor(order, after)
    return {key: {way + "e": moment}, "$or": [{key: {way: moment}}, {"id": {way: last}}]}


def sorting(order: Order) -> list[tuple[str, int]]:
    return [("body.rank_at", 1), ("id", 1)] if order == "rank" else [("body.at", -1), ("id", -1)]


def cursor(order: Order, row: Document) -> str:
    """Return what names this row as the last of a page."""
    moment = row["body"]["rank_at" if order == "rank" else "at"]
    return urlsafe_b64encode(f"{order} {moment.isoformat()} {row['id']}".encode()).decode()


def _read_cursor(order: Order, said: str) -> tuple[datetime, str]:
    try:
        of, at, last = urlsafe_b64decode(said.encode("ascii")).decode().split(" ", 2)
        moment = datetime.fromisoformat(at).astimezone(UTC)
    except (ValueError, OverflowError) as odd:
        raise ProblemError(400, "bad_cursor", "after: use the value of next.") from odd
    if of != order:
        raise ProblemError(400, "bad_cursor", "after: this is the cursor of another order.")
    return moment, last

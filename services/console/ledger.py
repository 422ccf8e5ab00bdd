"""Reading the ledger: pages by key, one request with its history, figures. Words are opened as they are read."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from services.console.priority import DONE
from services.console.projection import LEDGER, shown
from services.console.sight import EVERYTHING, Sight
from services.console.wanted import Order, Wanted, begins, cursor, sorting
from shared.clock import now
from shared.documents import Body, Document, document_id
from shared.envelope import History, UnreadableError
from shared.events.event import Sealed
from shared.http import ProblemError
from shared.ids import read_code, request_id
from shared.journal import Journal
from shared.pictures import key_of
from shared.projection import document_now
from shared.store import Store
from shared.vault import Vault
from shared.words import Kind, Status

_STEPS = {"body.said_steps": 0, "body.done_steps": 0}
_DONE = list(DONE)
_MOST_JOINED = 200
_AT_ONCE = 500
_ERASED = "erased"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Anything else would be an address on the bus, and could name many histories at once."""


class Ledger:
    def __init__(self, tenant: str, store: Store, journal: Journal, vault: Vault) -> None:
        self._tenant = tenant
        self._store = store
        self._journal = journal
        self._vault = vault

    async def page(self, wanted: Wanted, after: str | None, limit: int, order: Order = "rank") -> Body:
        """In order of priority, or the newest first; ``next`` is the key of the page that follows, or None.

        Raises ProblemError.
        """
        order = wanted.order(order)
        query = wanted.filter(self._tenant, begins(order, after), *wanted.by_day(order))
        found = self._store.documents(LEDGER.name).find(query, _STEPS)
        rows = [row async for row in found.sort(sorting(order)).limit(limit + 1)]
        more = rows[limit:]
        rows = rows[:limit]
        texts = await self._texts(rows)
        items = [row_of(row) | {"text": text} for row, text in zip(rows, texts, strict=True)]
        return {"items": items, "next": cursor(order, rows[-1]) if more else None}

    async def count(self, wanted: Wanted, order: Order, most: int) -> int:
        """How many rows there are, counted no further than to one more than ``most``."""
        query = wanted.filter(self._tenant, begins(wanted.order(order), None))
        return await self._store.documents(LEDGER.name).count_documents(query, limit=most + 1)

    async def rows(self, wanted: Wanted, order: Order, *, texts: bool) -> AsyncIterator[list[Body]]:
        """Yield all rows as a page has them, some at a time; without what was said unless ``texts``."""
        order = wanted.order(order)
        query = wanted.filter(self._tenant, begins(order, None), *wanted.by_day(order))
        found = self._store.documents(LEDGER.name).find(query, _STEPS).sort(sorting(order))
        found = found.batch_size(
            _AT_ONCE
        )  # else 16 MB at a time are decoded, and nobody else is served meanwhile
        while some := await found.to_list(_AT_ONCE):
            said = await self._texts(some) if texts else [None] * len(some)
            yield [row_of(row) | {"text": text} for row, text in zip(some, said, strict=True)]

    async def one(self, named: str, sight: Sight = EVERYTHING) -> Body:
        """One request by its id or its code, with its history and those that joined it. Raises ProblemError."""
        document = await self.document(named, sight)
        steps = [*document["body"].get("said_steps", []), *document["body"].get("done_steps", [])]
        steps.sort(key=lambda step: (step["at"], step["revision"]))
        boxes = [(self._subject(step, document["id"]), step["sealed"]) for step in steps]
        words = await self._open(boxes)
        (text,) = await self._texts([document])
        tip = document["body"].get("kind") == Kind.TIP
        history = [_told(step, word, tip=tip) for step, word in zip(steps, words, strict=True)]
        joined = await self.page(Wanted(matter=document["id"], sight=sight), None, _MOST_JOINED)
        return {
            "state": row_of(document) | {"text": text},
            "history": history,
            "joined": joined["items"],
        }

    async def document(self, named: str, sight: Sight = EVERYTHING) -> Document:
        """The ledger's document as the journal has it now. Raises ProblemError: also for what is hidden from them."""
        code = read_code(named)
        request = request_id(self._tenant, code) if code else named
        document = await self._known(request) if _ID.fullmatch(request) else None
        if document is None or "code" not in document["body"] or not sight.sees(document["body"]):
            raise ProblemError(404, "not_found", "There is no such request.")
        return document

    async def seen(self, requests: Sequence[str], sight: Sight) -> dict[str, Body]:
        """Return those of these requests that are seen, by id: ``kind`` alone of each."""
        query = Wanted(among=tuple(requests), sight=sight).filter(self._tenant)
        found = self._store.documents(LEDGER.name).find(query, {"id": 1, "body.kind": 1})
        return {row["id"]: row["body"] async for row in found}

    async def row(self, request: str) -> Document | None:
        """The document as it was written last."""
        name = document_id(self._tenant, request)
        return await self._store.documents(LEDGER.name).find_one({"_id": name}, _STEPS)

    async def _known(self, request: str) -> Document | None:
        histories = [
            History(self._tenant, "intake", "submission", request),
            History(self._tenant, "routing", "request", request),
            History(self._tenant, "routing", "matter", request),
        ]
        try:
            return await document_now(LEDGER, self._store, self._journal, self._tenant, histories)
        except UnreadableError:  # held: what was readable stands in the document
            name = document_id(self._tenant, request)
            return await self._store.documents(LEDGER.name).find_one({"_id": name})

    async def changed_since(self, revision: int, sight: Sight = EVERYTHING) -> Any:
        """Documents whose newest event is later, oldest first."""
        query = Wanted(sight=sight).filter(self._tenant, {"r": {"$gt": revision}})
        return self._store.documents(LEDGER.name).find(query, _STEPS).sort("r", 1)

    async def names(self, column: str, value: str) -> bool:
        """Whether any request ever had this in this column."""
        where = {"tenant": self._tenant, f"body.{column}": value}
        return await self._store.documents(LEDGER.name).find_one(where, {"_id": 1}) is not None

    async def figures(self, wanted: Wanted) -> Body:
        ledger, mine = self._store.documents(LEDGER.name), wanted.filter(self._tenant)
        by_status = {status.value: 0 for status in Status}
        async for row in ledger.aggregate(
            [{"$match": mine}, {"$group": {"_id": "$body.status", "count": {"$sum": 1}}}]
        ):
            by_status[row["_id"]] = row["count"]
        still = mine | {"body.status": wanted.status or {"$nin": _DONE}}
        by_grid = {
            row["_id"]: row["count"]
            async for row in ledger.aggregate(
                [{"$match": still}, {"$group": {"_id": "$body.grid", "count": {"$sum": 1}}}]
            )
            if row["_id"] is not None
        }
        return {
            "by_status": by_status,
            "open": sum(count for status, count in by_status.items() if status not in _DONE),
            "overdue": await ledger.count_documents(still | {"body.due_at": {"$lt": now()}}),
            "without_owner": await ledger.count_documents(
                replace(wanted, without_owner=True).filter(self._tenant)
            ),
            "by_grid": by_grid,
        }

    async def opened(self, document: Document, names: Sequence[str]) -> Body:
        """Of what was said, what is opened one at a time: after the audit event, for whoever said why."""
        fields = (await self._open([(self._said(document["id"]), document["body"].get("sealed"))]))[0]
        if fields is None:
            return {"erased": True}
        return {name: fields.get(name) for name in names}

    def keys(self, document: Document) -> tuple[str, ...]:
        """Every vault key that sealed the resident's own words and pictures, and what was photographed there."""
        body = document["body"]
        steps = [*body.get("said_steps", []), *body.get("done_steps", [])]
        theirs = [
            s["sealed"]
            for s in steps
            if s["type"] in ("RequestAmended", "FeedbackRecorded", "ResidentAnswered")
        ]
        pictures = [s["about"]["picture"] for s in steps if s["type"] == "PictureAdded"]
        # What a follower was passed on from its lead is not of this resident's place.
        photographed = [s for s in steps if not s["actor"].startswith("service:")]
        pictures += [name for s in photographed for name in s["about"].get("pictures", ())]
        return (*(box["key"] for box in (body.get("sealed"), *theirs) if box), *map(key_of, pictures))

    async def _texts(self, rows: Sequence[Document]) -> list[str | None]:
        boxes = [(self._said(row["id"]), row["body"].get("sealed")) for row in rows]
        opened = await self._open(boxes)
        return [
            None if box is None else _ERASED if fields is None else fields.get("text", "")
            for (_, box), fields in zip(boxes, opened, strict=True)
        ]

    async def _open(self, boxes: Sequence[tuple[str, Body | None]]) -> list[dict[str, str] | None]:
        sealed = [(place, subject, box) for place, (subject, box) in enumerate(boxes) if box]
        opened = await self._vault.open_many([(s, Sealed.model_construct(**box)) for _, s, box in sealed])
        found: list[dict[str, str] | None] = [None] * len(boxes)
        for (place, _, _), fields in zip(sealed, opened, strict=True):
            found[place] = fields
        return found

    def _said(self, request: str) -> str:
        return History(self._tenant, "intake", "submission", request).subject

    def _subject(self, step: Body, request: str) -> str:
        if step["type"] == "RequestAmended":
            return self._said(request)
        return History(self._tenant, "routing", "request", request).subject


def row_of(document: Document) -> Body:
    """As staff see it: whom it is hidden from is not theirs to know."""
    return {"id": document["id"], "revision": document["r"], **shown(document["body"])}


def _told(step: Body, words: dict[str, str] | None, *, tip: bool) -> Body:
    """Who gave a tip is not to be found out by what else the same person said."""
    if tip:
        step["about"].pop("person", None)
    line = {name: value for name, value in step.items() if name not in ("about", "sealed")} | step["about"]
    if step["sealed"]:
        line["text"] = _ERASED if words is None else words.get("text", "")
    return line

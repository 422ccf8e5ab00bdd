"""Looking through the grid book. Words stay sealed here; whoever may open them opens them at his own desk."""

from typing import Any

from services.routing.record.projection import BOOK
from shared.documents import Body, Document, document_id
from shared.records.asking import Wanted
from shared.store import Store


async def records(store: Store, tenant: str, asked: dict[str, Any]) -> Body:
    """Return ``items`` with their boxes, and ``next``. Raises ValidationError."""
    wanted = Wanted.model_validate(asked)
    query: dict[str, Any] = {"tenant": tenant, "body.kind": {"$exists": True}}
    if wanted.ids is not None:
        query["_id"] = {"$in": [document_id(tenant, one) for one in wanted.ids]}
    else:
        query["body.removed"] = {"$ne": None} if wanted.removed else None
    if wanted.grids is not None:
        query["body.grid"] = {"$in": list(wanted.grids)}
    for name in ("kind", "care", "building", "dwelling"):
        if (value := getattr(wanted, name)) is not None:
            query[f"body.{name}"] = value
    if wanted.doubt is not None:
        query["body.doubts"] = wanted.doubt
    if wanted.missing:
        query["body.missing"] = {"$gt": ""}  # some field: an empty list has none
    if wanted.after is not None:
        query["id"] = {"$gt": wanted.after}
    limit = len(wanted.ids) if wanted.ids is not None else wanted.limit
    found = store.documents(BOOK.name).find(query).sort("id", 1).limit(limit + 1)
    rows = [row async for row in found]
    return {
        "items": [row_of(row) for row in rows[:limit]],
        "next": rows[limit - 1]["id"] if len(rows) > limit else None,
    }


def row_of(row: Document) -> Body:
    return {"id": row["id"], "revision": row["r"], **row["body"]}


async def is_vulnerable(store: Store, tenant: str, record: str) -> bool:
    """Whether this person, or anybody who lives in this dwelling, needs looking after. Why, only the box says."""
    mine = {"tenant": tenant, "body.removed": None, "body.care": True}
    either = [{"_id": document_id(tenant, record)}, {"body.dwelling": record}]  # each by an index
    return await store.documents(BOOK.name).find_one({**mine, "$or": either}, {"_id": 1}) is not None

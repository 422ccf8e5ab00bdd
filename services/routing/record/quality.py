"""What is missing, contradictory or stale in the grid book, by grid and kind, with the records to look at.

What only the words tell (an id number whose check digit is wrong) was found where they were in clear, and stands in
``doubts``: no box is opened for a report.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.routing.record.projection import BOOK
from shared.areas import buildings_in
from shared.documents import Body
from shared.records.asking import Quality
from shared.records.fields import wanted
from shared.store import Store
from shared.words import RecordKind

_SHOWN = 20
_SHOWN_OF_ONE = 500
_NEEDED = dict.fromkeys(("id", *(f"body.{n}" for n in ("kind", "grid", "building", "dwelling", "category", "residents", "confirmed_on", "filled", "doubts"))), 1)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What a record is held against."""

    grids: Container[str]
    buildings: Container[str]
    living: dict[str, int]
    """How many persons' records name each dwelling."""
    dwellings: Container[str]
    stale_before: date


@dataclass
class Line:
    count: int = 0
    ids: list[str] = field(default_factory=list)


def flaws(record: str, body: Body, known: Known) -> list[str]:
    """Return the slugs of all that is wrong with one record."""
    kind = RecordKind(body["kind"])
    filled = body["filled"]
    found = [f"missing_{name}" for name in wanted(kind) if name not in filled and body.get(name) is None]
    found += body["doubts"]
    if body["grid"] is None:
        found.append("no_grid")
    elif body["grid"] not in known.grids:
        found.append("unknown_grid")
    if body["building"] is not None and body["building"] not in known.buildings:
        found.append("unknown_building")
    if kind is RecordKind.DWELLING and body["residents"] is not None:
        living = known.living.get(record, 0)
        if living and not body["residents"]:
            found.append("empty_but_lived_in")
        elif living > body["residents"]:
            found.append("more_live_there")
    if kind is RecordKind.PERSON and body["dwelling"] and body["dwelling"] not in known.dwellings:
        found.append("dwelling_not_there")
    if body["confirmed_on"] is None:
        found.append("never_confirmed")
    elif date.fromisoformat(body["confirmed_on"]) < known.stale_before:
        found.append("stale")
    return found


def months_before(day: date, months: int) -> date:
    """Return the first day of the month so many months ago: a record is stale when its whole month is."""
    total = day.year * 12 + day.month - 1 - months
    return date(total // 12, total % 12 + 1, 1)


async def report(store: Store, tenant: str, plan: Body | None, asked: dict[str, Any], today: date) -> Body:
    """Return ``totals`` by grid and kind and ``flaws`` by grid, kind and slug. Raises ValidationError."""
    wish = Quality.model_validate(asked)
    standing = {"tenant": tenant, "body.removed": None, "body.kind": {"$exists": True}}
    book = store.documents(BOOK.name)
    persons = {**standing, "body.kind": "person", "body.dwelling": {"$ne": None}}
    living = {
        row["_id"]: row["count"]
        async for row in book.aggregate(
            [{"$match": persons}, {"$group": {"_id": "$body.dwelling", "count": {"$sum": 1}}}]
        )
    }
    dwellings = {row["id"] async for row in book.find({**standing, "body.kind": "dwelling"}, {"id": 1})}
    features = (plan or {}).get("features", [])
    known = Known(
        {f["properties"]["code"] for f in features},
        {name for f in features for name in buildings_in(f)},
        living,
        dwellings,
        months_before(today, wish.stale_months),
    )
    query: dict[str, Any] = dict(standing)
    if wish.kind is not None:
        query["body.kind"] = wish.kind.value
    if wish.grids is not None:
        query["body.grid"] = {"$in": list(wish.grids)}
    totals: dict[tuple[str, str], int] = {}
    lines: dict[tuple[str, str, str], Line] = {}
    most = _SHOWN if wish.flaw is None else _SHOWN_OF_ONE
    async for row in book.find(query, _NEEDED).sort("id", 1):
        body = row["body"]
        where = (body["grid"] or "", body["kind"])
        totals[where] = totals.get(where, 0) + 1
        for flaw in flaws(row["id"], body, known):
            if wish.flaw in (None, flaw):
                line = lines.setdefault((*where, flaw), Line())
                line.count += 1
                if len(line.ids) < most:
                    line.ids.append(row["id"])
    return {
        "stale_before": known.stale_before.isoformat(),
        "totals": [{"grid": g or None, "kind": k, "records": n} for (g, k), n in sorted(totals.items())],
        "flaws": [
            {"grid": g or None, "kind": k, "flaw": f, "count": line.count, "ids": line.ids}
            for (g, k, f), line in sorted(lines.items())
        ],
    }

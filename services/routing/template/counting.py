"""How often the same thing is asked for: by field and by whom it is asked about, with the offices and the months."""

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from services.routing.template.projection import ASKED
from shared.documents import Body
from shared.records.asking import Asks
from shared.store import Store


def counted(asks: Iterable[Body], zone: ZoneInfo) -> list[Body]:
    """Return a row for each kind, group and field, the one most asked for first. A template counts once."""
    rows: dict[tuple[str, str, str], Body] = {}
    for ask in asks:
        month = ask["at"].astimezone(zone).strftime("%Y-%m")
        for field in ask["fields"]:
            row = rows.setdefault(
                (ask["kind"], ask.get("care") or "", field),
                {
                    "kind": ask["kind"],
                    "care": ask.get("care"),
                    "field": field,
                    "times": 0,
                    "offices": [],
                    "titles": [],
                    "months": {},
                },
            )
            row["times"] += 1
            row["months"][month] = row["months"].get(month, 0) + 1
            row["offices"] = sorted({*row["offices"], ask["office"]})
            row["titles"] = sorted({*row["titles"], ask["title"]})
    for row in rows.values():
        row["titles"] = len(row["titles"])
        row["months"] = dict(sorted(row["months"].items()))
    return [rows[key] for key in sorted(rows, key=lambda key: (-rows[key]["times"], key))]


async def asks(store: Store, tenant: str, zone: ZoneInfo, asked: Body, present: datetime) -> Body:
    """Return ``since`` (the beginning of the quarter, when no day is named) and ``rows``. Raises ValidationError."""
    wish = Asks.model_validate(asked)
    today = present.astimezone(zone).date()
    since = wish.since or today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    begin = datetime.combine(since, time(), zone)
    found = store.documents(ASKED.name).find({"tenant": tenant, "body.at": {"$gte": begin}}, {"body": 1})
    bodies = [row["body"] async for row in found]
    return {"since": since.isoformat(), "templates": len(bodies), "rows": counted(bodies, zone)}

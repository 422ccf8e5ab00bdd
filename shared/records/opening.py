"""Opening what records say, for whoever has put on record why."""

from typing import Any

from pydantic_core import to_json

from shared.envelope import History
from shared.events.event import Sealed
from shared.records.making import PUBLIC, Content
from shared.vault import Vault
from shared.words import RecordKind


async def open_records(vault: Vault, tenant: str, items: list[dict[str, Any]]) -> dict[str, Content]:
    """Return what each record says, by its id; one that was erased is not there."""
    boxes = [
        (
            History(tenant, "routing", "record", item["id"]).subject,
            Sealed.model_validate_json(to_json(item["sealed"])),
        )
        for item in items
        if item["sealed"]
    ]
    opened = iter(await vault.open_many(boxes))
    found: dict[str, Content] = {}
    for item in items:
        words = next(opened) if item["sealed"] else {}
        if words is not None:
            public = {name: item[name] for name in (*PUBLIC, "care")}
            found[item["id"]] = Content(RecordKind(item["kind"]), public, words, tuple(item["doubts"]))
    return found

"""Where the chat groups of a grid (网格微群) stand: those set at the desk, and the one that the plan may name.

A group is told as ``group:<its id>``; the plan's, which has no history of its own, as ``group:<grid>``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from services.notify.chat_group.domain import CHAT_GROUP
from shared.documents import document_id
from shared.plans import PresentPlan
from shared.store import Store

PERSON = "person"
"""The address of a group that no API reaches."""


@dataclass(frozen=True)
class Group:
    """``address``: ``<gateway>:<room>``, or PERSON. ``id``: None where the plan names it."""

    grid: str
    name: str
    address: str
    id: str | None = None

    @property
    def recipient(self) -> str:
        return f"group:{self.id or self.grid}"


class Groups:
    def __init__(self, store: Store, present: PresentPlan) -> None:
        self._store = store
        self._present = present

    async def named(self, tenant: str, recipient: str) -> Group | None:
        """Return the group that a delivery names; None: it was closed, or never was."""
        name = recipient.partition(":")[2]
        found = {"_id": document_id(tenant, name)}
        row = await self._store.documents(CHAT_GROUP.aggregate).find_one(found)
        if row is not None:
            return _group(row)
        return next((group for group in await self._of_the_plan({name})), None)

    async def of(self, tenant: str, grids: Collection[str] | None = None) -> list[Group]:
        """Return all groups of these grids, or of all; one address once in a grid."""
        asked: dict[str, Any] = {"tenant": tenant, "body.stands": {"$ne": None}}
        if grids is not None:
            asked["body.stands.grid"] = {"$in": list(grids)}
        rows = self._store.documents(CHAT_GROUP.aggregate).find(asked).sort("_id", 1)
        set_up = [group async for row in rows if (group := _group(row)) is not None]
        known = {(group.grid, group.address) for group in set_up}
        planned = await self._of_the_plan(grids)
        return [group for group in planned if (group.grid, group.address) not in known] + set_up

    async def _of_the_plan(self, grids: Collection[str] | None) -> list[Group]:
        if (present := await self._present.get()) is None:
            return []
        said = [feature["properties"] for feature in present[1]["features"]]
        return [
            Group(each["code"], each.get("name") or each["code"], each["chat_group"])
            for each in said
            if each.get("chat_group") and (grids is None or each["code"] in grids)
        ]


def _group(row: Mapping[str, Any]) -> Group | None:
    if (stands := CHAT_GROUP.state(row["body"]).stands) is None:
        return None
    return Group(stands.grid, stands.name, stands.address, row["id"])

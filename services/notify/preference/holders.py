"""Whose preferences hold for a contact: an erasable index beside the vault's keys, as routing has one of people.

A row is named by the keyed HMAC of the contact; ``holder`` and ``link`` are random. With the last sealed box that named
the contact erased, the row goes: the preferences stay in the journal and are nobody's.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.contacts import Uses, contact_name
from shared.ids import new_id
from shared.store import Collection, Store, insert_new, make_indexes, set_each

LINK = 16
"""Characters of an SMS; 96 bits: nobody guesses one."""
_LINK_BYTES = LINK * 6 // 8
KINDS = ("phone", "chat")


@dataclass(frozen=True)
class Contact:
    """One number or chat address. ``holder``: contact:<random>."""

    holder: str
    link: str


class Holders:
    def __init__(self, store: Store, master: bytes, tenant: str) -> None:
        self._rows: Collection = store.shared_collection("vault_holders")
        self._uses = Uses(store.shared_collection("vault_holder_uses"))
        self._master = master
        self._tenant = tenant

    async def make_indexes(self) -> None:
        await make_indexes(self._rows, [["holder"], ["link"]])
        await self._uses.make_indexes()

    def name_of(self, kind: str, contact: str) -> str:
        return contact_name(self._master, self._tenant, kind, contact)

    async def whose(self, kind: str, contact: str, *, key: str | None = None) -> Contact:
        """Return whose it is; somebody new, if nobody ever was told there. ``key``: of the box that names it."""
        name = self.name_of(kind, contact)
        row = await self._rows.find_one({"_id": name})
        if row is None:
            await insert_new(self._rows, [self._fresh(name)])
            row = await self._rows.find_one({"_id": name})
        if row is None:
            raise TimeoutError("erased while it was looked up")
        if key is not None:
            await self._uses.used(key, row["holder"])
        return Contact(f"contact:{row['holder']}", row["link"])

    def _fresh(self, name: str, first: str | None = None) -> dict[str, Any]:
        link = secrets.token_urlsafe(_LINK_BYTES)
        return {"_id": name, "tenant": self._tenant, "holder": new_id(), "link": link, "first": first}

    async def known(self, fields: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """Return the holders of many opened boxes at once, by whatever names them; whoever was never told is not there."""
        names = {name: named for name, said in fields.items() if (named := self._first(said)) is not None}
        found = self._rows.find({"_id": {"$in": list(set(names.values()))}}, {"holder": 1})
        holders = {row["_id"]: f"contact:{row['holder']}" async for row in found}
        return {name: holders[named] for name, named in names.items() if named in holders}

    def _first(self, fields: Mapping[str, str]) -> str | None:
        return next((self.name_of(kind, fields[kind].strip()) for kind in KINDS if fields.get(kind)), None)

    async def of_link(self, link: str) -> str | None:
        row = await self._rows.find_one({"link": link, "tenant": self._tenant})
        return None if row is None else f"contact:{row['holder']}"

    async def link_of(self, holder: str) -> str | None:
        row = await self._rows.find_one({"holder": holder.removeprefix("contact:")})
        return None if row is None else row["link"]

    async def is_first(self, holder: str, delivery: str) -> bool:
        """Whether this delivery is the first that this contact gets. A repeat gets the same answer."""
        row = {"holder": holder.removeprefix("contact:")}
        await self._rows.update_one({**row, "first": None}, {"$set": {"first": delivery}})
        return await self._rows.find_one({**row, "first": delivery}) is not None

    async def first_links(self, told: Mapping[str, tuple[str, str]]) -> dict[str, str]:
        """The same for many at once, who need not be known: ``told`` is the number and its box's key, by delivery. Return
        the link of each whose first message this delivery is.
        """
        names = {delivery: self.name_of("phone", number) for delivery, (number, _) in told.items()}
        rows = await self._of(names.values())
        fresh = {name: self._fresh(name, delivery) for delivery, name in names.items() if name not in rows}
        free = [
            ({"_id": name, "first": None}, {"first": delivery})
            for delivery, name in names.items()
            if name in rows and rows[name]["first"] is None
        ]
        if fresh:
            await insert_new(self._rows, list(fresh.values()))
        await set_each(self._rows, free)
        if fresh or free:
            rows = await self._of(names.values())
        first = {d: rows[name] for d, name in names.items() if name in rows and rows[name]["first"] == d}
        await self._uses.used_many({told[delivery][1]: row["holder"] for delivery, row in first.items()})
        return {delivery: row["link"] for delivery, row in first.items()}

    async def _of(self, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        found = self._rows.find({"_id": {"$in": list(set(names))}}) if names else None
        return {row["_id"]: row async for row in found} if found else {}

    async def boxes(self, holder: str) -> list[str]:
        """The vault's keys of all boxes that name this contact."""
        return list(await self._uses.boxes([holder.removeprefix("contact:")]))

    async def forget(self, keys: Sequence[str]) -> list[str]:
        """These boxes were erased: return the holders that no other box names; their rows are gone."""
        gone = sorted(await self._uses.left_unused(keys))
        for holder in gone:
            await self._rows.delete_many({"holder": holder})
        await self._uses.erased(keys)
        return [f"contact:{holder}" for holder in gone]

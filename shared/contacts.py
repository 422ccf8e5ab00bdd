"""What every erasable index of contacts has in common: a contact's name, and which sealed boxes keep it there.

An index stands beside the vault's keys. It names a contact by a keyed HMAC, never in clear, and what it calls the contact
is random, which is all that the journal knows. With the last box that named it erased, the row goes, and nobody can tell
any more whose it was.
"""

from collections.abc import Mapping, Sequence

from shared.ids import keyed_hash
from shared.store import Collection, make_indexes, set_each


def contact_name(master: bytes, tenant: str, kind: str, contact: str) -> str:
    """``kind``: phone (E.164) or chat."""
    return keyed_hash(master, "contact", tenant, kind, contact).hex()


class Uses:
    """Which sealed boxes named a contact, by the vault's key of the box. ``contact`` is what the index calls it."""

    def __init__(self, rows: Collection) -> None:
        self._rows = rows

    async def make_indexes(self) -> None:
        await make_indexes(self._rows, [["contact"]])

    async def used(self, key: str, contact: str) -> None:
        """A box names one contact for good, so nearly always this stands already; reading is cheaper than writing."""
        if await self._rows.find_one({"_id": key, "contact": contact}) is not None:
            return
        await self._rows.update_one({"_id": key}, {"$set": {"contact": contact}}, upsert=True)

    async def used_many(self, contacts: Mapping[str, str]) -> None:
        """The same for many boxes that may be new: ``contacts`` by the vault's key."""
        await set_each(
            self._rows,
            [({"_id": key}, {"contact": contact}) for key, contact in contacts.items()],
            upsert=True,
        )

    async def left_unused(self, keys: Sequence[str]) -> set[str]:
        """These boxes are erased: return the contacts that no other box names. Of several that are erased in the same
        moment, whoever looks last finds that none is left; so they are marked before anybody looks.
        """
        these = {"_id": {"$in": list(keys)}}
        await self._rows.update_many(these, {"$set": {"erased": True}})
        gone = {row["contact"] async for row in self._rows.find(these)}
        others = {"contact": {"$in": list(gone)}, "erased": {"$ne": True}}
        return gone - {row["contact"] async for row in self._rows.find(others)}

    async def boxes(self, contacts: Sequence[str]) -> dict[str, str]:
        """Return which sealed boxes name these contacts, by the vault's key."""
        uses = self._rows.find({"contact": {"$in": list(contacts)}})
        return {row["_id"]: row["contact"] async for row in uses}

    async def forget(self, contact: str) -> None:
        await self._rows.delete_many({"contact": contact})

    async def erased(self, keys: Sequence[str]) -> None:
        await self._rows.delete_many({"_id": {"$in": list(keys)}})

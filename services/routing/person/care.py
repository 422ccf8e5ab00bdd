"""Who of those that speak to us needs looking after: whose number stands in a record that says so.

One row for each such record beside the vault's keys: the keyed HMAC of its phone, as the index of contacts has it, and
the key of the box that named it. It goes with that key, with the record, and with the need; the journal never has it.
"""

from collections.abc import Collection, Sequence

from services.routing.person.contacts import Contacts
from services.routing.record.projection import BOOK
from shared.documents import document_id
from shared.envelope import History
from shared.events.event import Sealed
from shared.records.checks import as_dialled
from shared.store import Store, make_indexes
from shared.vault import Vault


class Care:
    def __init__(self, store: Store, vault: Vault, contacts: Contacts, tenant: str) -> None:
        self._rows = store.shared_collection("vault_record_contacts")
        self._store = store
        self._vault = vault
        self._contacts = contacts
        self._tenant = tenant

    async def make_indexes(self) -> None:
        await make_indexes(self._rows, [["contact"], ["key"]])

    async def look_again(self, record: str) -> set[str]:
        """Hold the row against the record as it is now. Returns the people for whom that may change something."""
        name = document_id(self._tenant, record)
        before = await self._rows.find_one({"_id": name})
        contact, key = await self._phone(record)
        was = None if before is None else before["contact"]
        if contact is None:
            if before is not None:
                await self._rows.delete_one({"_id": name})
        elif before is None or (was, before["key"]) != (contact, key):
            await self._rows.replace_one({"_id": name}, {"contact": contact, "key": key}, upsert=True)
            if not await self._vault.standing([str(key)]):  # erased while we looked
                await self._rows.delete_one({"_id": name})
        if was == contact:
            return set()
        return await self._contacts.holders([each for each in (was, contact) if each])

    async def without_a_row(self) -> list[str]:
        """Return those that have no row yet: they stood in the book before rows were kept, or their fact is on its way."""
        needing = {"tenant": self._tenant, "body.care": True, "body.removed": None, "body.filled": "phone"}
        found = self._store.documents(BOOK.name).find(needing, {"id": 1})
        have = {row["_id"] async for row in self._rows.find({}, {"_id": 1})}
        names = {document_id(self._tenant, row["id"]): row["id"] async for row in found}
        return [record for name, record in names.items() if name not in have]

    async def forget(self, keys: Sequence[str]) -> set[str]:
        """These boxes were erased. Returns the people whom nobody can tell to need anything any more."""
        gone = {"key": {"$in": list(keys)}}
        names: list[str] = [row["contact"] async for row in self._rows.find(gone)]
        await self._rows.delete_many(gone)
        return await self._contacts.holders(names)

    async def among(self, people: Collection[str]) -> set[str]:
        """Return those of these ids whose number stands in a record of somebody who needs looking after."""
        held = await self._contacts.held_by(people)
        found = self._rows.find({"contact": {"$in": list(held)}}, {"contact": 1})
        return {person async for row in found for person in held[row["contact"]]}

    async def _phone(self, record: str) -> tuple[str | None, str | None]:
        """Return the keyed contact of who needs looking after, and the key of the box that names it."""
        row = await self._store.documents(BOOK.name).find_one({"_id": document_id(self._tenant, record)})
        body = {} if row is None else row["body"]
        if not body.get("care") or body.get("removed") or "phone" not in body["filled"] or not body["sealed"]:
            return None, None
        sealed = Sealed.model_validate(body["sealed"])
        words = await self._vault.open(History(self._tenant, "routing", "record", record).subject, sealed)
        phone = as_dialled((words or {}).get("phone", ""))
        return (None, None) if phone is None else (self._contacts.name_of("phone", phone), sealed.key)

"""The vault's index of contacts: whose number it is, and since when. It can be forgotten, and the journal cannot.

One row a contact, named by a keyed HMAC of it, beside the vault's keys. Its spans say whose it was from when until when;
each span has a random id, which is all that the journal knows of a contact. ``vault_contact_uses`` says which
sealed boxes named it: with the last of them erased, the span goes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from shared.contacts import Uses, contact_name
from shared.ids import new_id
from shared.store import Collection, Store, insert_new, make_indexes

Kind = Literal["phone", "chat"]
Row = dict[str, Any]


@dataclass(frozen=True)
class Span:
    """Whose a contact is. ``told``: the journal has it."""

    contact: str
    person: str
    kind: Kind
    told: bool


class Contacts:
    def __init__(self, store: Store, master: bytes, tenant: str) -> None:
        self._rows: Collection = store.shared_collection("vault_contacts")
        self._uses = Uses(store.shared_collection("vault_contact_uses"))
        self._master = master
        self._tenant = tenant

    async def make_indexes(self) -> None:
        await make_indexes(self._rows, [["spans.contact"], ["spans.person"]])
        await self._uses.make_indexes()

    async def whose(self, kind: Kind, contact: str, at: datetime) -> Span:
        """Return whose it is at that time; a new person's, if it was nobody's. Two who ask at once get one answer."""
        name = self.name_of(kind, contact)
        while True:
            row = await self._rows.find_one({"_id": name})
            if row is not None and (span := holding(row["spans"], at)) is not None:
                return Span(span["contact"], span["person"], span["kind"], span["told"])
            fresh = {
                "contact": new_id(), "person": new_id(), "kind": kind, "since": at, "until": None, "told": False,
            }  # fmt: skip
            if row is None:
                await insert_new(self._rows, [{"_id": name, "tenant": self._tenant, "spans": [fresh]}])
            else:
                await self._rows.update_one(
                    {"_id": name, "spans": {"$size": len(row["spans"])}}, {"$push": {"spans": fresh}}
                )

    def name_of(self, kind: Kind, contact: str) -> str:
        return contact_name(self._master, self._tenant, kind, contact)

    async def holders(self, names: Sequence[str]) -> set[str]:
        """Whose these contacts are now, by the names that ``name_of`` gives them."""
        found = self._rows.find({"_id": {"$in": list(names)}}, {"spans": 1})
        return {span["person"] async for row in found for span in row["spans"] if span["until"] is None}

    async def held_by(self, people: Iterable[str]) -> dict[str, set[str]]:
        """Return the names of the contacts that are these people's now, each with whose it is."""
        held: dict[str, set[str]] = {}
        async for row in self._rows.find({"spans.person": {"$in": list(people)}}, {"spans": 1}):
            persons = {span["person"] for span in row["spans"] if span["until"] is None} & {*people}
            if persons:
                held[row["_id"]] = persons
        return held

    async def told(self, contact: str) -> None:
        await self._rows.update_one({"spans.contact": contact}, {"$set": {"spans.$.told": True}})

    async def used(self, key: str, contact: str) -> None:
        """The box under this key of the vault named it."""
        await self._uses.used(key, contact)

    async def release(self, contact: str, at: datetime) -> None:
        """Whoever speaks from it from now on is somebody else."""
        await self._rows.update_one(
            {"spans": {"$elemMatch": {"contact": contact, "until": None}}}, {"$set": {"spans.$.until": at}}
        )

    async def forget(self, contact: str) -> None:
        pulled = {"$pull": {"spans": {"contact": contact}}}
        await self._rows.update_one({"spans.contact": contact}, pulled)
        await self._rows.delete_many({"spans": {"$size": 0}})
        await self._uses.forget(contact)

    async def left_unused(self, keys: Sequence[str]) -> list[Span]:
        """These boxes are erased: return the spans that no other box names."""
        unused: list[Span] = []
        for contact in await self._uses.left_unused(keys):
            unused += await self._spans(contact)
        return unused

    async def of(self, people: Iterable[str]) -> list[Row]:
        """Every span of these people, with whose it is, since when and until when. The contact itself is not there."""
        wanted = set(people)
        rows = self._rows.find({"spans.person": {"$in": list(wanted)}}, {"spans": 1})
        return [span async for row in rows for span in row["spans"] if span["person"] in wanted]

    async def boxes(self, contacts: Sequence[str]) -> dict[str, str]:
        """Return which sealed boxes name these contacts, by the vault's key."""
        return await self._uses.boxes(contacts)

    async def erased(self, keys: Sequence[str]) -> None:
        await self._uses.erased(keys)

    async def _spans(self, contact: str) -> list[Span]:
        row = await self._rows.find_one({"spans.contact": contact})
        spans = [] if row is None else row["spans"]
        return [
            Span(s["contact"], s["person"], s["kind"], s["told"]) for s in spans if s["contact"] == contact
        ]


def holding(spans: Sequence[Row], at: datetime) -> Row | None:
    """Return the span that holds at that time. Before the first nobody else is known, so it is theirs; between two, the
    next one's; after the last was released, nobody's.
    """
    for span in sorted(spans, key=lambda each: each["since"]):
        if span["until"] is None or at < span["until"]:
            return span
    return None

"""Recognising people, whatever they speak from, and saying which ids are one person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.routing.person.contacts import Contacts, Kind, Span
from services.routing.person.domain import PERSON
from shared.clock import now
from shared.commands.person import BindContact, RecognisePerson, ReleaseContact
from shared.desk import Desk
from shared.documents import document_id
from shared.envelope import History
from shared.events.event import Sealed
from shared.events.person import ContactReleased
from shared.ids import named_id
from shared.store import Store
from shared.vault import Vault

_KINDS: tuple[Kind, ...] = ("phone", "chat")
_SERVICE = "service:routing"


class People:
    def __init__(self, desk: Desk, store: Store, vault: Vault, contacts: Contacts, tenant: str) -> None:
        self._desk = desk
        self._store = store
        self._vault = vault
        self._contacts = contacts
        self._tenant = tenant

    async def recognise(
        self, history: History, sealed: Sealed | None, at: datetime, *, kept: bool = True
    ) -> str | None:
        """Return whose words these are: the person whose contact stands in the box then. None: no contact, or erased.

        ``history`` is the one that the box was sealed for. ``kept``: the box stands in the journal, and when it is
        erased, the contact may have to go, too.
        """
        fields = await self._vault.open(history.subject, sealed) if sealed else None
        said: dict[Kind, str] = {kind: fields[kind].strip() for kind in _KINDS if fields and fields.get(kind)}
        for kind, contact in said.items():
            span = await self._contacts.whose(kind, contact, at)
            await self._tell(span, at)
            if kept and sealed is not None:
                await self._contacts.used(sealed.key, span.contact)
                if not await self._vault.standing([sealed.key]):
                    await self.forget([sealed.key])  # erased while we looked
                    return None
            return span.person
        return None

    async def forget(self, keys: Iterable[str]) -> None:
        """These boxes were erased: contacts that no other box names go, too, and then nobody can tell whose they were."""
        keys = list(keys)
        for span in await self._contacts.left_unused(keys):
            release = ReleaseContact(
                **self._envelope(now(), "erase", span.contact),
                person=span.person,
                contact=span.contact,
                reason="erased",
            )
            await self._desk.do(release)
            await self._contacts.forget(span.contact)
        await self._contacts.erased(keys)

    async def released(self, event: ContactReleased) -> None:
        if event.reason == "erased":
            await self._contacts.forget(event.contact)
        else:
            await self._contacts.release(event.contact, event.at)

    async def one_person(self, ids: Iterable[str]) -> dict[str, str]:
        """Return for each id the least of all ids that are the same person."""
        return representatives(ids, await self._lines(ids))

    async def all_ids(self, person: str) -> set[str]:
        """Every id that is the same person, this one included."""
        return set(representatives([person], await self._lines([person])))

    async def groups(self, ids: Iterable[str]) -> dict[str, list[str]]:
        """Return for each of these ids every id that is the same person, itself among them."""
        wanted = list(ids)
        over = representatives(wanted, await self._lines(wanted))
        return {name: sorted(other for other, top in over.items() if top == over[name]) for name in wanted}

    async def _lines(self, ids: Iterable[str]) -> list[tuple[str, str]]:
        """Every joining that these ids hang on by, however long the way."""
        found: set[tuple[str, str]] = set()
        known: set[str] = set()
        edge = set(ids)
        while edge:
            known |= edge
            own = [document_id(self._tenant, name) for name in edge]
            wanted = {"$or": [{"_id": {"$in": own}}, {"body.into": {"$in": list(edge)}}]}
            edge = set()
            async for row in self._store.documents(PERSON.aggregate).find(wanted, {"id": 1, "body.into": 1}):
                if (into := row["body"].get("into")) is not None:
                    found.add((row["id"], into))
                    edge |= {row["id"], into} - known
        return list(found)

    async def _tell(self, span: Span, at: datetime) -> None:
        """The journal hears of a new contact once; what was cut short is made good by whoever speaks next."""
        if span.told:
            return
        person, contact = span.person, span.contact
        await self._desk.do(RecognisePerson(**self._envelope(at, "recognise", person), person=person))
        await self._desk.do(
            BindContact(**self._envelope(at, "bind", contact), person=person, contact=contact, kind=span.kind)
        )
        await self._contacts.told(contact)

    def _envelope(self, at: datetime, what: str, name: str) -> dict[str, Any]:
        return {"id": named_id(what, name), "tenant": self._tenant, "actor": _SERVICE, "at": at}


def representatives(ids: Iterable[str], lines: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return for each id, and for each that it hangs on, the least id of its person: whichever way the lines point."""
    over = {name: name for name in ids}

    def top(name: str) -> str:
        over.setdefault(name, name)
        while over[name] != name:
            name = over[name]
        return name

    for one, other in lines:
        least, most = sorted((top(one), top(other)))
        over[most] = least
    return {name: top(name) for name in over}

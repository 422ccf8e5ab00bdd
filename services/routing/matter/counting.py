"""How many people call for a matter: distinct ones, counted anew from what is known now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.routing.matter.domain import State
from services.routing.person.care import Care
from services.routing.person.people import People
from services.routing.request.domain import REQUEST
from services.routing.support.domain import SUPPORT
from shared.documents import document_id
from shared.ids import named_id
from shared.store import Store
from shared.words import Status


@dataclass(frozen=True)
class Voice:
    """One request of a matter. ``person`` is None where nobody could be recognised."""

    request: str
    person: str | None
    withdrawn: bool = False


def counted(
    voices: Sequence[Voice],
    supporters: Sequence[str],
    one_person: Mapping[str, str],
    vulnerable: Collection[str] = (),
) -> State:
    """Whoever took it back calls for it no longer; whoever cannot be recognised is somebody else. ``vulnerable`` are ids of
    people who need looking after: how many of those who call for it are counted, and nobody is named.
    """
    standing = [voice for voice in voices if not voice.withdrawn]
    callers = [caller(voice.request, voice.person) for voice in standing]
    people = {one_person.get(person, person) for person in (*callers, *supporters)}
    needing = people & {one_person.get(person, person) for person in vulnerable}
    if len(voices) < 2 and not supporters:
        return State(vulnerable=len(needing))
    return State(people=len(people), requests=len(standing), vulnerable=len(needing))


def caller(request: str, person: str | None) -> str:
    """Who said it; without a contact, somebody known by this request alone."""
    return person or named_id("reporter", request)


class Counting:
    def __init__(self, store: Store, people: People, care: Care, tenant: str) -> None:
        self._requests = store.documents
        self._store = store
        self._people = people
        self._care = care
        self._tenant = tenant

    async def matter(self, lead: str) -> State:
        voices = await self._voices(lead)
        ids = [voice.request for voice in voices] or [lead]
        asked = {"body.request": {"$in": ids}}
        found = self._store.documents(SUPPORT.aggregate).find(asked, {"body.person": 1})
        supporters = [row["body"]["person"] async for row in found]
        everybody = {caller(voice.request, voice.person) for voice in voices} | set(supporters)
        one_person = await self._people.one_person(everybody)
        vulnerable = await self._care.among({*one_person, *everybody})
        return counted(voices, supporters, one_person, vulnerable)

    async def members(self, lead: str) -> list[str]:
        """The requests that joined it, without the lead."""
        asked = {"body.matter": lead}
        return [row["id"] async for row in self._store.documents(REQUEST.aggregate).find(asked, {"id": 1})]

    async def leads_of(self, persons: Iterable[str]) -> set[str]:
        """The matters that any of these ids calls for."""
        ids = {"body.person": {"$in": list(persons)}}
        requests = self._store.documents(REQUEST.aggregate)
        leads: set[str] = {_lead(row) async for row in requests.find(ids, {"id": 1, "body.matter": 1})}
        supports = self._store.documents(SUPPORT.aggregate)
        supported: list[str] = [
            row["body"]["request"] async for row in supports.find(ids, {"body.request": 1})
        ]
        known = {"_id": {"$in": [document_id(self._tenant, request) for request in supported]}}
        named: dict[str, str] = {
            row["id"]: _lead(row) async for row in requests.find(known, {"id": 1, "body.matter": 1})
        }
        return leads | {named.get(request, request) for request in supported}

    async def _voices(self, lead: str) -> list[Voice]:
        """Whatever follows it, and whatever follows that: chains are straightened, but not at once."""
        requests = self._store.documents(REQUEST.aggregate)
        wanted = {"id": 1, "body.person": 1, "body.status": 1}
        asked: dict[str, Any] = {"$or": [{"_id": document_id(self._tenant, lead)}, {"body.matter": lead}]}
        found: dict[str, Voice] = {}
        while asked:
            rows = [row async for row in requests.find(asked, wanted)]
            fresh = [_voice(row) for row in rows if row["id"] not in found]
            found |= {voice.request: voice for voice in fresh}
            further = [voice.request for voice in fresh if voice.request != lead]
            asked = {"body.matter": {"$in": further}} if further else {}
        return list(found.values())


def _voice(row: dict[str, Any]) -> Voice:
    body = row["body"]
    return Voice(row["id"], body.get("person"), body.get("status") == Status.WITHDRAWN)


def _lead(row: dict[str, Any]) -> str:
    lead: str = row["body"].get("matter") or row["id"]
    return lead

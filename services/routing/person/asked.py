"""Who people are, as the staff's door may ask: ids, dated contacts, what they said and support. No contact is in it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.routing.person.contacts import Contacts
from services.routing.person.domain import PERSON
from services.routing.person.people import People
from services.routing.request.domain import REQUEST
from services.routing.request.state import State as Request
from services.routing.support.domain import SUPPORT
from shared.desk import Desk
from shared.documents import document_id
from shared.store import Store
from shared.words import Token

_MOST_REQUESTS = 2000


class AskPeople(BaseModel):
    """One by an id or by a request of theirs; else a page of all, the last met first. ``next`` goes into ``after``. What they
    said comes 2,000 requests at a time; ``earlier`` goes into ``before``.
    """

    model_config = ConfigDict(extra="forbid")

    person: Token | None = None
    request: Token | None = None
    after: Token | None = None
    before: Token | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class KnownPeople:
    def __init__(self, desk: Desk, store: Store, people: People, contacts: Contacts, tenant: str) -> None:
        self._desk = desk
        self._store = store
        self._people = people
        self._contacts = contacts
        self._tenant = tenant

    async def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Raises ValidationError, StoreError."""
        asked = AskPeople.model_validate(question)
        ids, after = await self._who(asked)
        groups = await self._people.groups(ids)
        states = await self._states(ids)
        spans = await self._contacts.of(ids)
        boxes = await self._contacts.boxes([span["contact"] for span in spans])
        said = await self._by_person(REQUEST.aggregate, ids, asked.before)
        cut = sum(map(len, said.values())) == _MOST_REQUESTS
        supports = await self._by_person(SUPPORT.aggregate, ids)
        left = await self._numbers_left(ids)
        items = [
            {
                "person": person,
                "into": states[person].get("into"),
                "same": [other for other in groups[person] if other != person],
                "contacts": [
                    {name: span[name] for name in ("contact", "kind", "since", "until")}
                    for span in sorted(spans, key=lambda each: each["since"])
                    if span["person"] == person
                ],
                "requests": said.get(person, []),
                "supports": supports.get(person, []),
                "left": left.get(person, []),
            }
            for person in ids
            if person in states
        ]
        earlier = min(each[-1] for each in said.values()) if cut else None
        return {"items": items, "boxes": boxes, "next": after, "earlier": earlier}

    async def _who(self, asked: AskPeople) -> tuple[list[str], str | None]:
        person = asked.person
        if asked.request is not None:
            state: Request = await self._desk.state("request", self._tenant, asked.request)
            if state.person is None:
                return [], None
            person = state.person
        if person is not None:
            return sorted(await self._people.all_ids(person)), None
        first = document_id(self._tenant, "")
        last = document_id(self._tenant, asked.after) if asked.after else first + "\uffff"
        wanted = {"_id": {"$gt": first, "$lt": last}, "body.recognised": True}
        rows = self._store.documents(PERSON.aggregate).find(wanted, {"id": 1}).sort("_id", -1)
        found: list[str] = [row["id"] async for row in rows.limit(asked.limit + 1)]
        return found[: asked.limit], found[asked.limit - 1] if len(found) > asked.limit else None

    async def _states(self, ids: list[str]) -> dict[str, dict[str, Any]]:
        known = {"_id": {"$in": [document_id(self._tenant, name) for name in ids]}}
        rows = self._store.documents(PERSON.aggregate).find(known, {"id": 1, "body": 1})
        return {row["id"]: row["body"] async for row in rows}

    async def _numbers_left(self, ids: list[str]) -> dict[str, list[str]]:
        """Return the vault's keys of the numbers that each left with a support, to be told."""
        wanted = {"tenant": self._tenant, "body.person": {"$in": ids}, "body.key": {"$ne": None}}
        rows = self._store.documents(SUPPORT.aggregate).find(wanted, {"body.person": 1, "body.key": 1})
        found: dict[str, list[str]] = {}
        async for row in rows:
            found.setdefault(row["body"]["person"], []).append(row["body"]["key"])
        return found

    async def _by_person(
        self, aggregate: str, ids: list[str], before: str | None = None
    ) -> dict[str, list[str]]:
        """Return the requests of each: what they said, or what they support, the last first."""
        wanted: dict[str, Any] = {"tenant": self._tenant, "body.person": {"$in": ids}}
        if before is not None:
            wanted["_id"] = {"$gt": document_id(self._tenant, ""), "$lt": document_id(self._tenant, before)}
        rows = self._store.documents(aggregate).find(wanted, {"id": 1, "body.person": 1, "body.request": 1})
        found: dict[str, list[str]] = {}
        async for row in rows.sort("_id", -1).limit(_MOST_REQUESTS):
            request = row["body"]["request"] if aggregate == SUPPORT.aggregate else row["id"]
            found.setdefault(row["body"]["person"], []).append(request)
        return found

"""People as they were recognised, for staff and secretaries: what belongs to one person, and forgetting it.

A tip hides who gave it, so no tip stands beside a person here; whoever gave tips alone is not here at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.console.audit.entry import entry_of
from services.console.permitted import OF_PEOPLE
from services.console.projection import LEDGER
from services.console.rooms import Rooms, json_answer
from services.console.sight import EVERYTHING, Sight
from shared.commands.audit import ErasePerson
from shared.documents import Body, Document, document_id
from shared.envelope import History
from shared.events.event import Sealed
from shared.http import ProblemError, problems
from shared.ids import read_code, request_id
from shared.staff import Staff
from shared.words import Kind, Status, Token, masked

_STEPS = {"body.said_steps": 0, "body.done_steps": 0}
_TURNS = 20
"""Pages of routing's that one page of ours may take: a secretary sees one community's people alone."""


class Said(BaseModel):
    id: str
    code: str
    status: Status
    kind: Kind
    category: str | None
    at: AwareDatetime


class Contact(BaseModel):
    """A number or a chat that was theirs from ``since`` to ``until``; ``masked`` when something readable names it."""

    contact: str
    kind: Literal["phone", "chat"]
    since: AwareDatetime
    until: AwareDatetime | None
    masked: str | None


class Person(BaseModel):
    """``into``: the id that staff joined this one to; ``same``: every other id that is the same person."""

    person: str
    into: str | None
    same: list[str]
    contacts: list[Contact]
    requests: list[Said]
    supports: list[Said]


class PeoplePage(BaseModel):
    """``next`` goes into ``after``; null: this was the last page."""

    items: list[Person]
    next: str | None


class Forgotten(BaseModel):
    """How many requests were erased."""

    requests: int


class Wanted(BaseModel):
    """One by an id, or by a request's id or code; else all, the last met first."""

    model_config = ConfigDict(extra="forbid")

    person: Token | None = None
    request: Token | None = None
    after: Token | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 30


def told(person: Mapping[str, Any], seen: Mapping[str, Body], numbers: Mapping[str, str]) -> Body | None:
    """One person as staff see them: what is in sight of what they said. ``numbers``: contacts, masked. None: nothing is.

    ``seen`` holds the ledger's bodies that may be shown, by request.
    """
    lists = {
        name: [_said(r, seen[r]) for r in person[name] if r in seen] for name in ("requests", "supports")
    }
    if not lists["requests"] and not lists["supports"]:
        return None
    contacts = [each | {"masked": numbers.get(each["contact"])} for each in person["contacts"]]
    return {**{name: person[name] for name in ("person", "into", "same")}, "contacts": contacts, **lists}


def may_stand_beside_a_person(body: Body, sight: Sight) -> bool:
    return "code" in body and body.get("kind") != Kind.TIP.value and sight.sees(body)


def _said(request: str, body: Body) -> Body:
    return {"id": request, **{name: body.get(name) for name in ("code", "status", "kind", "category", "at")}}


@dataclass(frozen=True)
class Everything:
    """``left``: keys of numbers that were left with a support, to be told what becomes of it."""

    documents: Sequence[Document]
    supported: Sequence[Document]
    left: tuple[str, ...]


class Desk:
    """Asks routing who people are, and puts beside it what the ledger knows."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._tenant = rooms.service.settings.tenant

    async def page(self, wanted: Wanted, sight: Sight) -> Body:
        items: list[Body] = []
        question: dict[str, Any] = wanted.model_dump(exclude_none=True)
        if wanted.request and (code := read_code(wanted.request)):
            question["request"] = request_id(self._tenant, code)
        after: str | None = None
        for _ in range(_TURNS):
            found = await self._rooms.bus.ask("query.routing.People", question)
            items += await self._told(found, sight)
            after = found["next"]
            if after is None or len(items) >= wanted.limit:
                break
            question["after"] = after
        return {"items": items, "next": after}

    async def everything(self, person: str) -> Everything:
        """Every request of this person, under whichever of their ids; tips, too: who is forgotten is forgotten whole."""
        question = {"person": person}
        found = await self._rooms.bus.ask("query.routing.People", question)
        left = tuple(key for each in found["items"] for key in each["left"])
        documents, supported = await self._named(found, "requests"), await self._named(found, "supports")
        while found["earlier"] is not None:
            found = await self._rooms.bus.ask("query.routing.People", question | {"before": found["earlier"]})
            documents += await self._named(found, "requests")
        return Everything(documents, supported, left)

    async def _named(self, found: Body, what: str) -> list[Document]:
        requests = [request for each in found["items"] for request in each[what]]
        return [await self._rooms.ledger.document(request, EVERYTHING) for request in requests]

    async def _told(self, found: Body, sight: Sight) -> list[Body]:
        named = {r for each in found["items"] for r in (*each["requests"], *each["supports"])}
        rows = await self._rows(named)
        seen = {row["id"]: row["body"] for row in rows if may_stand_beside_a_person(row["body"], sight)}
        numbers = await self._numbers(seen, found["boxes"])
        people = [told(person, seen, numbers) for person in found["items"]]
        return [person for person in people if person is not None]

    async def _rows(self, requests: Iterable[str]) -> Sequence[Document]:
        among = [document_id(self._tenant, request) for request in requests]
        rows = self._rooms.service.store.documents(LEDGER.name).find({"_id": {"$in": among}}, _STEPS)
        return [row async for row in rows]

    async def _numbers(self, seen: Mapping[str, Body], boxes: Mapping[str, str]) -> dict[str, str]:
        """One box for each contact is opened, here, and only enough of it leaves to tell two numbers apart."""
        one: dict[str, tuple[str, Body]] = {}
        for request, body in seen.items():
            box = body.get("sealed")
            if box and (contact := boxes.get(box["key"])):
                one.setdefault(contact, (request, box))
        subjects = [
            (History(self._tenant, "intake", "submission", request).subject, Sealed.model_construct(**box))
            for request, box in one.values()
        ]
        opened = await self._rooms.service.vault.open_many(subjects)
        return {
            contact: masked(value)
            for contact, fields in zip(one, opened, strict=True)
            if fields and (value := fields.get("phone") or fields.get("chat"))
        }


def people_routes(rooms: Rooms, who: Any) -> APIRouter:
    routes = APIRouter(tags=["people's data"])
    desk = Desk(rooms)

    async def of_people(staff: Annotated[Staff, Depends(who)]) -> Staff:
        if staff.role not in OF_PEOPLE:
            raise ProblemError(403, "forbidden", "People are for the office's staff and secretaries.")
        return staff

    @routes.get("/v1/people", response_model=PeoplePage, responses=problems(401, 403, 422, 503))
    async def people(
        staff: Annotated[Staff, Depends(of_people)], asked: Annotated[Wanted, Query()]
    ) -> Response:
        """People as they were recognised across channels. Numbers are masked; tips are not among what they said."""
        return json_answer(await desk.page(asked, Sight.of(staff)))

    @routes.post(
        "/v1/people/{person}/erasure",
        response_model=Forgotten,
        responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
    )
    async def forget(person: Token, staff: Annotated[Staff, Depends(of_people)]) -> Response:
        """Forget a person whole: every request under any of their ids, one event each, then the keys. May be repeated."""
        found = await desk.everything(person)
        sight = Sight.of(staff)
        known = (*found.documents, *found.supported)
        if not any(may_stand_beside_a_person(each["body"], sight) for each in known):
            raise ProblemError(404, "not_found", "There is no such person.")
        for document in found.documents:
            keys = rooms.ledger.keys(document)
            await rooms.do(ErasePerson(**entry_of(staff), request=document["id"], keys=keys))
        if found.left:
            await rooms.do(ErasePerson(**entry_of(staff), request=known[-1]["id"], keys=found.left))
        return json_answer({"requests": len(found.documents)})

    return routes

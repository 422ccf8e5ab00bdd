"""What staff read of micro-wishes (微心愿): each wish with who takes it on, what is offered, and what fits a wish."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, StringConstraints

from services.console import answers
from services.console.audit.entry import Why, entry_of
from services.console.projection import LEDGER
from services.console.rooms import Rooms, json_answer
from services.console.sight import Sight
from services.console.wanted import Wanted
from services.console.wish_models import OFFERS, WISHES
from shared.clock import now
from shared.commands.audit import ErasePerson, OpenPersonalData
from shared.documents import Body, Document, document_id
from shared.envelope import History
from shared.events.event import Sealed
from shared.help import Giver, kinds_of_help
from shared.http import ProblemError, problems
from shared.staff import Staff
from shared.words import Kind

Limit = Annotated[int, Query(ge=1, le=200)]
Named = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_ROW = ("id", "code", "status", "grid", "community", "worker", "at", "text", "people", "rank_at", "solved")
_UNSEEN = ("sealed", "steps")
_PERSONAL = ("name", "phone")


class Wishes(BaseModel):
    """The ledger's row of each, and as ``wish`` who takes it on. ``thanks`` is what the resident said in the end."""

    items: list[dict[str, Any]]


class Offers(BaseModel):
    """``text`` is what is offered, in the giver's words; who that is, is opened for a purpose alone."""

    items: list[dict[str, Any]]


class KindsOfHelp(BaseModel):
    kinds: list[dict[str, str]]
    givers: list[str]


class Contact(BaseModel):
    """Name and phone in one line; null when it was erased."""

    text: str | None


class Reading:
    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    @property
    def tenant(self) -> str:
        return self._rooms.service.settings.tenant

    async def wishes(self, sight: Sight, limit: int) -> list[Body]:
        """What is open in the ledger's order, and then what is done, the newest first."""
        wanted = Wanted(kind=Kind.WISH.value, sight=sight)
        ranked = (await self._rooms.ledger.page(wanted, None, limit))["items"]
        newest = (await self._rooms.ledger.page(wanted, None, limit, "newest"))["items"]
        rows = {row["id"]: row for row in (*ranked, *newest)}
        told = await self._documents(WISHES.name, rows)
        thanks = await self._thanks([name for name, one in told.items() if _is_done(one, rows[name])])
        for document in told.values():
            await self._open_steps(document)
        return [
            {name: row[name] for name in _ROW}
            | {"wish": _shown(told[row["id"]]) if row["id"] in told else {"stands": "open"}}
            | {"thanks": thanks.get(row["id"])}
            for row in rows.values()
        ]

    async def offers(self, limit: int) -> list[Body]:
        found = self._rooms.service.store.documents(OFFERS.name).find({"tenant": self.tenant}).sort("r", -1)
        return await self._told([row async for row in found.limit(limit)])

    async def fitting(self, question: str, asked: Body) -> list[Body]:
        """What routing suggests, with what the givers say it is."""
        found = await self._rooms.bus.ask(f"query.routing.{question}", asked)
        documents = await self._documents(OFFERS.name, [one["offer"] for one in found])
        told = {row["id"]: row for row in await self._told(list(documents.values()))}
        return [told[one["offer"]] | one for one in found if one["offer"] in told]

    async def offer(self, named: str) -> Document:
        """Raises ProblemError."""
        found = await self._documents(OFFERS.name, [named])
        if named not in found:
            raise ProblemError(404, "not_found", "There is no such offer.")
        return found[named]

    async def serves(self, named: str, worker: str) -> bool:
        """Whether it is for a wish that lies with this worker."""
        wishes = self._rooms.service.store.documents(WISHES.name)
        found = wishes.find({"tenant": self.tenant, "body.offer": named}, {"id": 1})
        rows = await self._documents(LEDGER.name, [row["id"] async for row in found])
        return any(row["body"].get("worker") == worker for row in rows.values())

    async def opened(self, document: Document) -> dict[str, str] | None:
        box = Sealed.model_construct(**document["body"]["sealed"])
        return await self._rooms.service.vault.open(self._subject("offer", document["id"]), box)

    async def _told(self, documents: Sequence[Document]) -> list[Body]:
        boxes = [
            (self._subject("offer", row["id"]), Sealed.model_construct(**row["body"]["sealed"]))
            for row in documents
        ]
        opened = await self._rooms.service.vault.open_many(boxes)
        return [
            {"id": row["id"], "stands": _stands(row["body"])}
            | {name: value for name, value in row["body"].items() if name not in _UNSEEN}
            | {"text": "erased" if fields is None else fields.get("text", "")}
            for row, fields in zip(documents, opened, strict=True)
        ]

    async def _thanks(self, names: Sequence[str]) -> dict[str, str]:
        """What residents said of it in the end."""
        documents = await self._documents(LEDGER.name, names)
        boxes = {
            name: step["sealed"]
            for name, row in documents.items()
            for step in row["body"].get("done_steps", [])
            if step["type"] == "FeedbackRecorded" and step["sealed"]
        }
        opened = await self._rooms.service.vault.open_many(
            [(self._subject("request", name), Sealed.model_construct(**box)) for name, box in boxes.items()]
        )
        return {
            name: "erased" if fields is None else fields.get("text", "")
            for name, fields in zip(boxes, opened, strict=True)
        }

    async def _open_steps(self, document: Document) -> None:
        steps = [step for step in document["body"].get("steps", []) if step["sealed"]]
        subject = self._subject("wish", document["id"])
        boxes = [(subject, Sealed.model_construct(**step["sealed"])) for step in steps]
        for step, fields in zip(steps, await self._rooms.service.vault.open_many(boxes), strict=True):
            step["words"] = {"note": "erased" if fields is None else fields.get("text", "")}

    async def _documents(self, model: str, names: Any) -> dict[str, Document]:
        wanted = {"_id": {"$in": [document_id(self.tenant, name) for name in names]}}
        return {row["id"]: row async for row in self._rooms.service.store.documents(model).find(wanted)}

    def _subject(self, aggregate: str, name: str) -> str:
        return History(self.tenant, "routing", aggregate, name).subject


def _is_done(document: Document, row: Body) -> bool:
    return document["body"].get("stands") == "fulfilled" and bool(row.get("solved"))


def _stands(body: Body) -> str:
    if body.get("withdrawn"):
        return "withdrawn"
    if len(body["drawn"]) >= body["times"]:
        return "used"
    return "over" if body["until"] is not None and body["until"] <= now() else "open"


def _shown(document: Document) -> Body:
    body = document["body"]
    for step in body.get("steps", []):
        step.pop("sealed", None)
    return body


def wish_routes(rooms: Rooms, signed_in: Any) -> APIRouter:
    """``signed_in`` says whose token it is."""
    routes = APIRouter(tags=["micro-wishes"])
    reading = Reading(rooms)
    refusals = problems(401, 403, 422, 503)
    may_be_declined = problems(400, 401, 403, 404, 409, 413, 415, 422, 503)

    @routes.get("/v1/wishes", response_model=Wishes, responses=refusals)
    async def wishes(staff: Annotated[Staff, signed_in], limit: Limit = 100) -> Response:
        """Micro-wishes (微心愿): what is open in the ledger's order first."""
        return json_answer({"items": await reading.wishes(Sight.of(staff), limit)})

    @routes.get("/v1/wishes/{named}/offers", response_model=Offers, responses=problems(401, 404, 422, 503))
    async def fitting(staff: Annotated[Staff, signed_in], named: Named) -> Response:
        """Offers that could fulfil it, the best first, each with the reasons in points."""
        document = await rooms.ledger.document(named, Sight.of(staff))
        return json_answer({"items": await reading.fitting("OffersForWish", {"request": document["id"]})})

    @routes.get("/v1/offers", response_model=Offers, responses=refusals)
    async def offers(_staff: Annotated[Staff, signed_in], limit: Limit = 100) -> Response:
        """What people offer, the newest change first."""
        return json_answer({"items": await reading.offers(limit)})

    @routes.post("/v1/offers/{named}/contact", response_model=Contact, responses=may_be_declined)
    async def contact(staff: Annotated[Staff, signed_in], named: Named, why: Why) -> Response:
        """Name and phone of whoever offers. That somebody looked is on record before anything is opened."""
        document = await reading.offer(named)
        if staff.role == "worker" and not await reading.serves(named, staff.sub):
            raise ProblemError(403, "forbidden", "Only the worker whose wish it is for may look.")
        entry = OpenPersonalData(**entry_of(staff), request=named, fields=_PERSONAL, purpose=why.purpose)
        await rooms.do(entry)
        fields = await reading.opened(document)
        line = None if fields is None else " ".join(fields[name] for name in _PERSONAL if fields.get(name))
        return json_answer({"text": line})

    @routes.post("/v1/offers/{named}/erasure", response_model=answers.Done, responses=may_be_declined)
    async def erase(staff: Annotated[Staff, signed_in], named: Named) -> Response:
        """Forget who offered it. The event first, then the key; what was given still counts."""
        if staff.role == "worker":
            raise ProblemError(403, "forbidden", "This is not for grid workers.")
        keys = ((await reading.offer(named))["body"]["sealed"]["key"],)
        return await rooms.do(ErasePerson(**entry_of(staff), request=named, keys=keys))

    @routes.get("/v1/help", response_model=KindsOfHelp, responses=problems(401))
    async def kinds(_staff: Annotated[Staff, signed_in]) -> Response:
        """The kinds of help that can be offered, and who may offer it."""
        listed = [
            {"code": one.code, "what": one.what, "zh": one.zh, "en": one.en}
            for one in kinds_of_help().values()
        ]
        return json_answer({"kinds": listed, "givers": [giver.value for giver in Giver]})

    return routes

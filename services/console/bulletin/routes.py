"""Bulletins (工作计划及进展) at the staff's door: count one, read all, and the questions that programs ask."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.console.bulletin.drafting import AskDraft, Drafting
from services.console.rooms import Rooms, json_answer
from shared.answering import BadRequestError, first_error
from shared.bulletins import BULLETINS, bulletin_now, stage_of
from shared.documents import Body, Document
from shared.events.bulletin import BulletinLine, Span
from shared.events.notice import Words
from shared.http import ProblemError, problems
from shared.refusal import Refused
from shared.staff import Staff
from shared.words import Token

BULLETINS_OF_STAFF = ("EditBulletin", "PublishBulletin", "WithdrawBulletin")
Named = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Stage = Literal["draft", "published", "correcting", "withdrawn"]
_SHOWN = (
    "area", "community", "grids", "span", "since", "until", "title", "changes", "editions", "published_at", "withdrawn",
)  # fmt: skip


class Bulletin(BaseModel):
    """``changes`` goes into ``seen`` of what is sent next. ``stage`` correcting: the text differs from what is published."""

    id: str
    stage: Stage
    area: str
    community: str | None
    grids: list[str]
    span: Span
    since: str
    until: str
    title: Words
    lines: list[BulletinLine]
    changes: int
    editions: list[dict[str, Any]] | None
    published_at: str | None
    withdrawn: dict[str, Any] | None
    steps: list[dict[str, Any]]


class Listing(BaseModel):
    """The last change first; without their lines."""

    items: list[dict[str, Any]]


class Drafted(BaseModel):
    bulletin: str
    ok: bool
    lines: int


class AskBulletins(BaseModel):
    """What a program asks: one by its id, or the newest of an area, or of all."""

    model_config = ConfigDict(extra="forbid")

    bulletin: Token | None = None
    area: Annotated[str, Field(max_length=64)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Reading:
    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._tenant = rooms.service.settings.tenant

    async def all(self, limit: int, area: str | None = None, among: list[str] | None = None) -> list[Body]:
        """``among``: only those whose area is one of these."""
        wanted: Body = {"tenant": self._tenant}
        if among is not None:
            wanted["body.area"] = {"$in": among}
        if area is not None:
            wanted["$or"] = [{f"body.{name}": area} for name in ("area", "community", "grids")]
        found = self._rooms.service.store.documents(BULLETINS.name).find(wanted).sort("r", -1).limit(limit)
        return [_shown(row) async for row in found]

    async def one(self, name: str) -> Body:
        """Raises ProblemError."""
        store, journal = self._rooms.service.store, self._rooms.bus.journal
        row = await bulletin_now(store, journal, self._tenant, name)
        if row is None:
            raise ProblemError(404, "not_found", "There is no such bulletin.")
        steps = {"lines": row["body"]["lines"], "steps": row["body"]["steps"]}
        return _shown(row) | steps


def bulletin_routes(rooms: Rooms, drafting: Drafting, signed_in: Any) -> APIRouter:
    """``signed_in`` says whose token it is."""
    routes = APIRouter(tags=["bulletins"])
    reading = Reading(rooms)

    def refuse_workers(staff: Staff) -> None:
        if staff.role == "worker":
            raise ProblemError(403, "not_for_workers", "Bulletins are written at the office.")

    @routes.get("/v1/bulletins", response_model=Listing, responses=problems(401, 403, 422, 503))
    async def bulletins(
        staff: Annotated[Staff, signed_in], limit: Annotated[int, Query(ge=1, le=200)] = 50
    ) -> Response:
        """Drafts and what is published, of the areas that this person covers."""
        refuse_workers(staff)
        return json_answer({"items": await reading.all(limit, among=await rooms.seeing.grids(staff))})

    @routes.get(
        "/v1/bulletins/{bulletin}", response_model=Bulletin, responses=problems(401, 403, 404, 422, 503)
    )
    async def bulletin(staff: Annotated[Staff, signed_in], bulletin: Named) -> Response:
        """One with its lines as they stand, and who changed it when."""
        refuse_workers(staff)
        found = await reading.one(bulletin)
        await rooms.seeing.grid(found["area"], staff)
        return json_answer(found)

    @routes.post(
        "/v1/bulletins",
        response_model=Drafted,
        responses=problems(400, 401, 403, 409, 413, 415, 422, 503),
    )
    async def draft(staff: Annotated[Staff, signed_in], wanted: AskDraft) -> Response:
        """Count it, and keep it as a draft. A draft that nobody edited is counted anew; what a person wrote stays."""
        refuse_workers(staff)
        await rooms.seeing.grid(wanted.area, staff)
        try:
            counted = await drafting.counted(wanted)
        except Refused as refused:
            raise ProblemError.of(refused) from refused
        await rooms.send(drafting.command(counted, staff.actor))
        return json_answer({"bulletin": counted["bulletin"], "ok": True, "lines": len(counted["lines"])})

    return routes


async def answer_counted(drafting: Drafting, asked: dict[str, Any]) -> Body:
    """``query.console.BulletinCounted``: what a draft would say. Raises BadRequestError."""
    try:
        return await drafting.counted(AskDraft.model_validate(asked))
    except ValidationError as invalid:
        raise BadRequestError(first_error(invalid)) from None
    except Refused as refused:
        raise BadRequestError("area: the grid plan has no such area, or no grid in it") from refused


async def answer_bulletins(rooms: Rooms, asked: dict[str, Any]) -> Body:
    """``query.console.Bulletins``. Raises BadRequestError."""
    try:
        question = AskBulletins.model_validate(asked)
    except ValidationError as invalid:
        raise BadRequestError(first_error(invalid)) from None
    reading = Reading(rooms)
    if question.bulletin is None:
        return {"items": await reading.all(question.limit, question.area)}
    try:
        return {"items": [await reading.one(question.bulletin)]}
    except ProblemError:
        return {"items": []}


def _shown(row: Document) -> Body:
    body = row["body"]
    return {"id": row["id"], "stage": stage_of(body), **{name: body.get(name) for name in _SHOWN}}

"""Bulletins (工作计划及进展) at the residents' door: those that are published, newest first, and one with its editions."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field
from pydantic_core import to_json

from services.intake.rooms import Rooms
from shared.bulletins import BULLETINS, bulletin_now
from shared.documents import Body, Document
from shared.events.bulletin import BulletinLine, Span
from shared.events.notice import Words
from shared.http import ProblemError, problems, unavailable
from shared.journal import UnavailableError
from shared.store import StoreError

Named = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_MOST = 60
_WHERE = ("area", "community", "grids", "span", "since", "until")


class Listed(BaseModel):
    """``since`` and ``until`` are the first and the last day. ``edition`` above 1: it was corrected."""

    id: str
    area: str
    community: str | None
    grids: list[str]
    span: Span
    since: str
    until: str
    title: Words
    edition: int
    published_at: str


class Listing(BaseModel):
    items: list[Listed]


class Edition(BaseModel):
    edition: int
    at: str
    why: str = Field(description="what was corrected; empty for the first")


class Withdrawn(BaseModel):
    at: str
    why: str


class Bulletin(Listed):
    """``withdrawn``: it holds no more, and ``lines`` are none."""

    lines: list[BulletinLine]
    editions: list[Edition]
    withdrawn: Withdrawn | None


def bulletin_routes(rooms: Rooms) -> APIRouter:
    routes = APIRouter(tags=["bulletins"])
    tenant = rooms.service.settings.tenant

    @routes.get("/v1/bulletins", response_model=Listing, responses=problems(422, 503))
    async def bulletins(
        area: Annotated[str | None, Query(max_length=64, description="a community or a grid")] = None,
    ) -> Response:
        """What was done and what is due: the bulletins that are published, the newest first."""
        wanted: Body = {"tenant": tenant, "body.stands": "published"}
        if area:
            wanted["$or"] = [{f"body.{name}": area} for name in ("area", "community", "grids")]
        try:
            found = rooms.service.store.documents(BULLETINS.name).find(wanted, {"body.lines": 0})
            rows = [row async for row in found.sort("body.published_at", -1).limit(_MOST)]
        except StoreError as absent:
            raise unavailable("Nobody can look it up just now.") from absent
        return _answer({"items": [_listed(row) for row in rows]})

    @routes.get("/v1/bulletins/{bulletin}", response_model=Bulletin, responses=problems(404, 422, 503))
    async def bulletin(bulletin: Named) -> Response:
        """One bulletin as it is published, with the editions before it and what each corrected."""
        try:
            row = await bulletin_now(rooms.service.store, rooms.service.bus.journal, tenant, bulletin)
        except (StoreError, UnavailableError) as absent:
            raise unavailable("Nobody can look it up just now.") from absent
        if row is None or not row["body"].get("editions") or row["body"]["stands"] == "draft":
            raise ProblemError(404, "not_found", "There is no such bulletin.")
        body = row["body"]
        public: Body = body["public"] or {}
        withdrawn = body["withdrawn"] if body["stands"] == "withdrawn" else None
        more = {"lines": public.get("lines", []), "editions": body["editions"], "withdrawn": withdrawn}
        return _answer(_listed(row) | more)

    return routes


def _listed(row: Document) -> Body:
    body = row["body"]
    last = body["editions"][-1]
    title = (body["public"] or body)["title"]
    told = {"id": row["id"], "title": title, "edition": last["edition"], "published_at": last["at"]}
    return {name: body.get(name) for name in _WHERE} | told


def _answer(body: Body) -> Response:
    return Response(to_json(body), media_type="application/json", headers={"cache-control": "no-store"})

"""The grid book as staff see it: the tree of areas, who stands on each post, who is away and who stands in."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel

from services.console.rooms import Rooms, json_answer
from services.console.rota import rota_routes
from shared.areas import Areas, Level
from shared.clock import now
from shared.documents import Body
from shared.duty import AWAY, away_at, in_place_of, on_duty
from shared.http import problems
from shared.staff import Staff
from shared.words import Duty


class PostOf(BaseModel):
    duty: Duty
    worker: str
    name: str
    away: bool


class AreaOf(BaseModel):
    """``on_duty`` is who is asked at this moment; null: nobody, and what lies there waits in triage or for staff."""

    code: str
    level: Level
    parent: str | None
    zh: str
    en: str
    posts: list[PostOf]
    on_duty: str | None


class Absence(BaseModel):
    worker: str
    name: str
    starts: AwareDatetime
    ends: AwareDatetime


class Book(BaseModel):
    areas: list[AreaOf]
    absences: list[Absence]


def book_routes(rooms: Rooms, who: Any) -> APIRouter:
    routes = APIRouter()
    routes.include_router(rota_routes(rooms, who))

    @routes.get(
        "/v1/grid-book", tags=["grid book"], response_model=Book, responses=problems(401, 503), name="book"
    )
    async def book(staff: Annotated[Staff, Depends(who)]) -> Response:
        """Areas with their posts, who is away now or soon, and who stands in. A worker sees the own absences alone."""
        moment = now()
        posts, people = await rooms.grids.posts(), await rooms.grids.workers()
        spans = [span async for span in _spans(rooms, staff.tenant, moment)]
        away = {span["worker"] for span in spans if span["starts"] <= moment}
        areas = Areas(await rooms.grids.plan())
        told = [
            {
                **vars(area),
                "posts": [_post(post, people, away) for post in _in_order(posts, area.code)],
                "on_duty": on_duty(areas, posts, area.code, away),
            }
            for area in areas.values()
        ]
        absences = [
            span | {"name": _name(people, span["worker"])}
            for span in spans
            if staff.role != "worker" or span["worker"] == staff.sub
        ]
        return json_answer({"areas": told, "absences": absences})

    return routes


async def _spans(rooms: Rooms, tenant: str, moment: datetime) -> AsyncIterator[Body]:
    found = rooms.service.store.documents(AWAY.name).find(
        {"tenant": tenant, "body.spans.ends": {"$gt": moment}}
    )
    async for row in found.sort("id", 1):
        for span in row["body"]["spans"]:
            if span["ends"] > moment:
                yield span | {"worker": row["body"]["worker"]}


async def in_whose_place(rooms: Rooms, staff: Staff) -> dict[str, set[str] | None]:
    """For whom somebody stands in now, and in which grids; None: wherever it was reported up to."""
    absences = rooms.service.store.documents(AWAY.name).find({"tenant": staff.tenant})
    away = away_at([row["body"] async for row in absences if row["body"].get("worker")], now())
    if not away:
        return {}
    return in_place_of(staff.sub, Areas(await rooms.grids.plan()), await rooms.grids.posts(), away)


async def in_hand(rooms: Rooms, staff: Staff) -> tuple[Body, ...]:
    """As the store is asked: what is somebody's own, what he stands in for, and what he heard of as a head."""
    instead = [
        {"body.worker": worker} | ({} if grids is None else {"body.grid": {"$in": sorted(grids)}})
        for worker, grids in (await in_whose_place(rooms, staff)).items()
    ]
    return {"body.worker": staff.sub}, {"body.told": staff.sub}, *instead


async def is_in_hand(rooms: Rooms, staff: Staff, body: Body) -> bool:
    if body.get("worker") == staff.sub:
        return True
    instead = await in_whose_place(rooms, staff)
    if body.get("worker") not in instead:
        return False
    grids = instead[body["worker"]]
    return grids is None or body.get("grid") in grids


def _in_order(posts: list[Body], area: str) -> list[Body]:
    order = [duty.value for duty in (Duty.HEAD, Duty.WORKER, Duty.DEPUTY, Duty.VOLUNTEER)]
    mine = [post for post in posts if post["grid"] == area]
    return sorted(mine, key=lambda post: (order.index(post["duty"]), post["worker"]))


def _post(post: Body, people: dict[str, Body], away: set[str]) -> Body:
    worker = post["worker"]
    return {"duty": post["duty"], "worker": worker, "name": _name(people, worker), "away": worker in away}


def _name(people: dict[str, Body], worker: str) -> str:
    return people.get(worker, {}).get("name", worker)

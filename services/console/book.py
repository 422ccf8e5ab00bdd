"""The grid book as staff see it: the tree of areas, who stands on each post, who is away and who stands in."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel

from services.console.rooms import Rooms, json_answer
from shared.areas import Areas, Level
from shared.clock import now
from shared.documents import Body, Model
from shared.envelope import Fact
from shared.events.absence import AbsenceEnded, AbsenceNoted
from shared.http import problems
from shared.staff import Staff
from shared.words import Duty


def _away(body: Body, fact: Fact) -> Body:
    match fact.event:
        case AbsenceNoted() as event:
            others = [span for span in body.get("spans", []) if span["starts"] != event.starts]
            return {"worker": event.worker, "spans": [*others, {"starts": event.starts, "ends": event.ends}]}
        case AbsenceEnded() as event:
            return body | {"spans": [span for span in body.get("spans", []) if not _meant(span, event)]}
        case _:
            return body


def _meant(span: Body, event: AbsenceEnded) -> bool:
    if event.starts is not None:
        return span["starts"] == event.starts
    return span["starts"] <= event.at < span["ends"]


AWAY = Model(
    name="away",
    key=lambda history: history.id if (history.owner, history.aggregate) == ("routing", "absence") else None,
    fold=_away,
)
"""When each worker is away; why stands sealed in the journal, and is nobody's business here."""


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
                "on_duty": _on_duty(areas, posts, area.code, away),
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


def _in_order(posts: list[Body], area: str) -> list[Body]:
    order = [duty.value for duty in (Duty.HEAD, Duty.WORKER, Duty.DEPUTY, Duty.VOLUNTEER)]
    mine = [post for post in posts if post["grid"] == area]
    return sorted(mine, key=lambda post: (order.index(post["duty"]), post["worker"]))


def _post(post: Body, people: dict[str, Body], away: set[str]) -> Body:
    worker = post["worker"]
    return {"duty": post["duty"], "worker": worker, "name": _name(people, worker), "away": worker in away}


def _on_duty(areas: Areas, posts: list[Body], area: str, away: set[str]) -> str | None:
    """As routing's grid book asks: worker, deputy, then the heads upwards."""
    standing = {(post["grid"], post["duty"]): post["worker"] for post in posts}
    way = [each.code for each in areas.upwards(area)]
    asked = [(each, duty) for each in way for duty in (Duty.WORKER, Duty.DEPUTY)]
    asked += [(each, Duty.HEAD) for each in way]
    found = (standing.get((code, duty.value)) for code, duty in asked)
    return next((worker for worker in found if worker and worker not in away), None)


def _name(people: dict[str, Body], worker: str) -> str:
    return people.get(worker, {}).get("name", worker)

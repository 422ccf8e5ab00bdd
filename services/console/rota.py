"""The rota at the staff's door: a month of who is on duty when, and what is odd about it. Routing answers; the door asks."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel

from services.console.rooms import Rooms, json_answer
from shared.clock import now
from shared.http import ProblemError, problems
from shared.refusal import Refused


class DutyOf(BaseModel):
    area: str
    starts: AwareDatetime
    ends: AwareDatetime
    worker: str
    deputy: str | None


class Twice(BaseModel):
    """``person`` stands in two rows at once."""

    person: str
    area: str
    starts: AwareDatetime
    other_area: str
    other_starts: AwareDatetime


class Empty(BaseModel):
    """Hours outside work that nobody stands."""

    area: str
    starts: AwareDatetime
    ends: AwareDatetime


class Rota(BaseModel):
    month: str
    rows: list[DutyOf]
    overlaps: list[Twice]
    gaps: list[Empty]


def rota_routes(rooms: Rooms, who: Any) -> APIRouter:
    routes = APIRouter()
    zone = rooms.service.settings.zone

    @routes.get(
        "/v1/rota",
        tags=["grid book"],
        response_model=Rota,
        responses=problems(401, 422, 503),
        dependencies=[Depends(who)],
    )
    async def rota(
        month: Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] = None,
    ) -> Response:
        """Who is on duty when (值班表) in a month of the tenant's clock, this one when none is named; rows that overlap and hours that
        nobody stands are reported.
        """
        named = month or f"{now().astimezone(zone):%Y-%m}"
        try:
            return json_answer(await rooms.bus.ask("query.routing.Rota", {"month": named}))
        except Refused as refused:
            raise ProblemError.of(refused) from refused

    return routes

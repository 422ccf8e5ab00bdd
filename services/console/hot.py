"""What many say, and who may mean the same: routing compares, the console shows, a person decides."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from services.console.rooms import Rooms, json_answer
from shared.http import ProblemError, problems
from shared.refusal import Refused
from shared.words import in_one_line

_Grid = Annotated[Annotated[str, Field(max_length=64), AfterValidator(in_one_line)] | None, Query()]
_THINKS = 10.0
"""Seconds that an answer may take."""


class Member(BaseModel):
    id: str
    code: str
    source_key: str | None
    status: str | None
    grid: str | None


class Issue(BaseModel):
    """What many say. ``about``: words of the field that it is about; ``by_day``: how many on each day."""

    id: str
    words: list[str]
    about: list[str]
    size: int
    people: int
    grids: dict[str, int]
    categories: dict[str, int]
    first: AwareDatetime
    last: AwareDatetime
    by_day: dict[str, int]
    requests: list[Member]


class Issues(BaseModel):
    """``next`` goes into ``skip``; null: this was the last page."""

    items: list[Issue]
    compared: int
    clusters: int
    next: int | None


class Reasons(BaseModel):
    about: list[str]
    words: list[str]
    metres: int | None
    days: float
    building: bool
    category: bool


class Match(Member):
    """A likely duplicate; ``score`` says how likely, from 0 to 1."""

    score: float
    open: bool
    at: AwareDatetime
    reasons: Reasons


class Matches(BaseModel):
    items: list[Match]


def hot_routes(rooms: Rooms, signed_in: Any) -> APIRouter:
    routes = APIRouter(dependencies=[signed_in])

    @routes.get("/v1/hot", tags=["reading"], response_model=Issues, responses=problems(401, 422, 503))
    async def hot(
        days: Annotated[int | None, Query(ge=1, le=3660)] = None,
        grid: _Grid = None,
        least: Annotated[int, Query(ge=2, le=1000)] = 3,
        skip: Annotated[int, Query(ge=0, le=10**6)] = 0,
    ) -> Response:
        """Hot issues over days and grids, the most people first."""
        asked = {"days": days, "grid": grid, "least": least, "skip": skip, "limit": 50}
        return json_answer(await rooms.bus.ask("query.routing.Hot", asked, timeout=_THINKS))

    @routes.get(
        "/v1/requests/{named}/similar",
        tags=["reading"],
        response_model=Matches,
        responses=problems(401, 404, 422, 503),
    )
    async def similar(named: Annotated[str, StringConstraints(max_length=64)]) -> Response:
        """Likely duplicates of one request, the likeliest first."""
        document = await rooms.ledger.document(named)
        try:
            found = await rooms.bus.ask("query.routing.Similar", {"request": document["id"]}, timeout=_THINKS)
        except Refused as refused:
            raise ProblemError(404, "not_found", "Its words were erased, or not heard yet.") from refused
        return json_answer(found)

    return routes

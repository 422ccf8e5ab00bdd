"""What routing knows of one request besides its history: who may mean the same, and what is left of its clocks."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, StringConstraints

from services.console.answers import Where
from services.console.hot import Member
from services.console.reading import WhoAsks
from services.console.rooms import Rooms, json_answer
from services.console.sight import Sight
from services.console.wanted import Wanted
from shared.documents import Body
from shared.http import ProblemError, problems
from shared.refusal import Refused
from shared.staff import Staff

_THINKS = 10.0
"""Seconds that an answer may take."""
_AT_A_GLANCE = (
    "status", "kind", "category", "grid", "worker", "place", "text", "people", "requests", "matter",
)  # fmt: skip


class Reasons(BaseModel):
    """Why they may be about the same: words of the field, words in common, how far apart, how many days between."""

    about: list[str]
    words: list[str]
    metres: int | None
    days: float
    building: bool
    category: bool


class Match(Member):
    """A likely duplicate as it stands now; ``score`` says how likely, from 0 to 1. ``matter``: the lead it follows."""

    score: float
    open: bool
    at: AwareDatetime
    reasons: Reasons
    kind: str
    category: str | None
    worker: str | None
    place: Where
    text: str | None
    people: int | None
    requests: int | None
    matter: str | None


class Matches(BaseModel):
    items: list[Match]


class Clock(BaseModel):
    """``left``: seconds of working time; less than nothing: late by so many. ``by`` is null while the clocks stand."""

    deadline: Literal["accept", "contact", "resolve"]
    by: AwareDatetime | None
    left: int


class Clocks(BaseModel):
    """``working``: it is working time now, so that they move. ``paused`` says why they stand, ``matter`` whom it follows."""

    running: bool
    working: bool
    paused: str | None
    matter: str | None
    clocks: list[Clock]


def matter_routes(rooms: Rooms, who: WhoAsks) -> APIRouter:
    routes = APIRouter(dependencies=[Depends(who)])

    @routes.get(
        "/v1/requests/{named}/similar",
        tags=["reading"],
        response_model=Matches,
        responses=problems(401, 404, 422, 503),
    )
    async def similar(
        named: Annotated[str, StringConstraints(max_length=64)], staff: Annotated[Staff, Depends(who)]
    ) -> Response:
        """Likely duplicates of one request, the likeliest first: one of each matter, and none that is joined already or
        had ended long before.
        """
        sight = Sight.of(staff)
        document = await rooms.ledger.document(named, sight)
        try:
            found = await rooms.bus.ask("query.routing.Similar", {"request": document["id"]}, timeout=_THINKS)
        except Refused as refused:
            raise ProblemError(404, "not_found", "Its words were erased, or not heard yet.") from refused
        return json_answer({"items": await _at_a_glance(rooms, found["items"], sight)})

    @routes.get(
        "/v1/requests/{named}/clocks",
        tags=["reading"],
        response_model=Clocks,
        responses=problems(401, 404, 422, 503),
    )
    async def clocks(
        named: Annotated[str, StringConstraints(max_length=64)], staff: Annotated[Staff, Depends(who)]
    ) -> Response:
        """What is left of each clock, in working time of the policy's calendar."""
        document = await rooms.ledger.document(named, Sight.of(staff))
        try:
            found = await rooms.bus.ask("query.routing.Clocks", {"request": document["id"]})
        except Refused as refused:
            raise ProblemError(404, "not_found", "No clock runs yet.") from refused
        return json_answer(found)

    return routes


async def _at_a_glance(rooms: Rooms, matches: list[dict[str, Any]], sight: Sight) -> list[Body]:
    """With what a person needs to see that it is the same; whoever may not see one is not told that there is one."""
    among = tuple(match["id"] for match in matches)
    rows = await rooms.ledger.page(Wanted(among=among, sight=sight), None, len(among) or 1, "newest")
    seen: dict[str, Body] = {row["id"]: row for row in rows["items"]}
    return [
        match | {name: seen[match["id"]].get(name) for name in _AT_A_GLANCE}
        for match in matches
        if match["id"] in seen
    ]

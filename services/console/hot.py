"""What many say: routing compares, the console shows, a person decides."""

from collections import Counter
from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from services.console.reading import WhoAsks
from services.console.rooms import Rooms, json_answer
from shared.http import problems
from shared.staff import Staff
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


def hot_routes(rooms: Rooms, who: WhoAsks) -> APIRouter:
    routes = APIRouter()

    @routes.get("/v1/hot", tags=["reading"], response_model=Issues, responses=problems(401, 422, 503))
    async def hot(
        staff: Annotated[Staff, Depends(who)],
        days: Annotated[int | None, Query(ge=1, le=3660)] = None,
        grid: _Grid = None,
        least: Annotated[int, Query(ge=2, le=1000)] = 3,
        skip: Annotated[int, Query(ge=0, le=10**6)] = 0,
    ) -> Response:
        """Hot issues over days and grids, the most people first; ``least``: so many people at least, of those whom this
        person may see.
        """
        asked = {"days": days, "grid": grid, "least": least, "people": least, "skip": skip, "limit": 50}
        found = await rooms.bus.ask("query.routing.Hot", asked, timeout=_THINKS)
        members = {member["id"] for issue in found["items"] for member in issue["requests"]}
        seen = await rooms.seeing.bodies(members, staff)
        secret = await rooms.seeing.hidden(members - seen.keys(), staff)
        issues = [of_those(issue, seen, secret) for issue in found["items"]]
        return json_answer(found | {"items": [issue for issue in issues if issue["people"] >= least]})

    return routes


def of_those(issue: dict[str, Any], seen: Collection[str], secret: Collection[str]) -> dict[str, Any]:
    """An issue as it is without the requests that are not seen. Its words are of all of them together, so nothing is told of
    them where some are ``secret``.
    """
    theirs = [member for member in issue["requests"] if member["id"] in seen]
    if len(theirs) == len(issue["requests"]):
        return issue
    size = len(theirs)
    grids = Counter(member["grid"] for member in theirs if member["grid"])
    untold = any(member["id"] in secret for member in issue["requests"])
    return (
        issue
        | {
            "id": theirs[0]["id"] if theirs else "",
            "requests": theirs,
            "size": size,
            "people": min(issue["people"], size),
            "grids": dict(grids.most_common()),
        }
        | ({"words": [], "about": []} if untold else {})
    )

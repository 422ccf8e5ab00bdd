"""What staff read over HTTP: the ledger, one request, figures, topics, the plan, the live line."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import Field, StringConstraints, ValidationError

from services.console import answers
from services.console.book import in_hand
from services.console.known import must_be_known, must_be_known_on_the_bus
from services.console.rooms import Rooms, json_answer
from services.console.rows import MOST_FOUND, Page, Search, Short
from services.console.sight import EVERYTHING, Sight
from services.console.topic_model import TOPICS
from services.console.wanted import Wanted
from shared.answering import BadRequestError, first_error
from shared.areas import communities_of
from shared.http import ProblemError, problems
from shared.journal import UnavailableError
from shared.settings import Settings
from shared.staff import Staff
from shared.store import StoreError

WhoAsks = Callable[..., Awaitable[Staff]]
"""Reads from a request whose token it carries."""
_Revision = Annotated[int, Field(ge=0, le=2**63 - 1)]


_STREAM = {"cache-control": "no-store", "x-accel-buffering": "no"}


async def _safely(frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A line that breaks on our side just ends; the reader takes it up again."""
    try:
        async for ready in frames:
            yield ready
    except (StoreError, UnavailableError):
        return


def reading_routes(rooms: Rooms, settings: Settings, who: WhoAsks) -> APIRouter:
    routes = APIRouter(dependencies=[Depends(who)])

    @routes.get(
        "/v1/ledger", tags=["reading"], response_model=answers.Page, responses=problems(400, 401, 422, 503)
    )
    async def ledger(asked: Annotated[Page, Query()], staff: Annotated[Staff, Depends(who)]) -> Response:
        """A page of the ledger, in order of priority: what is open, each matter once. ``newest`` has everything."""
        wanted = asked.wanted(Sight.of(staff), settings.zone)
        if asked.mine:
            wanted = replace(wanted, hands=await in_hand(rooms, staff))
        found = await rooms.ledger.page(wanted, asked.after, asked.limit, asked.order)
        if not found["items"]:
            await must_be_known(rooms, wanted)
        return json_answer(found)

    @routes.post(
        "/v1/ledger/search",
        tags=["reading"],
        response_model=answers.Page,
        responses=problems(400, 401, 413, 415, 422, 503),
    )
    async def search(asked: Search, staff: Annotated[Staff, Depends(who)]) -> Response:
        """What was said in these words, Chinese or English, the newest first; open and done."""
        found = await rooms.texts.search(settings.tenant, asked.words, MOST_FOUND)
        wanted = replace(asked.wanted(Sight.of(staff), settings.zone), among=tuple(found))
        page = await rooms.ledger.page(wanted, None, asked.limit, "newest")
        if not page["items"]:
            await must_be_known(rooms, wanted)
        return json_answer(page)

    @routes.get(
        "/v1/requests/{named}",
        tags=["reading"],
        response_model=answers.Matter,
        responses=problems(401, 404, 422, 503),
    )
    async def one(
        named: Annotated[str, StringConstraints(max_length=64)], staff: Annotated[Staff, Depends(who)]
    ) -> Response:
        """One request by its id or its tracking code: state, history, and what joined it."""
        return json_answer(await rooms.ledger.one(named, Sight.of(staff)))

    @routes.get(
        "/v1/figures", tags=["reading"], response_model=answers.Figures, responses=problems(401, 422, 503)
    )
    async def figures(
        staff: Annotated[Staff, Depends(who)],
        grid: Short = None,
        category: Short = None,
        community: Short = None,
    ) -> Response:
        wanted = Wanted(grid=grid, category=category, community=community, sight=Sight.of(staff))
        found = await rooms.ledger.figures(wanted)
        if not any(found["by_status"].values()):
            await must_be_known(rooms, wanted)
        return json_answer(found)

    @routes.get("/v1/topics", tags=["reading"], response_model=answers.Topics, responses=problems(401, 503))
    async def topics(staff: Annotated[Staff, Depends(who)]) -> Response:
        rows = rooms.service.store.documents(TOPICS.name).find({"tenant": settings.tenant})
        found = [{"id": row["id"], **row["body"]} async for row in rows.sort("body.at", -1).limit(200)]
        seen = await rooms.seeing.bodies({request for topic in found for request in topic["requests"]}, staff)
        for topic in found:
            topic["requests"] = [request for request in topic["requests"] if request in seen]
        return json_answer({"items": found})

    @routes.get("/v1/plan", tags=["reading"], response_model=answers.GeoJson, responses=problems(401, 503))
    async def plan() -> Response:
        """The grid plan that holds, as GeoJSON; each grid names its worker and deputy."""
        return json_answer(await rooms.grids.staffed())

    @routes.get(
        "/v1/workers",
        tags=["reading"],
        response_model=dict[str, answers.Worker],
        responses=problems(401, 503),
    )
    async def workers() -> Response:
        """Every worker and deputy by id: name and grids."""
        return json_answer(await rooms.grids.workers())

    @routes.get("/v1/categories", tags=["reading"], responses=problems(401, 503))
    async def categories() -> Response:
        return json_answer((await rooms.grids.plan()).get("categories", []))

    @routes.get("/v1/communities", tags=["reading"], responses=problems(401, 503))
    async def communities() -> Response:
        return json_answer(communities_of(await rooms.grids.plan()))

    @routes.get(
        "/v1/services",
        tags=["operations"],
        response_model=list[answers.ServiceHealth],
        responses=problems(401),
    )
    async def services() -> Response:
        return json_answer(await rooms.services())

    @routes.get(
        "/v1/live",
        tags=["reading"],
        responses=problems(401, 422) | {200: {"content": {"text/event-stream": {}}}},
        response_class=Response,
    )
    async def live(
        staff: Annotated[Staff, Depends(who)],
        after: Annotated[_Revision | None, Query()] = None,
        last_event_id: Annotated[_Revision | None, Header()] = None,
    ) -> Response:
        """Every change of the ledger as it happens (server-sent events). Last-Event-ID takes up a broken line."""
        since = last_event_id if last_event_id is not None else after
        return StreamingResponse(
            _safely(rooms.live.watch(since, Sight.of(staff))), media_type="text/event-stream", headers=_STREAM
        )

    return routes


async def answer_ledger(rooms: Rooms, settings: Settings, asked: dict[str, Any]) -> Any:
    """``query.console.Ledger``: what a program may list has no words of people. Raises BadRequestError."""
    try:
        page = Page.model_validate(asked)
    except ValidationError as invalid:
        raise BadRequestError(first_error(invalid)) from None
    wanted = page.wanted(EVERYTHING, settings.zone)
    try:
        found = await rooms.ledger.page(wanted, page.after, page.limit, page.order)
    except ProblemError as problem:
        raise BadRequestError("after: use the value of next") from problem
    if not found["items"]:
        await must_be_known_on_the_bus(rooms, wanted)
    for row in found["items"]:
        del row["text"]
    return found

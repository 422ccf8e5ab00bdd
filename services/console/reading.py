"""What staff read over HTTP: the ledger, one request, figures, topics, deliveries, the plan, the live line."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from services.console import answers
from services.console.ledger import Wanted
from services.console.projection import TOPICS
from services.console.rooms import Rooms, json_answer
from shared.http import problems
from shared.journal import UnavailableError
from shared.settings import Settings
from shared.store import StoreError
from shared.words import Status, in_one_line

Short = Annotated[Annotated[str, Field(max_length=64), AfterValidator(in_one_line)] | None, Query()]
_Revision = Annotated[int, Field(ge=0, le=2**63 - 1)]


class Page(BaseModel):
    """Which rows of the ledger, and how many; ``after`` takes the ``next`` of the page before."""

    model_config = ConfigDict(extra="forbid")

    grid: Short = None
    status: Status | None = None
    category: Short = None
    worker: Short = None
    community: Short = None
    after: Annotated[str | None, Field(max_length=256)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    @property
    def wanted(self) -> Wanted:
        status = self.status.value if self.status else None
        return Wanted(self.grid, status, self.category, self.worker, self.community)


_STREAM = {"cache-control": "no-store", "x-accel-buffering": "no"}


async def _safely(frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A line that breaks on our side just ends; the reader takes it up again."""
    try:
        async for ready in frames:
            yield ready
    except (StoreError, UnavailableError):
        return


def reading_routes(rooms: Rooms, settings: Settings, signed_in: Any) -> APIRouter:
    routes = APIRouter(dependencies=[signed_in])

    @routes.get(
        "/v1/ledger", tags=["reading"], response_model=answers.Page, responses=problems(400, 401, 422, 503)
    )
    async def ledger(asked: Annotated[Page, Query()]) -> Response:
        """A page of the ledger, newest first. ``after`` takes the ``next`` of the page before."""
        return json_answer(await rooms.ledger.page(asked.wanted, asked.after, asked.limit))

    @routes.get(
        "/v1/requests/{named}",
        tags=["reading"],
        response_model=answers.Matter,
        responses=problems(401, 404, 422, 503),
    )
    async def one(named: Annotated[str, StringConstraints(max_length=64)]) -> Response:
        """One request by its id or its tracking code: state and history."""
        return json_answer(await rooms.ledger.one(named))

    @routes.get(
        "/v1/figures", tags=["reading"], response_model=answers.Figures, responses=problems(401, 422, 503)
    )
    async def figures(grid: Short = None, category: Short = None, community: Short = None) -> Response:
        return json_answer(
            await rooms.ledger.figures(Wanted(grid=grid, category=category, community=community))
        )

    @routes.get("/v1/topics", tags=["reading"], response_model=answers.Topics, responses=problems(401, 503))
    async def topics() -> Response:
        rows = rooms.service.store.documents(TOPICS.name).find({"tenant": settings.tenant})
        found = [{"id": row["id"], **row["body"]} async for row in rows.sort("body.at", -1).limit(200)]
        return json_answer({"items": found})

    @routes.get(
        "/v1/deliveries",
        tags=["reading"],
        response_model=answers.Deliveries,
        responses=problems(401, 422, 503),
    )
    async def deliveries(limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Response:
        """What was told to whom, and what the sandbox kept of it."""
        return json_answer({"items": await rooms.bus.ask("query.notify.Outbox", {"limit": limit})})

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
        return json_answer((await rooms.grids.plan()).get("communities", []))

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
        after: Annotated[_Revision | None, Query()] = None,
        last_event_id: Annotated[_Revision | None, Header()] = None,
    ) -> Response:
        """Every change of the ledger as it happens (server-sent events). Last-Event-ID takes up a broken line."""
        since = last_event_id if last_event_id is not None else after
        return StreamingResponse(
            _safely(rooms.live.watch(since)), media_type="text/event-stream", headers=_STREAM
        )

    return routes

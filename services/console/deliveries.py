"""What was told to whom, as staff may see it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.console import answers
from services.console.reading import WhoAsks
from services.console.rooms import Rooms, json_answer
from services.console.seeing import Seeing
from shared.documents import Body
from shared.http import ProblemError, problems
from shared.staff import Staff
from shared.words import DeliveryStatus, Kind, Token


def delivery_routes(rooms: Rooms, who: WhoAsks) -> APIRouter:
    routes = APIRouter(dependencies=[Depends(who)])

    @routes.get(
        "/v1/deliveries",
        tags=["reading"],
        response_model=answers.Deliveries,
        responses=problems(401, 422, 503),
    )
    async def deliveries(
        staff: Annotated[Staff, Depends(who)],
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        status: DeliveryStatus | None = None,
    ) -> Response:
        """What was told to whom, and what the sandbox kept of it; of a request that is not theirs to see, nothing."""
        asked = {"limit": limit} | ({"status": status} if status else {})
        found = await rooms.bus.ask("query.notify.Outbox", asked)
        return json_answer({"items": await _seen(rooms.seeing, found, staff)})

    @routes.get(
        "/v1/deliveries/{delivery}",
        tags=["reading"],
        response_model=answers.DeliveryStory,
        responses=problems(401, 404, 422, 503),
    )
    async def delivery(staff: Annotated[Staff, Depends(who)], delivery: Token) -> Response:
        """One message: every attempt, and what was said of it since."""
        found = await rooms.bus.ask("query.notify.Outbox", {"delivery": delivery})
        told = await _seen(rooms.seeing, found, staff)
        if not told:
            raise ProblemError(404, "not_found", "There is no such delivery.")
        return json_answer(told[0])

    return routes


async def _seen(seeing: Seeing, found: list[Body], staff: Staff) -> list[Body]:
    """Who gave a tip is not to be read off where its messages went."""
    named = [(item, seeing.id_of(item["request"]) if item.get("request") else None) for item in found]
    seen = await seeing.bodies({request for _, request in named if request}, staff)
    told: list[Body] = []
    for item, request in named:
        if request is not None and request not in seen:
            continue
        tip = request is not None and seen[request].get("kind") == Kind.TIP
        told.append(
            item | {"to": None} if tip and item["recipient"].startswith(("reporter:", "supporter:")) else item
        )
    return told

"""Bulk moves at the desk: what one would do, before it is started; ``/v1/jobs`` tells how far it is."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from services.console.reading import WhoAsks
from services.console.rooms import Rooms, json_answer
from shared.http import ProblemError, problems
from shared.refusal import Refused
from shared.staff import Staff
from shared.words import Code, Token


class Moves(BaseModel):
    """Whose requests (all open ones, or those named by ``requests``), and to whom; as ``MoveRequests``."""

    model_config = ConfigDict(extra="forbid")

    from_worker: Token
    to_worker: Token | None = None
    to_grid: Code | None = None
    requests: Annotated[tuple[Token, ...], Field(max_length=5000)] = ()


class Preview(BaseModel):
    """``to`` counts by worker, ``left_out`` by the reason why nobody takes them."""

    moves: int
    to: dict[str, int]
    left_out: dict[str, int]


def moving_routes(rooms: Rooms, who: WhoAsks) -> APIRouter:
    routes = APIRouter(tags=["joint work"])

    @routes.post(
        "/v1/moves/preview",
        response_model=Preview,
        responses=problems(400, 401, 403, 409, 413, 415, 422, 503),
    )
    async def preview(asked: Moves, staff: Annotated[Staff, Depends(who)]) -> Response:
        """How many requests would go to whom. It changes nothing; ``MoveRequests`` does it."""
        if staff.role == "worker" or staff.areas:
            raise ProblemError(403, "not_for_communities", "Bulk moves are the street office's.")
        try:
            found = await rooms.bus.ask("query.routing.Moves", asked.model_dump(mode="json"))
        except Refused as refused:
            raise ProblemError.of(refused) from refused
        return json_answer(found)

    return routes

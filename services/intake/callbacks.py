"""Where providers of messages bring receipts and replies. Each one's address holds what nobody can guess; notify knows it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic_core import from_json, to_json

from services.intake.rooms import Rooms
from shared.http import ProblemError, problems, unavailable
from shared.journal import UnavailableError
from shared.refusal import Refused

_NOTHING_HERE = "Nobody calls back at this address."


def callback_routes(rooms: Rooms) -> APIRouter:
    routes = APIRouter(tags=["providers"])

    @routes.post(
        "/callbacks/{gateway}/{kind}/{secret}",
        response_model=dict[str, Any],
        responses=problems(400, 404, 413, 422, 503),
        openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {}}}}},
    )
    async def call_back(
        request: Request,
        gateway: Annotated[str, Path(pattern="^[A-Za-z0-9-]{1,64}$")],
        kind: Literal["receipts", "replies"],
        secret: Annotated[str, Path(pattern="^[A-Za-z0-9_-]{22,128}$")],
    ) -> Response:
        """Answers what the provider wants to hear when all of it is kept; 503: bring it again."""
        try:
            said = from_json(await request.body())
        except ValueError:
            raise ProblemError(400, "malformed", "The body is not JSON in UTF-8.") from None
        if not isinstance(said, (dict, list)):
            raise ProblemError(400, "malformed", "One object or a list of them is expected.")
        brought = {"gateway": gateway, "secret": secret, "said": said}
        try:
            thanks = await rooms.service.bus.ask(f"inbound.{gateway}.{kind}", brought)
        except Refused as refused:
            if refused.reason == "malformed":
                raise ProblemError(400, "malformed", "Nothing of it can be read.") from refused
            if refused.reason == "no_such_callback":
                raise ProblemError(404, "not_found", _NOTHING_HERE) from refused
            raise unavailable() from refused  # something broke: it may go better next time
        except UnavailableError as absent:
            raise unavailable() from absent
        return Response(to_json(thanks), media_type="application/json")

    return routes

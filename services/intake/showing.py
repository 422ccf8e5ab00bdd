"""What the worker shows of the work: marked pictures, and no other, to whoever has the code; words to whoever has the token."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse, Response

from services.intake.answers import Outcome
from services.intake.rooms import Rooms
from services.intake.token import token_of
from shared.http import ProblemError, problems, unavailable
from shared.journal import UnavailableError
from shared.store import StoreError
from shared.words import PictureName


def showing_routes(rooms: Rooms) -> APIRouter:
    routes = APIRouter(tags=["requests"])
    tenant = rooms.service.settings.tenant
    whoever_submitted = token_of(rooms)

    @routes.get(
        "/v1/requests/{code}/pictures/{name}",
        responses=problems(404, 422, 503) | {200: {"content": {"image/jpeg": {}}}},
        response_class=Response,
    )
    async def shown(
        code: Annotated[str, Path(max_length=64)], name: Annotated[PictureName, Path()]
    ) -> Response:
        """A picture that the worker marked to be shown, as long as the request counts as resolved."""
        if name not in (await rooms.read(code))["pictures"]:
            raise ProblemError(404, "not_found", "No such picture is shown here.")
        try:
            picture = await rooms.pictures.open(tenant, name)
        except (StoreError, UnavailableError) as absent:
            raise unavailable("Nobody can look it up just now.") from absent
        if picture is None:
            raise ProblemError(404, "not_found", "It was erased.")
        return Response(picture, media_type="image/jpeg", headers={"cache-control": "no-store"})

    @routes.get(
        "/v1/requests/{code}/outcome",
        response_model=Outcome,
        responses=problems(401, 403, 404, 422, 503),
    )
    async def outcome(
        code: Annotated[str, Path(max_length=64)], request: Annotated[str, Depends(whoever_submitted)]
    ) -> JSONResponse:
        """What was done, in the worker's words. Needs the token."""
        done = await rooms.words("outcome", code, request)
        return JSONResponse({"outcome": done}, headers={"cache-control": "no-store"})

    return routes

"""Pictures at the staff's door: a worker shows what was done, staff see what a resident showed."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from services.console import answers
from services.console.rooms import Rooms, json_answer
from shared.http import ProblemError, problems, unavailable
from shared.pictures import KINDS, Pictures, UnusablePictureError
from shared.staff import Staff
from shared.vault import VaultEmptyError
from shared.words import PictureName

_KEPT = {"cache-control": "private, max-age=3600", "content-disposition": "inline; filename=picture.jpg"}


def picture_routes(rooms: Rooms, signed_in: Any) -> APIRouter:
    routes = APIRouter(tags=["pictures"], dependencies=[Depends(signed_in)])
    pictures = Pictures(rooms.bus, rooms.service.vault)
    tenant = rooms.service.settings.tenant

    @routes.post(
        "/v1/pictures",
        status_code=201,
        response_model=answers.PictureKept,
        responses=problems(400, 401, 413, 415, 422, 503),
        openapi_extra={"requestBody": {"required": True, "content": {kind: {} for kind in KINDS}}},
    )
    async def keep(request: Request) -> Response:
        """Store a picture; NoteProgress then names it in ``pictures``. Nothing but its pixels is kept."""
        try:
            name = await pictures.keep(tenant, await request.body())
        except UnusablePictureError as unusable:
            raise ProblemError(422, unusable.reason) from unusable
        except VaultEmptyError as empty:
            raise unavailable() from empty
        response = json_answer({"picture": name})
        response.status_code = 201
        return response

    @routes.get(
        "/v1/pictures/{name}",
        responses=problems(401, 404, 422, 503) | {200: {"content": {"image/jpeg": {}}}},
        response_class=Response,
    )
    async def show(
        name: Annotated[PictureName, Path()], staff: Annotated[Staff, Depends(signed_in)]
    ) -> Response:
        """A picture by the name that an event gives it, for those who see what it was shown for."""
        await rooms.seeing.picture(name, staff)
        found = await pictures.open(tenant, name)
        if found is None:
            raise ProblemError(404, "not_found", "There is no such picture, or it was erased.")
        return Response(found, media_type="image/jpeg", headers=_KEPT)

    return routes

"""What a resident wishes to hear: a page behind the link that came with a message. It works without a script.

The link is a capability: 96 random bits that only the contact got. It shows no number and no name, and whoever has it can
change nothing but what that contact hears.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from services.intake.rooms import Rooms
from services.intake.token import token_of
from shared.clock import now
from shared.commands.preference import SetPreferences
from shared.http import ProblemError, problems, unavailable
from shared.ids import new_id
from shared.journal import UnavailableError
from shared.pages import Pages
from shared.refusal import Refused


class Page(BaseModel):
    """An address at this door."""

    page: str


_QUERY = "query.notify.Preferences"


def preference_pages(rooms: Rooms, pages: Pages) -> list[BaseRoute]:
    def told(page: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Whoever comes with a link reads pages, also of what went wrong."""

        async def answer(request: Request) -> Response:
            try:
                return await page(request)
            except ProblemError as problem:
                return pages.show(request, "problem.html", status=problem.status, reason=problem.reason)

        return answer

    async def show(request: Request) -> Response:
        wished = await _asked(rooms, {"link": request.path_params["link"]})
        if wished is None:
            return pages.show(request, "problem.html", status=404, reason="link_not_there")
        return pages.show(request, "preferences.html", wished=wished, saved="saved" in request.query_params)

    async def take(request: Request) -> Response:
        link = request.path_params["link"]
        wished = await _asked(rooms, {"link": link})
        if wished is None:
            return pages.show(request, "problem.html", status=404, reason="link_not_there")
        form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        try:
            command = _command(rooms.service.settings.tenant, wished, form)
        except ValidationError:
            return pages.show(request, "problem.html", status=422, reason="invalid")
        await rooms.send(command)
        return RedirectResponse(f"/p/{link}?saved", 303)

    return [Route("/p/{link}", told(show)), Route("/p/{link}", told(take), methods=["POST"])]


def preference_routes(rooms: Rooms) -> APIRouter:
    routes = APIRouter(tags=["requests"])
    whoever_submitted = token_of(rooms)

    @routes.post(
        "/v1/requests/{code}/preferences",
        response_model=Page,
        responses=problems(400, 401, 403, 404, 413, 415, 422, 503),
    )
    async def preferences(
        code: Annotated[str, Path(max_length=64)],  # noqa: ARG001 - whose token it is was looked at
        request: Annotated[str, Depends(whoever_submitted)],
    ) -> JSONResponse:
        """Where whoever submitted it says what they wish to hear. Needs the token; 404 where no number was left."""
        wished = await _asked(rooms, {"request": request})
        if wished is None or wished["link"] is None:
            raise ProblemError(404, "no_contact", "No number or chat was left with it.")
        return JSONResponse({"page": f"/p/{wished['link']}"}, headers={"cache-control": "no-store"})

    return routes


async def _asked(rooms: Rooms, question: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        return await rooms.service.bus.ask(_QUERY, dict(question))
    except Refused:
        return None  # no link that anybody ever got
    except UnavailableError as absent:
        raise unavailable("Nobody can look it up just now.") from absent


def _command(tenant: str, wished: Mapping[str, Any], form: Mapping[str, list[str]]) -> SetPreferences:
    """Raises ValidationError. A box that is not ticked is not sent: what was on the form and is missing is off."""
    said = {name: values[-1] for name, values in form.items()}
    holder = wished["holder"]
    envelope = {
        "id": new_id(),
        "tenant": tenant,
        "actor": f"resident:{holder.removeprefix('contact:')}",
        "at": now(),
        "holder": holder,
        "how": "link",
    }
    if (stop := said.get("stopped")) in ("yes", "no"):
        return SetPreferences.model_validate({**envelope, "stopped": stop == "yes"})
    pairs = [(topic, channel) for topic in wished["topics"] for channel in wished["channels"]]
    off = [{"topic": t, "channel": c} for t, c in pairs if f"on.{t}.{c}" not in said]
    daily = {topic: said.get(f"daily.{topic}", "") for topic in wished["topics"]}
    return SetPreferences.model_validate(
        {
            **envelope,
            "off": off,
            "language": said.get("language"),
            "quiet_from": said.get("quiet_from"),
            "quiet_until": said.get("quiet_until"),
            "digests": [{"topic": topic, "daily_at": at} for topic, at in daily.items() if at],
        }
    )

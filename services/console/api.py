"""The staff's door over HTTP: commands in, read models out, changes as they happen. OpenAPI at /openapi.json."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import Response
from fastapi.security import HTTPBearer
from pydantic import StringConstraints
from pydantic_core import from_json

from services.console import answers
from services.console.alerts import alert_routes
from services.console.book import book_routes
from services.console.bulletin.drafting import Drafting
from services.console.bulletin.routes import bulletin_routes
from services.console.call_ups import call_up_routes
from services.console.commanding import build_command
from services.console.deliveries import delivery_routes
from services.console.export.routes import export_routes
from services.console.figures.routes import figure_routes
from services.console.guidance import guidance_routes, refuse_unknown_guidance
from services.console.hot import hot_routes
from services.console.joint_work import joint_work_routes
from services.console.matters import matter_routes
from services.console.message_templates import message_template_routes
from services.console.moving import moving_routes
from services.console.notices import notice_routes, refuse_others_notices
from services.console.people import people_routes
from services.console.pictures import picture_routes
from services.console.policy import policy_routes
from services.console.preferences import preference_routes
from services.console.reading import reading_routes
from services.console.record_templates import template_routes
from services.console.records import record_routes
from services.console.relaying import relay_routes
from services.console.reporters import reporter_routes
from services.console.rooms import Rooms
from services.console.saved_view.routes import saved_view_routes
from services.console.web import COOKIE, PAGES, page_routes
from services.console.wishes import wish_routes
from shared.commands.request import SendGuidance
from shared.http import ProblemError, answer_problems, health_routes, problems, unavailable
from shared.journal import UnavailableError
from shared.messages import Messages
from shared.pages import Pages
from shared.settings import Settings
from shared.staff import Staff, UnknownStaffError, read_token
from shared.store import StoreError


def make_app(
    rooms: Rooms,
    settings: Settings,
    readiness: Callable[[], Awaitable[dict[str, bool]]],
    drafting: Drafting,
) -> FastAPI:
    app = FastAPI(
        title="Lastmile: the staff's door",
        version="1",
        summary="Commands in, read models out, changes as they happen.",
        docs_url=None,
        redoc_url=None,
        routes=[*health_routes(readiness), *page_routes(settings, Messages(), rooms.grids.demo_person)],
    )
    answer_problems(app, Pages(PAGES, settings, Messages()).lost)

    async def absent(_request: Request, _error: Exception) -> Response:
        return unavailable("Nobody can look it up just now.").response()

    app.add_exception_handler(StoreError, absent)
    app.add_exception_handler(UnavailableError, absent)
    bearer = HTTPBearer(auto_error=False)

    async def who(request: Request, _scheme: Annotated[Any, Depends(bearer)]) -> Staff:
        """Whose token it is, in the Authorization header or in the pages' cookie."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        raw = token.strip() if scheme.lower() == "bearer" else request.cookies.get(COOKIE, "")
        try:
            return read_token(settings, raw)
        except UnknownStaffError as unknown:
            raise ProblemError(
                401, "unauthorised", "Show a staff token: Authorization: Bearer …"
            ) from unknown

    @app.post(
        "/v1/commands/{name}",
        tags=["commands"],
        response_model=answers.Done,
        responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
        openapi_extra={
            "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
        },
    )
    async def command(
        name: Annotated[str, StringConstraints(max_length=64)],
        request: Request,
        staff: Annotated[Staff, Depends(who)],
        idempotency_key: Annotated[
            str | None, Header(min_length=1, max_length=256, pattern=r"^[\x21-\x7e]+$")
        ] = None,
    ) -> Response:
        """Send a command to its owner: 200 with the event, 409 with the refusal's slug, 503 to be repeated."""
        body = _object(await request.body())
        built = build_command(name, body, staff, idempotency_key, rooms.service.vault)
        await rooms.seeing.command(built, staff)
        if isinstance(built, SendGuidance):
            await refuse_unknown_guidance(rooms, built)
        await refuse_others_notices(rooms, built, staff)
        return await rooms.send(built)

    app.include_router(reporter_routes(rooms, who))
    app.include_router(hot_routes(rooms, who))
    app.include_router(matter_routes(rooms, who))
    app.include_router(record_routes(rooms, settings, who))
    app.include_router(template_routes(rooms, settings, who))
    app.include_router(joint_work_routes(rooms, Depends(who)))
    app.include_router(call_up_routes(rooms, Depends(who)))
    app.include_router(alert_routes(rooms, who))
    app.include_router(notice_routes(rooms, who))
    app.include_router(moving_routes(rooms, who))
    app.include_router(wish_routes(rooms, Depends(who)))
    app.include_router(relay_routes(rooms, Depends(who)))
    app.include_router(bulletin_routes(rooms, drafting, Depends(who)))
    app.include_router(reading_routes(rooms, settings, who))
    app.include_router(delivery_routes(rooms, who))
    app.include_router(people_routes(rooms, who))
    app.include_router(picture_routes(rooms, who))
    app.include_router(book_routes(rooms, who))
    app.include_router(export_routes(rooms, settings, who))
    app.include_router(saved_view_routes(rooms, settings, who))
    app.include_router(figure_routes(rooms, settings, who))
    app.include_router(policy_routes(rooms, who))
    app.include_router(message_template_routes(rooms, who))
    app.include_router(preference_routes(rooms, who))
    app.include_router(guidance_routes(rooms, who))
    return app


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = from_json(raw)
    except ValueError as odd:
        raise ProblemError(400, "malformed", "The body is not JSON in UTF-8.") from odd
    if not isinstance(body, dict):
        raise ProblemError(422, "invalid", "A JSON object is expected.")
    return body

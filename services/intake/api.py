"""The residents' door over HTTP: say it, follow it, answer for it. OpenAPI at /openapi.json and /docs."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic_core import to_json

from services.intake.answers import PublicState, Question, Said, SubmissionAccepted
from services.intake.bulletin.routes import bulletin_routes
from services.intake.callbacks import callback_routes
from services.intake.door import PATH, openapi_extra
from services.intake.preferring import preference_routes
from services.intake.rooms import Rooms
from services.intake.showing import showing_routes
from services.intake.supporting import support_routes
from services.intake.token import token_of
from services.intake.web import PAGES, page_routes
from services.intake.wish.routes import wish_routes
from services.intake.wording import Amendment, AnswerToQuestion, Feedback, Withdrawal
from shared.clock import now
from shared.commands.request import AnswerQuestion, RecordFeedback
from shared.commands.submission import AddPicture, AmendRequest, WithdrawRequest
from shared.envelope import History
from shared.http import ProblemError, answer_problems, health_routes, problems, unavailable
from shared.ids import new_id
from shared.journal import UnavailableError
from shared.messages import Messages
from shared.pages import Pages
from shared.pictures import KINDS, UnusablePictureError
from shared.settings import Settings
from shared.vault import VaultEmptyError

_OFFERED = (
    preference_routes, support_routes, wish_routes, bulletin_routes, showing_routes, callback_routes,
)  # fmt: skip


def make_app(
    rooms: Rooms, settings: Settings, readiness: Callable[[], Awaitable[dict[str, bool]]]
) -> FastAPI:
    app = FastAPI(
        title="Lastmile: the residents' door",
        version="1",
        summary="Say what is wrong, follow what becomes of it, answer whether it is solved.",
        docs_url=None,
        redoc_url=None,
        routes=[*health_routes(readiness), *page_routes(rooms, settings, Messages())],
    )
    answer_problems(app, Pages(PAGES, settings, Messages()).lost)

    whoever_submitted = token_of(rooms)

    @app.post(
        PATH,
        status_code=201,
        summary="Submit a request",
        response_model=SubmissionAccepted,
        responses=problems(400, 413, 415, 422, 503),
        openapi_extra=openapi_extra(),
        tags=["requests"],
    )
    async def submit(request: Request) -> Response:
        """Answers 201 when the journal has it, and not before. The same key again gets the same answer."""
        answer = await rooms.door.answer(request.headers.raw, request.receive)
        response = Response(answer.body, answer.status)
        response.raw_headers = answer.headers
        return response

    @app.get(
        PATH + "/{code}", response_model=PublicState, responses=problems(404, 422, 503), tags=["requests"]
    )
    async def read(code: Annotated[str, Path(max_length=64)]) -> Response:
        """The public state and timeline: nothing personal."""
        return Response(
            to_json(await rooms.read(code)),
            media_type="application/json",
            headers={"cache-control": "no-store"},
        )

    @app.post(
        PATH + "/{code}/feedback",
        response_model=Said,
        responses=problems(400, 401, 403, 409, 413, 415, 422, 503),
        tags=["requests"],
    )
    async def feedback(said: Feedback, request: Annotated[str, Depends(whoever_submitted)]) -> Response:
        """Whether it is solved, in the resident's own word. Needs the token."""
        history = History(settings.tenant, "routing", "request", request)
        comment = rooms.seal(history, {"text": said.comment}) if said.comment else None
        return await rooms.send(
            RecordFeedback(
                **_from_resident(request, settings),
                solved=said.solved,
                satisfaction=said.satisfaction,
                comment=comment,
            )
        )

    @app.get(
        PATH + "/{code}/question",
        response_model=Question,
        responses=problems(401, 403, 404, 422, 503),
        tags=["requests"],
    )
    async def question(
        code: Annotated[str, Path(max_length=64)], request: Annotated[str, Depends(whoever_submitted)]
    ) -> JSONResponse:
        """What the worker would like to know. Needs the token."""
        asked = await rooms.words("question", code, request)
        return JSONResponse({"question": asked}, headers={"cache-control": "no-store"})

    @app.post(
        PATH + "/{code}/answers",
        response_model=Said,
        responses=problems(400, 401, 403, 409, 413, 415, 422, 503),
        tags=["requests"],
    )
    async def answer(said: AnswerToQuestion, request: Annotated[str, Depends(whoever_submitted)]) -> Response:
        """Answer what the worker asked; work goes on. Needs the token."""
        sealed = rooms.seal(History(settings.tenant, "routing", "request", request), {"text": said.text})
        return await rooms.send(AnswerQuestion(**_from_resident(request, settings), answer=sealed))

    @app.post(
        PATH + "/{code}/amendments",
        response_model=Said,
        responses=problems(400, 401, 403, 409, 413, 415, 422, 503),
        tags=["requests"],
    )
    async def amend(said: Amendment, request: Annotated[str, Depends(whoever_submitted)]) -> Response:
        """Add words. Needs the token."""
        sealed = rooms.seal(History(settings.tenant, "intake", "submission", request), {"text": said.text})
        return await rooms.do(AmendRequest(**_from_resident(request, settings), sealed=sealed))

    @app.post(
        PATH + "/{code}/pictures",
        response_model=Said,
        responses=problems(400, 401, 403, 409, 413, 415, 422, 503),
        openapi_extra={"requestBody": {"required": True, "content": {kind: {} for kind in KINDS}}},
        tags=["requests"],
    )
    async def show(shown: Request, request: Annotated[str, Depends(whoever_submitted)]) -> Response:
        """Show it: one picture a call, six a request. Needs the token. Nothing but its pixels is kept."""
        try:
            picture = await rooms.pictures.keep(settings.tenant, await shown.body())
        except UnusablePictureError as unusable:
            raise ProblemError(422, unusable.reason) from unusable
        except (VaultEmptyError, UnavailableError) as absent:
            raise unavailable() from absent
        return await rooms.do(AddPicture(**_from_resident(request, settings), picture=picture))

    @app.post(
        PATH + "/{code}/withdrawal",
        response_model=Said,
        responses=problems(400, 401, 403, 409, 413, 415, 422, 503),
        tags=["requests"],
    )
    async def withdraw(said: Withdrawal, request: Annotated[str, Depends(whoever_submitted)]) -> Response:
        """Take it back. Needs the token."""
        return await rooms.do(WithdrawRequest(**_from_resident(request, settings), reason=said.reason or ""))

    for make in _OFFERED:
        app.include_router(make(rooms))

    @app.get("/v1/categories", tags=["choices"])
    async def categories() -> JSONResponse:
        return JSONResponse(rooms.places.categories)

    @app.get("/v1/buildings", tags=["choices"])
    async def buildings() -> JSONResponse:
        return JSONResponse(rooms.places.buildings)

    @app.get("/v1/plan", tags=["choices"])
    async def plan() -> JSONResponse:
        """The grids as GeoJSON, for a map."""
        return JSONResponse(rooms.places.grids)

    return app


def _from_resident(request: str, settings: Settings) -> dict[str, Any]:
    return {
        "id": new_id(),
        "tenant": settings.tenant,
        "actor": f"resident:{request}",
        "at": now(),
        "request": request,
    }

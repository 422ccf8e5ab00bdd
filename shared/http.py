"""HTTP at the doors: problem details (RFC 9457), health, metrics, and the server, in our own event loop."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from granian.constants import Interfaces
from granian.server.embed import Server
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from shared.observability import HTTP_SECONDS, log
from shared.refusal import Refused

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

PROBLEM = "application/problem+json"
RETRY_AFTER = "2"  # seconds; what a caller should wait after a 503

_TITLES = {
    400: "The request cannot be read",
    401: "Who are you?",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "The rules decline this",
    413: "The body is too large",
    415: "The body is of a type that is not read here",
    422: "The request does not say what is needed",
    500: "Something broke here",
    503: "Try again in a moment",
}


class ProblemError(Exception):
    """An answer other than success. ``reason`` is a slug for programs, ``detail`` a sentence for people."""

    def __init__(self, status: int, reason: str, detail: str = "", **more: Any) -> None:
        super().__init__(reason)
        self.status, self.reason, self.detail, self.more = status, reason, detail, more

    @classmethod
    def of(cls, refused: Refused, detail: str = "") -> "ProblemError":
        return cls(409, refused.reason, detail, **{"about": refused.detail} if refused.detail else {})

    @property
    def headers(self) -> dict[str, str]:
        if self.status == 503:
            return {"retry-after": RETRY_AFTER}
        if self.status == 401:
            return {"www-authenticate": "Bearer"}
        return {}

    @property
    def body(self) -> bytes:
        return to_json(
            {
                "type": f"https://lastmile.example/problems/{self.reason}",
                "title": _TITLES.get(self.status, "Something went wrong"),
                "status": self.status,
                "detail": self.detail,
                "reason": self.reason,
                **self.more,
            }
        )

    def response(self) -> Response:
        return Response(self.body, self.status, self.headers, PROBLEM)


class Problem(BaseModel):
    """RFC 9457; ``reason`` is the slug that programs read."""

    type: str
    title: str
    status: int
    detail: str
    reason: str
    about: dict[str, Any] = {}
    errors: list[dict[str, str]] = []


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of a route that may answer so."""
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _TITLES[status], "content": content} for status in statuses}


def unavailable(what: str = "") -> ProblemError:
    """Nothing was stored, or nobody knows; repeating with the same key is safe."""
    return ProblemError(
        503, "unavailable", what or "Not stored. Please repeat it in a moment, with the same key."
    )


_OF_HEALTH = ("/livez", "/readyz", "/metrics")


def once_started(app: AsgiApp, started: Callable[[], bool]) -> AsgiApp:
    """Until a service has started, only its health answers: whoever comes too early is told to come again."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not started() and scope["path"] not in _OF_HEALTH:
            await unavailable("It is starting. Please come again in a moment.").response()(
                scope, receive, send
            )
        else:
            await app(scope, receive, send)

    return answer


def answer_problems(app: FastAPI, lost: Callable[[Request], Response]) -> None:
    """Let every error of an app leave as problem details, and OpenAPI tell their form. Who looks for a page that is not there sees
    ``lost``.
    """

    def described() -> dict[str, Any]:
        api = FastAPI.openapi(app)
        api["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        return api

    app.openapi = described

    async def problem(_request: Request, error: Exception) -> Response:
        assert isinstance(error, ProblemError)
        return error.response()

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 404 and "text/html" in request.headers.get("accept", ""):
            return lost(request)
        found = ProblemError(error.status_code, _slug(error.status_code), str(error.detail))
        response = found.response()
        response.headers.update(error.headers or {})
        return response

    async def invalid(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        unreadable = any(e["type"] == "json_invalid" for e in error.errors())
        fields = [{"field": ".".join(map(str, e["loc"])), "why": e["msg"][:200]} for e in error.errors()[:10]]
        if unreadable:
            return ProblemError(400, "malformed", "The body is not JSON in UTF-8.").response()
        return ProblemError(422, "invalid", "Some fields cannot be used.", errors=fields).response()

    async def broken(request: Request, error: Exception) -> Response:
        """Ours to mend: in the log stands the route's pattern, never its path, and the caller hears no details."""
        route = getattr(request.scope.get("route"), "path", "other")
        log.error("answer_failed", asked=route, error=type(error).__name__, exc_info=error)
        return ProblemError(500, "failed", "It was written down for those who mend it.").response()

    app.add_exception_handler(Exception, broken)
    app.add_exception_handler(ProblemError, problem)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)


def _slug(status: int) -> str:
    slugs = {
        400: "malformed",
        401: "unauthorised",
        403: "forbidden",
        404: "not_found",
        405: "method_not_allowed",
    }
    return slugs.get(status, "http_error")


class Measured:
    """Counts and times every answer of an app by its route's pattern, never by its path: paths hold ids."""

    def __init__(self, app: AsgiApp, door: str) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, started = "500", time.perf_counter()

        async def note_status(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            HTTP_SECONDS.labels(self._door, route, status).observe(time.perf_counter() - started)


def health_routes(readiness: Callable[[], Awaitable[dict[str, bool]]]) -> list[BaseRoute]:
    """/livez, /readyz and /metrics, which every service has."""

    async def livez(_request: Request) -> Response:
        return Response(b'{"alive":true}', media_type="application/json")

    async def readyz(_request: Request) -> Response:
        checks = await readiness()
        ready = all(checks.values())
        return Response(
            to_json({"ready": ready, "checks": checks}),
            200 if ready else 503,
            {} if ready else {"retry-after": RETRY_AFTER},
            "application/json",
        )

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", metrics)]


async def serve(app: AsgiApp, host: str, port: int, until: asyncio.Event) -> None:
    """Serve until the event is set; answers under way are finished."""
    server = Server(
        app, address=host, port=port, interface=Interfaces.ASGINL, backlog=1024, log_enabled=False
    )
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(until.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.stop()
    await serving
    stopping.cancel()

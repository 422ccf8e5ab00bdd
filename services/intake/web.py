"""The residents' pages. Each is a shell that asks the door's JSON, so none needs more than its address."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.intake.noticing import notice_pages
from services.intake.preferring import preference_pages
from services.intake.rooms import Rooms
from shared.messages import Messages
from shared.pages import Pages, static
from shared.settings import Settings

_HERE = Path(__file__).parent
PAGES = _HERE / "pages"


def page_routes(rooms: Rooms, settings: Settings, messages: Messages) -> list[BaseRoute]:
    pages = Pages(PAGES, settings, messages)

    async def start(request: Request) -> Response:
        return pages.show(request, "start.html")

    async def report(request: Request) -> Response:
        return pages.show(request, "report.html")

    async def follow(request: Request) -> Response:
        return pages.show(request, "request.html", code=request.path_params["code"])

    async def wishes(request: Request) -> Response:
        return pages.show(request, "wishes.html")

    async def bulletins(request: Request) -> Response:
        return pages.show(request, "bulletins.html")

    async def bulletin(request: Request) -> Response:
        return pages.show(request, "bulletin.html", bulletin=request.path_params["bulletin"])

    async def docs(request: Request) -> Response:
        return pages.show(request, "docs.html")

    return [
        Route("/", start),
        Route("/report", report),
        Route("/r/{code}", follow),
        Route("/wishes", wishes),
        Route("/b", bulletins),
        Route("/b/{bulletin}", bulletin),
        Route("/docs", docs),
        *preference_pages(rooms, pages),
        *notice_pages(rooms, pages),
        *static(_HERE / "static"),
    ]

"""A notice as everybody can read it at the residents' door, where its messages lead. Notify answers; nothing is kept here."""

from datetime import datetime, tzinfo
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.intake.rooms import Rooms
from shared.clock import now
from shared.ids import at_length
from shared.journal import UnavailableError
from shared.pages import Pages
from shared.refusal import Refused


def day_of(moment: str, zone: tzinfo) -> str:
    """Return the date on the street's calendar: 2026-11-29. ``moment``: ISO 8601."""
    return datetime.fromisoformat(moment).astimezone(zone).date().isoformat()


def notice_pages(rooms: Rooms, pages: Pages) -> list[BaseRoute]:
    async def asked(named: str) -> dict[str, Any] | None:
        try:
            question = {"notice": named, "counted": False}
            return (await rooms.service.bus.ask("query.notify.Notices", question))[0]
        except Refused:
            return None

    async def notice(request: Request) -> Response:
        named = request.path_params["notice"]
        try:
            found = await asked(named) or await asked(at_length(named))
        except UnavailableError:
            return pages.show(request, "problem.html", status=503, reason="unavailable")
        if found is None:
            return pages.show(request, "problem.html", status=404, reason="notice_not_there")
        if found["stage"] == "published" and found["starts"] > now().isoformat():
            return pages.show(request, "problem.html", status=404, reason="notice_not_there")
        day = day_of(found["starts"], rooms.service.settings.zone)
        return pages.show(
            request, "notice.html", notice=found, day=day, stopped=found["stage"] == "cancelled"
        )

    return [Route("/n/{notice}", notice)]

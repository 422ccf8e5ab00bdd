"""What the routes of the staff's door work with, and the form of their answers."""

from typing import Any

from fastapi.responses import Response
from pydantic_core import to_json

from services.console.figures.reading import Figures
from services.console.grids import Grids
from services.console.health import ask_all
from services.console.ledger import Ledger
from services.console.live import Live
from services.console.seeing import Seeing
from shared.bus import Bus
from shared.commands.command import Command
from shared.documents import Body
from shared.http import ProblemError, unavailable
from shared.journal import UnavailableError
from shared.refusal import Refused, Reply
from shared.service import Service
from shared.texts import Texts


class Rooms:
    """What the routes work with; ``ledger`` and the others stand when the service is connected."""

    def __init__(self, service: Service, grids: Grids) -> None:
        self.service = service
        self.grids = grids
        self.seeing = Seeing(self)
        self.ledger: Ledger
        self.figures: Figures
        self.texts: Texts
        self.live: Live

    @property
    def bus(self) -> Bus:
        return self.service.bus

    async def send(self, command: Command) -> Response:
        try:
            reply = await self.bus.send(command)
        except UnavailableError as absent:
            raise unavailable() from absent
        return _answer(reply)

    async def do(self, command: Command) -> Response:
        try:
            return _answer(await self.service.answer(command, ""))
        except Refused as refused:
            raise ProblemError.of(refused) from refused

    async def services(self) -> list[Body]:
        """Every service, whether it is ready, and what in it waits for a person."""
        return await ask_all(self.service.settings.service_urls)


def _answer(reply: Reply) -> Response:
    if reply.ok:
        return json_answer(reply.model_dump(include={"ok", "event", "revision"}))
    if reply.reason == "unavailable":
        raise unavailable()
    raise ProblemError(409, reply.reason, about=reply.detail)


def json_answer(body: Any) -> Response:
    return Response(to_json(body), media_type="application/json", headers={"cache-control": "no-store"})

"""What the routes of the residents' door work with."""

from typing import Any, Literal

from fastapi.responses import Response
from pydantic_core import to_json

from services.intake.door import Door
from services.intake.places import Places
from services.intake.projection import PUBLIC, public
from services.intake.submitting import Submitting
from shared.commands.command import Command
from shared.documents import Body, document_id
from shared.envelope import History, UnreadableError
from shared.events.event import Sealed
from shared.http import ProblemError, unavailable
from shared.ids import read_code, request_id
from shared.journal import UnavailableError
from shared.pictures import Pictures
from shared.projection import document_now
from shared.refusal import Refused, Reply
from shared.service import Service
from shared.store import StoreError
from shared.vault import VaultEmptyError


class Rooms:
    def __init__(self, service: Service, submitting: Submitting, places: Places, door: Door) -> None:
        self.service = service
        self.submitting = submitting
        self.places = places
        self.door = door
        self.pictures = Pictures(service.bus, service.vault)

    async def read(self, code: str) -> Body:
        """What anybody may read of a request. Raises ProblemError."""
        found = public(await self._body(code))
        if found is None:
            raise ProblemError(404, "not_found", "There is no such tracking code.")
        return found

    async def words(self, what: Literal["question", "outcome"], code: str, request: str) -> str | None:
        """What the worker asks, or has done, for whoever shows the token. Raises ProblemError."""
        box = (await self._body(code)).get("done", {}).get(what)
        if box is None:
            return None
        subject = History(self.service.settings.tenant, "routing", "request", request).subject
        try:
            opened = await self.service.vault.open(subject, Sealed.model_validate(box))
        except StoreError as absent:
            raise unavailable("Nobody can look it up just now.") from absent
        return None if opened is None else opened.get("text")

    async def _body(self, code: str) -> Body:
        read = read_code(code)
        if read is None:
            raise ProblemError(404, "not_found", "There is no such tracking code.")
        tenant, store, journal = self.service.settings.tenant, self.service.store, self.service.bus.journal
        request = request_id(tenant, read)
        histories = [
            History(tenant, "intake", "submission", request),
            History(tenant, "routing", "request", request),
            History(tenant, "routing", "matter", request),
            History(tenant, "routing", "wish", request),
        ]
        try:
            document = await document_now(PUBLIC, store, journal, tenant, histories)
        except UnreadableError:  # held: what was readable stands in the document
            row = await store.documents(PUBLIC.name).find_one({"_id": document_id(tenant, request)})
            document = row or {"body": {}}
        except (StoreError, UnavailableError) as absent:
            raise unavailable("Nobody can look it up just now.") from absent
        return document["body"]

    async def send(self, command: Command) -> Response:
        """Send a command over the corridor; a refusal is a 409."""
        try:
            reply = await self.service.bus.send(command)
        except UnavailableError as absent:
            raise unavailable() from absent
        return answer_reply(reply)

    async def do(self, command: Command) -> Response:
        """Do what is intake's own."""
        try:
            reply = await self.service.answer(command, "")
        except Refused as refused:
            raise ProblemError.of(refused) from refused
        except UnavailableError as absent:
            raise unavailable() from absent
        return answer_reply(reply)

    def seal(self, history: History, fields: dict[str, str]) -> Any:
        try:
            return self.service.vault.seal(history.subject, fields)
        except VaultEmptyError as empty:
            raise unavailable() from empty


def answer_reply(reply: Reply) -> Response:
    if reply.ok:
        return Response(
            to_json(reply.model_dump(include={"ok", "event", "revision"})), media_type="application/json"
        )
    if reply.reason == "unavailable":
        raise unavailable()
    raise ProblemError(409, reply.reason, about=reply.detail)

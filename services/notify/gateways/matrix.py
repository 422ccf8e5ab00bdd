"""Matrix rooms over the client-server API, v3. https://spec.matrix.org/v1.11/client-server-api/#sending-events-to-a-room

A room's address is ``<gateway>:!room:server``. The transaction's id is the delivery's, so a server that has the message
already answers with the same event and says nothing again. That is how an unknown outcome is asked about: by saying the
same once more. It holds for one access token, and Synapse remembers transactions for a day; what is older is not asked.
"""

from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import quote

from pydantic import AnyHttpUrl
from pydantic_core import to_json

from services.notify.gateways.calling import JSON_HEADERS, Json, call
from services.notify.gateways.gateway import (
    Accepted,
    Channel,
    Credential,
    GatewaySettings,
    Message,
    News,
    Outcome,
    Parts,
    Rejected,
    RetryLater,
    Unknown,
)
from shared.clock import now

_REMEMBERED = timedelta(hours=23)
"""Synapse forgets a transaction after 24 hours: then it would be said a second time."""
_OF_THE_MESSAGE = frozenset({"M_BAD_JSON", "M_NOT_JSON", "M_INVALID_PARAM", "M_TOO_LARGE", "M_NOT_FOUND"})


class MatrixSettings(GatewaySettings):
    kind: Literal["matrix"]
    channels: tuple[Channel, ...] = ("chat",)
    per_second: float = 2.0
    server: AnyHttpUrl
    """Where the client-server API answers: https://matrix.example.org."""
    access_token: Credential
    """Of an account of its own, which is a member of the rooms."""

    def open(self, parts: Parts) -> "Matrix":
        return Matrix(self, parts)


class Matrix:
    def __init__(self, settings: MatrixSettings, parts: Parts) -> None:
        self._settings = settings
        self._http = parts.http

    async def send(self, message: Message) -> Outcome:
        room = message.to.removeprefix(f"{self._settings.name}:")
        if not room.startswith("!"):
            return Rejected("no such room")
        base = str(self._settings.server).rstrip("/")
        path = f"/_matrix/client/v3/rooms/{quote(room, safe='')}/send/m.room.message/{quote(message.id, safe='')}"
        token = self._settings.access_token.get_secret_value()
        said = await call(
            self._http,
            base + path,
            method="PUT",
            content=to_json({"msgtype": "m.text", "body": message.text}),
            headers=JSON_HEADERS | {"authorization": f"Bearer {token}"},
            timeout=self._settings.timeout,
            rest_in="retry_after_ms",
        )
        return _outcome(said) if isinstance(said, dict) else said

    async def became_of(self, message: Message, sent_at: datetime) -> News:
        """Say the same once more: harmless, as long as the server remembers."""
        if now() - sent_at > _REMEMBERED:
            return Unknown("too long ago to be asked")
        match await self.send(message):
            case RetryLater(why=why):
                return Unknown(why)
            case outcome:
                return outcome


def _outcome(said: Json) -> Outcome:
    match said:
        case {"event_id": str(event)}:
            return Accepted(event)
        case {"errcode": str(code)} if code in _OF_THE_MESSAGE:
            return Rejected(code)
        case {"errcode": "M_UNKNOWN"}:
            return Unknown("M_UNKNOWN")  # the server broke, maybe after it had it
        case {"errcode": str(code)}:
            return RetryLater(
                code, ours=True
            )  # our account: a token that is no more, not a member, switched off
        case _:
            return Unknown("no event")

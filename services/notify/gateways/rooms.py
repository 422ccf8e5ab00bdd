"""Chat groups that a robot of the provider's writes into: one address with its secret for each group (网格微群)."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import timedelta
from typing import Any, ClassVar

from pydantic import BaseModel
from pydantic_core import to_json

from services.notify.gateways.calling import JSON_HEADERS, Json, call
from services.notify.gateways.gateway import (
    Accepted,
    Channel,
    Credential,
    GatewaySettings,
    Message,
    Outcome,
    Parts,
    Rejected,
    RetryLater,
    Unknown,
)


class Room(BaseModel):
    """One group. Whoever knows its hook can write into it, so it is a credential."""

    hook: Credential
    """The whole address that the provider gave to the robot."""
    secret: Credential | None = None
    """What its calls are signed with, where the robot asks for that."""


class RoomSettings(GatewaySettings):
    channels: tuple[Channel, ...] = ("chat",)
    per_second: float = 0.33
    """They let a robot say twenty things a minute."""
    rooms: dict[str, Room]

    def room(self, to: str) -> Room | None:
        """Return the room that an address names: ``<gateway>:<room>``."""
        return self.rooms.get(to.partition(":")[2])


class Robot(ABC):
    """What the providers' robots have in common: one POST into a room, and a number in the body that says how it went.
    How a call is put together and which numbers there are stands in each one's file.
    """

    says: ClassVar[tuple[str, ...]]
    """Where the number stands: 0 is well."""
    too_often: ClassVar[Collection[int]]
    rest: ClassVar[timedelta] = timedelta(minutes=1)
    """Whoever said too much is not heard for so long. They count what a robot says by the minute."""
    of_the_message: ClassVar[Collection[int]]
    """It would be refused again. Whatever else has a number is the robot's trouble: it can be tried again."""
    of_our_settings: ClassVar[Collection[int]]
    """Its hook, its secret, or what the group allows it: somebody has to mend that."""
    longest: ClassVar[int | None] = None
    """Bytes of a text."""

    def __init__(self, settings: RoomSettings, parts: Parts) -> None:
        self._settings = settings
        self._http = parts.http

    async def send(self, message: Message) -> Outcome:
        room = self._settings.room(message.to)
        if room is None:
            return Rejected("no such room")
        if self.longest is not None and len(message.text.encode()) > self.longest:
            return Rejected("too long")
        url, body = self.asked(room, message.text)
        said = await call(
            self._http, url, content=to_json(body), headers=JSON_HEADERS, timeout=self._settings.timeout
        )
        return self._outcome(said) if isinstance(said, dict) else said

    @abstractmethod
    def asked(self, room: Room, text: str) -> tuple[str, dict[str, Any]]:
        """Return where to and what."""

    def _outcome(self, said: Json) -> Outcome:
        match next((said[name] for name in self.says if name in said), None):
            case 0:
                return Accepted()
            case int() as code if code in self.too_often:
                return RetryLater(str(code), self.rest)
            case int() as code if code in self.of_the_message:
                return Rejected(str(code))
            case int() as code:
                return RetryLater(str(code), ours=code in self.of_our_settings)
            case _:
                return Unknown(f"no {self.says[0]}")

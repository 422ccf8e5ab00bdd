"""A gateway sends to the outside. A new one is a new file, one line in app.py, and its credentials in settings."""

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True)
class Message:
    """``id`` is the delivery's: whoever gets it twice knows it."""

    id: str
    channel: Literal["sms", "chat"]
    to: str
    text: str


@dataclass(frozen=True)
class Accepted:
    reference: str


@dataclass(frozen=True)
class Rejected:
    why: str


@dataclass(frozen=True)
class Unknown:
    """It may have gone out, or not. It is never sent again without asking."""

    why: str


Outcome = Accepted | Rejected | Unknown


class Gateway(Protocol):
    name: str

    async def send(self, message: Message) -> Outcome: ...

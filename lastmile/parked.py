"""The parking lot: what could not be used, sealed, with the reason, for 30 days."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nats.errors import Error as NatsError
from pydantic import AwareDatetime, BaseModel, ConfigDict
from pydantic_core import from_json

from lastmile.corridor import corridor, messages
from lastmile.stack import settings_for
from lastmile.trouble import Trouble
from shared.bus import Bus
from shared.vault import Locksmith

_STREAM = "PARKED"
_ASKED = ("command.", "query.", "inbound.")
"""Subjects whose messages somebody answers; others go into a stream again."""
_PARKED_ANEW = frozenset({"malformed", "unknown_command"})
"""Refusals after which the receiver has parked the message again, under a new id."""


class _Parked(BaseModel):
    """As shared/parking.py writes it."""

    model_config = ConfigDict(val_json_bytes="base64")

    id: str
    at: AwareDatetime
    reason: str
    subject: str
    headers: dict[str, str] = {}
    size: int
    box: bytes


@dataclass(frozen=True)
class Row:
    """``size``: bytes of the message as it came; of a very large one only the beginning is kept."""

    id: str
    at: datetime
    service: str
    reason: str
    subject: str
    headers: dict[str, str]
    size: int
    box: bytes
    sequence: int

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "service": self.service,
            "reason": self.reason,
            "subject": self.subject,
            "size": self.size,
        }


async def listed(data: Path | None, limit: int) -> list[Row]:
    """The newest first."""
    async with corridor(settings_for(data)) as bus:
        rows = [row async for row in _rows(bus)]
    return rows[::-1][:limit]


async def opened(data: Path | None, message: str) -> tuple[Row, bytes]:
    """Raises Trouble when there is no such message."""
    settings = settings_for(data)
    async with corridor(settings) as bus:
        row = await _find(bus, message)
    return row, Locksmith(settings.master).open_parked(row.box)


async def retried(data: Path | None, message: str) -> dict[str, Any]:
    """Send it again to where it was going; what is taken leaves the lot. Returns the answer."""
    settings = settings_for(data)
    async with corridor(settings) as bus:
        row = await _find(bus, message)
        payload = Locksmith(settings.master).open_parked(row.box)
        if len(payload) < row.size:
            raise Trouble(
                f"It had {row.size} bytes, and only the first {len(payload)} were kept.",
                "Ask its sender to send it again.",
            )
        try:
            if not row.subject.startswith(_ASKED):
                await bus.client.jetstream().publish(row.subject, payload, headers=row.headers or None)
                answer: dict[str, Any] = {"ok": True}
            else:
                reply = await bus.client.request(
                    row.subject, payload, timeout=settings.command_timeout, headers=row.headers or None
                )
                answer = from_json(reply.data)
        except (NatsError, OSError) as absent:
            raise Trouble(
                f"Nobody answers on {row.subject}.", "It stays parked; see `lastmile doctor`."
            ) from absent
        if answer.get("ok") or answer.get("reason") in _PARKED_ANEW:
            await bus.client.jetstream().delete_msg(_STREAM, row.sequence)
    return answer


async def _find(bus: Bus, message: str) -> Row:
    async for row in _rows(bus):
        if row.id == message:
            return row
    raise Trouble(f"Nothing is parked under {message!r}.", "`lastmile parked list` shows what is.")


async def _rows(bus: Bus) -> AsyncIterator[Row]:
    async for message in messages(bus, _STREAM, "parked.*"):
        parked = _Parked.model_validate_json(message.data)
        yield Row(
            id=parked.id,
            at=parked.at,
            service=message.subject.removeprefix("parked."),
            reason=parked.reason,
            subject=parked.subject,
            headers=parked.headers,
            size=parked.size,
            box=parked.box,
            sequence=message.metadata.sequence.stream,
        )

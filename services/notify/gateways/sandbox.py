"""The sandbox keeps what would have been sent, where the console shows it. It is no carrier: nobody gets anything."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from services.notify.gateways.gateway import (
    Absent,
    Accepted,
    Channel,
    GatewaySettings,
    Message,
    News,
    Outcome,
    Parts,
    Unknown,
)
from shared.clock import now
from shared.store import Collection, StoreError, write_and_count
from shared.words import masked


class SandboxSettings(GatewaySettings):
    kind: Literal["sandbox"] = "sandbox"
    name: str = "sandbox"
    channels: tuple[Channel, ...] = ("sms", "chat")
    per_second: float = 1000.0
    at_once: int = 64

    def open(self, parts: Parts) -> "Sandbox":
        return Sandbox(parts.sandbox, self.name)


class Sandbox:
    def __init__(self, kept: Collection, name: str = "sandbox") -> None:
        self._kept = kept
        self._name = name
        self._waiting: list[tuple[dict[str, Any], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def send(self, message: Message) -> Outcome:
        row = {
            "_id": message.id,
            "at": now(),
            "channel": message.channel,
            "to": masked(message.to),
            "text": message.text,
            "gateway": self._name,
        }
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, kept))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        try:
            await kept
        except StoreError as error:
            return Unknown(type(error).__name__)
        return Accepted(reference=f"sandbox-{message.id}")

    async def became_of(self, message: Message, sent_at: datetime) -> News:  # noqa: ARG002 - it forgets nothing
        """It knows for certain: what was sent to it stands in its collection."""
        try:
            kept = await self._kept.find_one({"_id": message.id}, {"_id": 1})
        except StoreError as error:
            return Unknown(type(error).__name__)
        return Absent() if kept is None else Accepted(reference=f"sandbox-{message.id}")

    async def _write(self) -> None:
        """Whatever comes while one write is on its way goes with the next: a broadcast costs a write for many."""
        while self._waiting:
            some, self._waiting = self._waiting, []
            try:
                await write_and_count(self._kept, [row for row, _ in some])
            except StoreError as error:
                for _, kept in some:
                    if not kept.done():
                        kept.set_exception(error)
            else:
                for _, kept in some:
                    if not kept.done():
                        kept.set_result(None)

    async def kept(self, deliveries: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return what would have been sent, by delivery."""
        return {row["_id"]: row async for row in self._kept.find({"_id": {"$in": list(deliveries)}})}

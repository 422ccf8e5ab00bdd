"""The sandbox keeps what would have been sent, where the console shows it. It is no carrier: nobody gets anything."""

from collections.abc import Sequence
from typing import Any, Literal

from services.notify.gateways.gateway import (
    Accepted,
    Channel,
    GatewaySettings,
    Message,
    Outcome,
    Parts,
    Unknown,
)
from shared.clock import now
from shared.store import Collection, StoreError
from shared.words import masked


class SandboxSettings(GatewaySettings):
    kind: Literal["sandbox"] = "sandbox"
    name: str = "sandbox"
    channels: tuple[Channel, ...] = ("sms", "chat")
    per_second: float = 1000.0
    at_once: int = 64

    def open(self, parts: Parts) -> "Sandbox":
        return Sandbox(parts.sandbox)


class Sandbox:
    def __init__(self, kept: Collection) -> None:
        self._kept = kept

    async def send(self, message: Message) -> Outcome:
        row = {
            "_id": message.id,
            "at": now(),
            "channel": message.channel,
            "to": masked(message.to),
            "text": message.text,
        }
        try:
            await self._kept.replace_one({"_id": message.id}, row, upsert=True)
        except StoreError as error:
            return Unknown(type(error).__name__)
        return Accepted(reference=f"sandbox-{message.id}")

    async def kept(self, deliveries: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return what would have been sent, by delivery."""
        return {row["_id"]: row async for row in self._kept.find({"_id": {"$in": list(deliveries)}})}

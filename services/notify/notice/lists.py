"""The frozen list of a notice, page by page, beside the journal: a page's name is the SHA-256 of its content.

It holds ids and channels; who an id is, other places know.
"""

import hashlib
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic_core import from_json, to_json

from services.notify.preference.rules import Held, Language
from shared.bus import Bus
from shared.chunks import ChunkMissingError, Chunks
from shared.events.notice import Over
from shared.journal import UnavailableError

PAGE = 1000
"""Deliveries of one page: so many are requested between two marks."""


class Item(NamedTuple):
    """One message that is to go out. ``not_before``: it waits until then; ``held`` says why."""

    recipient: str
    channel: Over
    not_before: datetime | None = None
    language: Language = "zh"
    held: Held | None = None


class Lists:
    def __init__(self, bus: Bus) -> None:
        self._chunks = Chunks(bus, "LISTS", "list")

    async def put(self, tenant: str, items: Sequence[Item]) -> str:
        """Store a page and return its name. Storing it again changes nothing. Raises UnavailableError."""
        raw = to_json(items)
        name = hashlib.sha256(raw).hexdigest()
        await self._chunks.put(tenant, name, zlib.compress(raw, level=1))
        return name

    async def get(self, tenant: str, name: str) -> list[Item]:
        """Raises UnavailableError: what is not there, or not as it was, may be there on another replica."""
        try:
            raw = zlib.decompress(await self._chunks.get(tenant, name))
        except (ChunkMissingError, zlib.error) as damaged:
            raise UnavailableError(f"the page {name[:8]} of a list is not there") from damaged
        if hashlib.sha256(raw).hexdigest() != name:
            raise UnavailableError(f"the page {name[:8]} of a list is damaged")
        return [
            Item(to, over, None if at is None else datetime.fromisoformat(at), *rest)
            for to, over, at, *rest in from_json(raw)
        ]

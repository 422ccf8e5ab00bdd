"""Live updates (server-sent events): one rendering per change for everybody, resumable where a line broke off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from nats.aio.msg import Msg
from pydantic_core import from_json, to_json

from services.console.ledger import Ledger, row_of
from services.console.sight import EVERYTHING, Sight
from shared.bus import Bus
from shared.observability import LIVE_CLIENTS, log
from shared.store import StoreError

_WAITING_AT_MOST = 512  # frames; a reader that falls further behind is let go, and resumes where it was
_PING_EVERY = 15.0  # seconds
_OVERLAP = 200  # revisions; replicas may write documents a little out of order
_HEAD = b"retry: 2000\n\n"
_PING = b": ping\n\n"

Told = tuple[bytes, dict[str, Any] | None]
"""A frame, and the row that it shows where not everybody may see it."""
Queue = asyncio.Queue[Told | None]


def frame(kind: str, revision: int, data: bytes) -> bytes:
    return b"event: %s\nid: %d\ndata: %s\n\n" % (kind.encode(), revision, data)


class Live:
    """Everybody who watches. What this replica's identity may hear of stream VIEWS is handed on as it is published."""

    def __init__(self, tenant: str, bus: Bus, ledger: Ledger) -> None:
        self._tenant = tenant
        self._bus = bus
        self._ledger = ledger
        self._watching: set[Queue] = set()
        self._closed = False

    async def start(self) -> None:
        await self._bus.client.subscribe(f"view.{self._tenant}.>", cb=self._hand_on)

    async def close_with(self, stopping: asyncio.Event) -> None:
        """When the service stops, every line ends; the browsers take it up again elsewhere."""
        await stopping.wait()
        self._closed = True
        for queue in list(self._watching):
            self._let_go(queue)

    async def _hand_on(self, message: Msg) -> None:
        _, _, model, _ = message.subject.split(".", 3)
        with suppress(ValueError, KeyError, StoreError):
            row, data, shown = from_json(message.data), message.data, None
            if model == "ledger":
                shown = row
            if row.get("withheld"):  # followers are told no more: who may see it gets it from the ledger
                document = await self._ledger.row(row["id"])
                if document is None:
                    return
                row, shown = row_of(document), document["body"]
                data = to_json(row)
            ready = frame(model, row["revision"], data), shown
            for queue in list(self._watching):
                try:
                    queue.put_nowait(ready)
                except asyncio.QueueFull:
                    log.info("slow_watcher_let_go")
                    self._let_go(queue)

    def _let_go(self, queue: Queue) -> None:
        self._watching.discard(queue)
        while queue.full():
            queue.get_nowait()
        queue.put_nowait(None)

    async def watch(self, after: int | None, sight: Sight = EVERYTHING) -> AsyncIterator[bytes]:
        """Yield frames: first what changed after that revision, then what changes. Twice is harmless: the greatest
        revision wins.
        """
        queue: Queue = asyncio.Queue(_WAITING_AT_MOST)
        self._watching.add(queue)
        LIVE_CLIENTS.set(len(self._watching))
        try:
            yield _HEAD
            if after is not None:
                async for row in await self._ledger.changed_since(after - _OVERLAP, sight):
                    yield frame("ledger", row["r"], to_json(row_of(row)))
            while not self._closed:
                try:
                    ready = await asyncio.wait_for(queue.get(), _PING_EVERY)
                except TimeoutError:
                    ready = _PING, None
                if ready is None:
                    return
                told, row = ready
                if row is None or sight.sees(row):
                    yield told
        finally:
            self._watching.discard(queue)
            LIVE_CLIENTS.set(len(self._watching))

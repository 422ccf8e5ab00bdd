"""Taking messages from a declared consumer: pulled ahead, handed over in batches, acknowledged by hand.

A batch is whatever has arrived, so a lone event waits for nobody and a flood comes in hundreds. Nothing here can
create or change a consumer (deploy/topology.py does).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pydantic_core import to_json

from shared.observability import CONSUMER_FAILED, CONSUMER_PENDING, log

Handle = Callable[[list[Msg]], Awaitable[None]]
"""Handles a batch and acknowledges each message of it, or gives it back."""

_HEARTBEAT = 1.0  # seconds between the server's signs of life while nothing arrives
_PULL_LASTS = 30.0  # seconds until an unanswered pull ends at the server


class Consumer:
    """One durable consumer of one stream, pulled by this replica among any number of others."""

    def __init__(self, client: Client, stream: str, name: str, handle: Handle, *, batch: int = 500) -> None:
        self.name = name
        self._client = client
        self._pull_subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}"
        self._handle = handle
        self._batch = batch
        self._arrived: asyncio.Queue[Msg] = asyncio.Queue()
        self._left = 0
        self._refused = False
        self.pending = 0
        self.idle = asyncio.Event()

    async def run(self) -> None:
        """Pull and handle until cancelled; what was pulled and not handled is then given back at once."""
        inbox = self._client.new_inbox()
        subscription = await self._client.subscribe(
            inbox, cb=self._arrived.put, pending_msgs_limit=-1, pending_bytes_limit=-1
        )
        try:
            while True:
                if messages := await self._take(inbox):
                    await self._hand_over(messages)
        finally:
            with suppress(NatsError, OSError):
                await subscription.unsubscribe()
            await give_back([self._arrived.get_nowait() for _ in range(self._arrived.qsize())])

    async def _take(self, inbox: str) -> list[Msg]:
        if self._refused:
            await asyncio.sleep(_HEARTBEAT / 2)
            self._refused = False
        if self._left <= 0:
            request = {
                "batch": self._batch,
                "expires": int(_PULL_LASTS * 1e9),
                "idle_heartbeat": int(_HEARTBEAT * 1e9),
            }
            with suppress(NatsError, OSError):
                await self._client.publish(self._pull_subject, to_json(request), reply=inbox)
                self._left = self._batch
        try:
            first = await asyncio.wait_for(self._arrived.get(), timeout=3 * _HEARTBEAT)
        except TimeoutError:  # the server went away and the pull with it
            self._left = 0
            return []
        messages = [first] + [
            self._arrived.get_nowait() for _ in range(min(self._arrived.qsize(), self._batch - 1))
        ]
        return [message for message in messages if not self._is_status(message)]

    def _is_status(self, message: Msg) -> bool:
        status = message.headers.get("Status") if message.headers else None
        if status is None:
            self._left -= 1
            return False
        if status != "100":  # 100 is a heartbeat; all else ends the pull
            self._left = 0
            self._refused = status not in ("404", "408")  # nobody serves this consumer now
        self.idle.set()
        return True

    async def _hand_over(self, messages: list[Msg]) -> None:
        self.idle.clear()
        try:
            await self._handle(messages)
        except Exception as error:  # noqa: BLE001 - whatever it was, nothing is lost: it comes again
            CONSUMER_FAILED.labels(self.name).inc()
            log.warning(
                "batch_given_back",
                consumer=self.name,
                size=len(messages),
                error=type(error).__name__,
                exc_info=True,
            )
            await give_back(messages, delay=1.0)
        self.pending = messages[-1].metadata.num_pending
        CONSUMER_PENDING.labels(self.name).set(self.pending)


async def give_back(messages: list[Msg], delay: float = 0.0) -> None:
    """Negatively acknowledge what is not acknowledged yet: it is delivered again after ``delay`` seconds."""
    for message in messages:
        with suppress(NatsError, OSError):
            if message.headers is None or "Status" not in message.headers:
                await message.nak(delay=delay or None)


async def acknowledge(messages: list[Msg]) -> None:
    for message in messages:
        with suppress(
            NatsError, OSError
        ):  # not acknowledged means delivered again, and handling twice is once
            await message.ack()

"""Taking messages from a declared consumer: pulled by the batch, handed over as they arrive, acknowledged by hand.

A batch is whatever has arrived, so a lone event waits for nobody and a flood comes in hundreds. Never more is asked
for than one batch, so never more waits here. Nothing here can create or change a consumer (deploy/topology.py does).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pydantic_core import to_json

from shared.observability import CONSUMER_FAILED, CONSUMER_PENDING, log

Handle = Callable[[list[Msg]], Awaitable[None]]
"""Handles a batch and acknowledges each message of it, or gives it back."""

_HEARTBEAT = 1.0  # seconds between the server's signs of life while nothing arrives
_MISSED = 3  # heartbeats, until a pull counts as lost
_PULL_LASTS = 30.0  # seconds until an unanswered pull ends at the server
_STILL_AT_WORK = 3.0  # seconds between our signs of life; the server redelivers after 10 without
_A_MOMENT = 0.05  # seconds
_FEW = 8  # batches
_LAST_WORDS = 1.5  # seconds to hear what was on its way when we stop; shared/tasks.py is as patient
_LONGEST_PAUSE = 300.0  # seconds until a message that could not be handled comes again
_ENDED_IN_PEACE = (
    "404",
    "408",
)  # nothing there, or nothing came; any other status says that nobody serves us now


class Consumer:
    """One durable consumer of one stream, pulled by this replica among any number of others."""

    def __init__(self, client: Client, stream: str, name: str, handle: Handle, *, batch: int = 500) -> None:
        self.name = name
        self._client = client
        self._pull_subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}"
        self._handle = handle
        self._batch = batch
        self._arrived: asyncio.Queue[Msg] = asyncio.Queue()
        self._inbox = client.new_inbox()
        self._pulls = 0
        self._connection = 0
        self._owed = 0
        """Messages that the present pull may still bring."""
        self.pending = 0
        self.idle = asyncio.Event()
        self.busy = False
        """A batch is in hand."""

    @property
    def behind(self) -> bool:
        """Whether more waits in the stream than a few batches."""
        return self.pending > _FEW * self._batch

    async def run(self) -> None:
        """Pull and handle until cancelled; what was pulled and not handled is then given back at once."""
        # One subject a pull: what the server says about an older one must not end the present one.
        subscription = await self._client.subscribe(
            f"{self._inbox}.*", cb=self._arrived.put, pending_msgs_limit=-1, pending_bytes_limit=-1
        )
        try:
            while True:
                if messages := await self._take():
                    await self._hand_over(messages)
        finally:
            with suppress(NatsError, OSError):
                if self._client.is_connected:
                    async with asyncio.timeout(_LAST_WORDS):
                        await self._until_nothing_more_comes()
                        await subscription.drain()
            await give_back([self._arrived.get_nowait() for _ in range(self._arrived.qsize())])

    async def _until_nothing_more_comes(self) -> None:
        """What the server has sent to somebody who no longer listens, it gives to others ten seconds later."""
        arrived = -1
        while arrived != self._arrived.qsize():
            arrived = self._arrived.qsize()
            await asyncio.sleep(_A_MOMENT)

    async def _take(self) -> list[Msg]:
        if self._owed <= 0 and not await self._pull():
            return []
        first = await self._first()
        if first is None:
            self._owed = 0  # the server went away, and the pull with it
            return []
        messages = [first] + [
            self._arrived.get_nowait() for _ in range(min(self._arrived.qsize(), self._batch - 1))
        ]
        facts = [message for message in messages if not _is_status(message)]
        self._owed -= len(facts)
        for message in messages:
            if _is_status(message):
                await self._heed(message)
        return facts

    async def _pull(self) -> bool:
        if not self._client.is_connected:
            # Buffered pulls would all be answered after the reconnect, with far more than one batch.
            await asyncio.sleep(_HEARTBEAT / 10)
            return False
        self._pulls += 1
        self._connection = self._client.stats["reconnects"]
        request = {
            "batch": self._batch,
            "expires": int(_PULL_LASTS * 1e9),
            "idle_heartbeat": int(_HEARTBEAT * 1e9),
        }
        await self._client.publish(self._pull_subject, to_json(request), reply=f"{self._inbox}.{self._pulls}")
        self._owed = self._batch
        return True

    async def _first(self) -> Msg | None:
        for _ in range(_MISSED):
            with suppress(TimeoutError):
                async with asyncio.timeout(_HEARTBEAT):  # wait_for would lose a cancellation now and then
                    return await self._arrived.get()
            if self._connection != self._client.stats["reconnects"]:
                break
        return None

    async def _heed(self, message: Msg) -> None:
        status = (message.headers or {})["Status"]
        if message.subject != f"{self._inbox}.{self._pulls}":
            return
        if status == "100":  # a heartbeat
            self.idle.set()
            return
        self._owed = 0
        if status not in _ENDED_IN_PEACE:
            await asyncio.sleep(_HEARTBEAT / 2)

    async def _hand_over(self, messages: list[Msg]) -> None:
        self.idle.clear()
        self.busy = True
        at_work = asyncio.create_task(_say_still_at_work(messages))
        try:
            await self._handle(messages)
        except asyncio.CancelledError:
            await give_back(messages)
            raise
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
        finally:
            self.busy = False
            at_work.cancel()
        self.pending = messages[-1].metadata.num_pending
        CONSUMER_PENDING.labels(self.name).set(self.pending)


def _is_status(message: Msg) -> bool:
    return message.headers is not None and "Status" in message.headers


async def _say_still_at_work(messages: Sequence[Msg]) -> None:
    """While somebody we wait for is away, the server need not think that we are, too."""
    while True:
        await asyncio.sleep(_STILL_AT_WORK)
        for message in messages:
            with suppress(NatsError, OSError):
                if not message.is_acked:
                    await message.in_progress()


async def give_back(messages: Sequence[Msg], delay: float = 0.0) -> None:
    """Negatively acknowledge what is not acknowledged yet: it is delivered again after ``delay`` seconds."""
    for message in messages:
        with suppress(NatsError, OSError):
            if not _is_status(message):
                await message.nak(delay=delay or None)


async def give_back_later(message: Msg) -> None:
    """Give one message back, with a pause that doubles each time that it comes."""
    await give_back(
        [message], delay=min(0.5 * 2.0 ** min(message.metadata.num_delivered, 20), _LONGEST_PAUSE)
    )


async def acknowledge(messages: Sequence[Msg]) -> None:
    for message in messages:
        # What is not acknowledged is delivered again, and handling twice is once.
        with suppress(NatsError, OSError):
            await message.ack()

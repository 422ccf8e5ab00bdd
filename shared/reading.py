"""Reading a stream from its beginning, in order and fast: for a rebuild, and to see whether one is needed.

The client parses each message's headers with care and hands it on through two queues; at 200,000 messages that is
most of the time. So it takes its messages as they come off the wire (shared/wire.py). It makes a consumer of its own,
which services may not: operators' programs may.
"""

import asyncio
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Self

from nats.aio.client import Client
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from pydantic_core import to_json

from shared.documents import Read
from shared.envelope import UnreadableError, read_fact, read_headers
from shared.observability import log
from shared.wire import Raw, let_go, take

_BATCH = 1000
_AHEAD = 2  # pulls on their way, so that the server need not wait for us
_HEARTBEAT = 1.0  # seconds between the server's signs of life
_SILENCE = 3 * _HEARTBEAT  # after which the consumer counts as gone
_PULL_LASTS = 30.0  # seconds
_FORGOTTEN_AFTER = 60.0  # seconds without a pull, until the server removes the consumer


_LEFT_OF_A_PULL = re.compile(rb"\nNats-Pending-Messages: (\d+)")


class Reading:
    """Every message that the filters name, after ``after``, once and in order, whatever happens to the connection."""

    def __init__(self, client: Client, stream: str, filters: Sequence[str], *, after: int = 0) -> None:
        self._client = client
        self._stream = stream
        self.filters = tuple(filters)
        self._consumer = ""
        self._inbox = ""
        self._subscription: Subscription | None = None
        self._arrived: list[Raw] = []
        self._something = asyncio.Event()
        self._heard = 0.0
        self._connection = 0
        self._owed = 0
        self._delivered = 0
        self.last = after
        """The stream's sequence of the last message that was handed out."""
        self.pending = 0
        """How many more there were when the server sent that one."""

    async def __aenter__(self) -> Self:
        await self._begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(NatsError, OSError):
            await self._end()

    async def facts(self, *, within: float = _HEARTBEAT) -> list[Read]:
        """Return what has come, in the stream's order; nothing when nothing comes ``within`` seconds."""
        until = time.monotonic() + within
        while True:
            await self._ask_for_more()
            wait = min(until, self._heard + _SILENCE, time.monotonic() + _HEARTBEAT) - time.monotonic()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(wait, 0)):
                    await self._something.wait()
            self._something.clear()
            arrived, self._arrived = self._arrived, []
            if facts := self._in_order(arrived):
                return facts
            if (
                time.monotonic() > self._heard + _SILENCE
                or self._connection != self._client.stats["reconnects"]
            ):
                await self._begin_anew()
            if time.monotonic() > until:
                return []

    async def end_of_the_stream(self) -> int:
        """Return the sequence of the last message that the stream holds, of whichever filter."""
        return (await self._client.jetstream().stream_info(self._stream)).state.last_seq

    async def go_on_after(self, sequence: int) -> None:
        """Leave out what lies before, because somebody else has read it."""
        with suppress(NatsError, OSError):  # it may have been forgotten by now
            await self._end()
        self.last = sequence
        await self._begin()

    async def at_the_end(self) -> bool:
        """Whether everything that the stream holds by now was handed out."""
        if self.pending or self._arrived:
            return False
        info = await self._client.jetstream().consumer_info(self._stream, self._consumer)
        delivered = info.delivered.consumer_seq if info.delivered else 0
        return not info.num_pending and not self._arrived and delivered <= self._delivered

    async def _ask_for_more(self) -> None:
        while self._owed <= (_AHEAD - 1) * _BATCH and self._client.is_connected:
            pull = {
                "batch": _BATCH,
                "expires": int(_PULL_LASTS * 1e9),
                "idle_heartbeat": int(_HEARTBEAT * 1e9),
            }
            subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self._consumer}"
            await self._client.publish(subject, to_json(pull), reply=self._inbox)
            self._owed += _BATCH

    def _in_order(self, arrived: list[Raw]) -> list[Read]:
        facts: list[Read] = []
        for raw in arrived:
            if not raw.reply:
                self._heed(raw.headers)
                continue
            self._heard = time.monotonic()
            self._owed -= 1
            # $JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<time>.<pending>
            stands, delivered, _, pending = raw.reply.split(b".")[5:9]
            if int(delivered) != self._delivered + 1:
                self._heard = 0.0  # something was lost on the way: begin anew after what was handed out
                return facts
            self._delivered += 1
            self.last, self.pending = int(stands), int(pending)
            try:
                facts.append(read_fact(raw.subject.decode(), read_headers(raw.headers), raw.data, self.last))
            except UnreadableError as unreadable:
                facts.append(unreadable)
        return facts

    def _heed(self, headers: bytes) -> None:
        status = headers[9:12]
        if status in (b"100", b"404", b"408"):  # a heartbeat, or the end of a pull that was not used up
            self._heard = time.monotonic()
            if status != b"100":
                left = _LEFT_OF_A_PULL.search(headers)
                self._owed -= int(left[1]) if left else _BATCH
        else:
            self._heard = 0.0  # nobody serves this consumer any more

    async def _begin(self) -> None:
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=self.last + 1,
            ack_policy=AckPolicy.NONE,
            filter_subjects=list(self.filters),
            inactive_threshold=_FORGOTTEN_AFTER,
            mem_storage=True,
            num_replicas=1,
        )
        info = await self._client.jetstream().add_consumer(self._stream, config)
        self._consumer, self.pending = info.name, info.num_pending or 0
        self._inbox = self._client.new_inbox()
        self._subscription = await self._client.subscribe(self._inbox)
        self._arrived, self._owed, self._delivered, self._heard = [], 0, 0, time.monotonic()
        self._connection = self._client.stats["reconnects"]
        take(self._client, self._subscription, self._came)

    def _came(self, raw: Raw) -> None:
        self._arrived.append(raw)
        self._something.set()

    async def _end(self) -> None:
        if self._subscription is not None:
            let_go(self._client, self._subscription)
            await self._subscription.unsubscribe()
            self._subscription = None
        await self._client.jetstream().delete_consumer(self._stream, self._consumer)

    async def _begin_anew(self) -> None:
        log.warning("reading_begins_anew", stream=self._stream, after=self.last)
        with suppress(NatsError, OSError):
            await self._end()
        try:
            await self._begin()
        except (NatsError, OSError):  # not there yet
            await asyncio.sleep(_HEARTBEAT / 2)

"""Waiting until the services have read the journal, and what they said of it: whatever was brought in counts everywhere
then, in the ledger, the figures and the hot issues.
"""

import asyncio
from contextlib import suppress

from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from deploy.topology import DURABLES
from shared.bus import Bus

_READERS = tuple(durable.name for durable in DURABLES if durable.stream == "JOURNAL")
_ROUNDS = 5
"""What follows from a fact is read in the next one; more only while residents go on speaking."""
_LOOK_EVERY = 0.2  # seconds


async def caught_up(bus: Bus, *, within: float) -> bool:
    """Whether everybody has read what stands in the journal now, and what follows from it, before so many seconds are
    over.
    """
    js, before = bus.client.jetstream(), -1
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            for _ in range(_ROUNDS):
                stands = (await js.stream_info("JOURNAL")).state.last_seq
                if stands == before:
                    break
                before = stands
                for reader in _READERS:
                    await _has_read(js, reader, stands)
            return True
    return False


async def _has_read(js: JetStreamContext, reader: str, stands: int) -> None:
    while True:
        with suppress(NatsError, OSError):
            info = await js.consumer_info("JOURNAL", reader)
            floor = info.ack_floor.stream_seq if info.ack_floor else 0
            if floor >= stands or not (info.num_pending or info.num_ack_pending):
                return
        await asyncio.sleep(_LOOK_EVERY)

"""A program's way to the bus: under the identity ``admin``, and not for ever when nobody is there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lastmile.trouble import Trouble
from shared.bus import Bus
from shared.settings import Settings


@asynccontextmanager
async def corridor(settings: Settings, *, within: float = 5.0) -> AsyncIterator[Bus]:
    """Connect, or raise Trouble after ``within`` seconds."""
    bus = Bus("admin", settings)
    try:
        try:
            async with asyncio.timeout(within):
                await bus.connect()
        except TimeoutError:
            raise Trouble(
                f"NATS does not answer at {settings.nats_url}.",
                "Is the stack up? `lastmile up` starts it, `lastmile doctor` says what is wrong.",
            ) from None
        yield bus
    finally:
        await bus.stop()

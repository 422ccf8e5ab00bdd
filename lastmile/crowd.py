"""Many things at once, but never all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from shared.tasks import end

T = TypeVar("T")


async def each(things: Iterable[T], work: Callable[[T], Awaitable[None]], *, at_once: int) -> None:
    """Do ``work`` on each thing, taken in order, ``at_once`` at a time. The first failure ends it and is raised."""
    waiting = iter(things)

    async def hand() -> None:
        for thing in waiting:  # one line for all hands
            await work(thing)

    hands = [asyncio.create_task(hand()) for _ in range(at_once)]
    try:
        await asyncio.gather(*hands)
    finally:
        await end(hands)

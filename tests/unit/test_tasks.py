"""Ending what runs beside us, for certain."""

import asyncio

from shared.tasks import end


async def test_a_task_that_loses_a_cancellation_is_ended_all_the_same():
    """As ``asyncio.wait_for`` of Python 3.11 does when the result comes in the same moment."""
    losses = 0
    begun = asyncio.Event()

    async def loses_the_first() -> None:
        nonlocal losses
        while True:
            begun.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if losses:
                    raise
                losses += 1

    task = asyncio.create_task(loses_the_first())
    await begun.wait()
    await end([task])
    assert task.cancelled()
    assert losses == 1


async def test_what_a_task_says_in_the_end_stops_nobody():
    async def fails() -> None:
        raise RuntimeError

    await end([asyncio.create_task(fails()), asyncio.create_task(asyncio.Event().wait())])

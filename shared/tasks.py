"""Ending what runs beside us, for certain."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

_AGAIN_AFTER = 2.0  # seconds; a consumer gives back what it holds before it ends


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until each of them is done, whatever they say in the end.

    Once is not enough: ``asyncio.wait_for`` of Python 3.11, and with it nats-py, loses a cancellation that arrives
    together with what was waited for.
    """
    running = set(tasks)
    while waiting := {task for task in running if not task.done()}:
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting, timeout=_AGAIN_AFTER)
    for task in running:
        with suppress(asyncio.CancelledError):
            task.exception()

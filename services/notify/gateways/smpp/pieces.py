"""A long text that somebody wrote comes in several SMS, each with an acknowledgement of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from services.notify.gateways.smpp.text import Piece

_PATIENCE = 3.0
"""Seconds. An SMSC that waits for each acknowledgement brings no second piece before the first has one."""

Keep = Callable[[str], Awaitable[None]]


@dataclass
class _Waiting:
    whole: asyncio.Future[None]
    texts: dict[int, str] = field(default_factory=dict[int, str])


class Pieces:
    """None is acknowledged before the whole is kept; nothing is stored in between. What does not come together in time is
    kept piece by piece.
    """

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, int, int], _Waiting] = {}

    async def keep(self, number: str, piece: Piece, keep: Keep) -> None:
        """Raises what ``keep`` does, for each piece of what could not be kept."""
        if piece.total == 1:
            await keep(piece.text)
            return
        name = (number, piece.reference, piece.total)
        waiting = self._waiting.setdefault(name, _Waiting(asyncio.get_running_loop().create_future()))
        waiting.texts[piece.number] = piece.text
        if len(waiting.texts) == piece.total:
            del self._waiting[name]
            await self._keep_whole(waiting, keep)
            return
        try:
            async with asyncio.timeout(_PATIENCE):
                await asyncio.shield(waiting.whole)
        except TimeoutError:
            if waiting.whole.done():
                raise
            self._waiting.pop(name, None)
            await keep(f"({piece.number}/{piece.total}) {piece.text}")

    async def _keep_whole(self, waiting: _Waiting, keep: Keep) -> None:
        try:
            await keep("".join(waiting.texts[place] for place in sorted(waiting.texts)))
        except Exception as absent:
            waiting.whole.set_exception(absent)
            waiting.whole.exception()  # whoever waited may have left
            raise
        waiting.whole.set_result(None)

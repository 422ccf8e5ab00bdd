"""After you: a broadcast takes its next small step when nobody is just being told something that concerns him alone."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

_A_BLINK = 0.004  # seconds
_AT_MOST = 0.2  # seconds; who never stops talking must not silence the others for good


@dataclass
class Courtesy:
    """``engaged``: whether somebody is; None until it is known whom to ask."""

    engaged: Callable[[], bool] | None = None

    async def __call__(self) -> None:
        waited = 0.0
        while self.engaged is not None and self.engaged() and waited < _AT_MOST:
            await asyncio.sleep(_A_BLINK)
            waited += _A_BLINK

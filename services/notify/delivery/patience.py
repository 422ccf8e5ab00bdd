"""How long a delivery waits: for its next attempt, and until its gateway is asked again what became of it."""

from datetime import timedelta
from random import SystemRandom

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWS = timedelta(seconds=30), timedelta(hours=4), 4
_ASKED_AFTER = (
    timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24),
)  # fmt: skip
_CHANCE = SystemRandom()


def pause_after(attempts: int, asked: timedelta | None = None) -> timedelta:
    """How long to wait after so many attempts: longer each time, never all at once, and as long as we were told."""
    pause = min(_FIRST_PAUSE * _GROWS ** min(max(attempts - 1, 0), 8), _LONGEST_PAUSE)
    return max(pause, asked or timedelta()) * _CHANCE.uniform(1, 1.5)


def asked_after(times: int) -> timedelta | None:
    """When to ask once it was asked so many times; None: nobody asks any more, and it is shown as unknown."""
    return _ASKED_AFTER[times] if times < len(_ASKED_AFTER) else None

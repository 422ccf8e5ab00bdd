"""Which day of the coming week each visit falls on: nobody late who can be in time, and no day heavier than need be.

A pure function: the same rounds and the same seed give the same plan.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Wanted:
    """One person to be seen by one worker until ``due_at``."""

    round: str
    worker: str
    due_at: datetime
    welfare: bool = False
    instead: Mapping[datetime, str] = field(default_factory=dict[datetime, str])
    """Who goes in the worker's place on a day on which he is away."""

    def goes(self, day: datetime) -> str:
        return self.instead.get(day, self.worker)


def plan(
    wanted: Sequence[Wanted], days: Sequence[datetime], seed: str, load: Counter[tuple[str, datetime]]
) -> dict[str, datetime]:
    """Return the day of each round. ``days`` are beginnings of working days, ascending; ``load`` counts the visits
    that stand already, by worker and day.

    Earliest due first, welfare visits before others. Each takes the lightest of the worker's days that are not
    after its due time; what is overdue, or due before the first day, goes on the first. Where he is away on all of them,
    somebody else goes. Among equally light days the seed and the round choose, so that it is not always Monday.
    """
    if not days:
        return {}
    heavy = Counter(load)
    chosen: dict[str, datetime] = {}
    for one in sorted(wanted, key=lambda each: (each.due_at, not each.welfare, _lot(seed, each.round))):
        in_time = [day for day in days if day <= one.due_at] or [days[0]]
        his = [day for day in in_time if day not in one.instead] or in_time
        day = min(his, key=lambda day: (heavy[one.goes(day), day], _lot(seed, one.round, day.isoformat())))
        heavy[one.goes(day), day] += 1
        chosen[one.round] = day
    return chosen


def _lot(*parts: str) -> bytes:
    """A draw that anybody can repeat."""
    return hashlib.sha256("\x1f".join(parts).encode()).digest()

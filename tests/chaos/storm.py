"""The storm: while sixteen clients submit, every process of the stack is killed with SIGKILL, one after the other.

The stack's own supervisor starts them again, as it does for operators. Each strike falls into a burst of submissions,
at a moment that the dice choose.
"""

import asyncio
import os
import signal
import time
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from statistics import median

import httpx

from deploy.topology import SERVICES
from lastmile import mongod, natsd
from shared.settings import Settings
from tests.chaos.crowd import Crowd
from tests.chaos.sayings import Saying, gusts
from tests.fixtures.running import Running
from tests.fixtures.waiting import until

_BACK_WITHIN = 60.0  # seconds
TARGETS = (*SERVICES, "nats", "mongodb")


@dataclass(frozen=True)
class Size:
    submissions: int
    rounds: int
    categories: int
    """So many are spoken of: few submissions need few, or nothing is called for by many."""


SHORT, FULL = Size(300, 1, 2), Size(2000, 5, 100)


def size() -> Size:
    return FULL if os.environ.get("LASTMILE_STORM") == "full" else SHORT


@dataclass
class Strikes:
    """Seconds from each SIGKILL until everything was ready again, by what was killed."""

    back_after: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def told(self) -> dict[str, dict[str, float]]:
        return {
            name: {"times": len(some), "median": round(median(some), 2), "longest": round(max(some), 2)}
            for name, some in self.back_after.items()
        }


class Storm:
    def __init__(self, stack: Running, settings: Settings, crowd: Crowd, dice: Random) -> None:
        self.strikes = Strikes()
        self._stack = stack
        self._settings = settings
        self._crowd = crowd
        self._dice = dice
        self._engine = mongod.choose()
        self._http = httpx.AsyncClient(timeout=3, trust_env=False)

    async def rage(self, said: list[Saying], rounds: int) -> None:
        """Kill each one ``rounds`` times, in an order that differs each time."""
        targets = [name for _ in range(rounds) for name in self._dice.sample(TARGETS, len(TARGETS))]
        async with self._http:
            for target, gust in zip(targets, gusts(said, len(targets)), strict=True):
                await self._strike(target, gust)
        await self._crowd.rest()

    async def _strike(self, target: str, gust: list[Saying]) -> None:
        waits = self._dice.randrange(len(gust))
        now_is_the_moment = asyncio.Event()

        def acknowledged() -> None:
            nonlocal waits
            waits -= 1
            if waits <= 0:
                now_is_the_moment.set()

        saying = asyncio.create_task(self._crowd.say(gust, acknowledged))
        striking = asyncio.create_task(now_is_the_moment.wait())
        await asyncio.wait({saying, striking}, return_when=asyncio.FIRST_COMPLETED)
        striking.cancel()
        pid = self._stack.record["pids"][target]
        os.kill(pid, signal.SIGKILL)
        struck = time.monotonic()
        await until(lambda: self._is_back(target, pid), within=_BACK_WITHIN, what=f"{target} is not back")
        self.strikes.back_after[target].append(time.monotonic() - struck)
        await saying

    async def _is_back(self, target: str, dead: int) -> bool:
        """Whether another process serves in its place, and everybody is ready."""
        record = self._stack.record
        if record["pids"][target] == dead:
            return False
        if target == "nats" and not await natsd.answers(record["ports"]["nats_monitor"]):
            return False
        if target == "mongodb" and not await mongod.make_set(self._engine, record["ports"]["mongodb"]):
            return False
        answers = await asyncio.gather(*map(self._is_ready, SERVICES))
        return all(answers)

    async def _is_ready(self, service: str) -> bool:
        try:
            return (await self._http.get(f"{self._stack.url(service)}/readyz")).status_code == 200
        except httpx.TransportError:
            return False

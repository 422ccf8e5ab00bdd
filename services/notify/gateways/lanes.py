"""Several gateways for one channel: each gets its share, and one that is slow or fails gets less of it by itself.

A lane is one gateway with what its provider allows: so many messages a second, so many calls at once. A part of the
calls is kept free for what concerns one person, so that a broadcast never stands in its way.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random

from aiolimiter import AsyncLimiter

from services.notify.gateways.gateway import (
    Channel,
    Gateway,
    GatewaySettings,
    Message,
    Outcome,
    RetryLater,
    Unknown,
)
from services.notify.gateways.sandbox import Sandbox
from shared.observability import GATEWAY_HEALTH, GATEWAY_MISSET, GATEWAY_SECONDS, log

_KEPT_FREE = 0.25
"""Of the calls at once, for what is no broadcast."""
_WORST = 0.02
"""The share of its weight that a gateway keeps however badly it does: so it shows when it is well again."""
_REMEMBERED = 20
"""So many calls make up most of what is thought of a gateway."""
_SLOW = 0.5
"""Of the time-out: an answer that took as long counts as half a failure."""

_CHANCE = Random()  # noqa: S311 - which of several gateways is no secret


class Lane:
    def __init__(self, settings: GatewaySettings, gateway: Gateway) -> None:
        self.settings = settings
        self.gateway = gateway
        self.health = 1.0
        """1: all is well; 0: nothing gets through. A running mean over the last calls."""
        burst = max(1.0, settings.per_second)
        self._pace = AsyncLimiter(burst, burst / settings.per_second)
        self._calls = asyncio.Semaphore(settings.at_once)
        self.at_once_in_bulk = max(1, round(settings.at_once * (1 - _KEPT_FREE)))
        self._in_bulk = asyncio.Semaphore(self.at_once_in_bulk)

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def share(self) -> float:
        return self.settings.weight * max(self.health, _WORST)

    @asynccontextmanager
    async def turn(self, *, bulk: bool) -> AsyncGenerator[None]:
        """Wait until the provider lets us send one more."""
        async with AsyncExitStack() as stack:
            if bulk:
                await stack.enter_async_context(self._in_bulk)
            await stack.enter_async_context(self._calls)
            await self._pace.acquire()
            yield

    async def send(self, message: Message) -> Outcome:
        """Call the gateway and remember how it went. Never raises."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(self.settings.timeout):
                outcome = await self.gateway.send(message)
        except TimeoutError:
            outcome = Unknown("no answer in time")
        except Exception as error:  # noqa: BLE001 - a gateway's own mistake: it may have gone out before
            log.error("gateway_broke", gateway=self.name, error=type(error).__name__)
            outcome = Unknown(type(error).__name__)
        self._note(outcome, time.monotonic() - started)
        return outcome

    def _note(self, outcome: Outcome, seconds: float) -> None:
        """A rejection says something about the message, and nothing about the gateway; nor does a mistake of ours, which is
        counted for whoever can mend it.
        """
        if isinstance(outcome, RetryLater) and outcome.ours:
            GATEWAY_MISSET.labels(self.name, outcome.why).inc()
            return
        if isinstance(outcome, RetryLater | Unknown):
            went = 0.0
        else:
            went = 0.5 if seconds > self.settings.timeout * _SLOW else 1.0
        self.health += (went - self.health) * 2 / (_REMEMBERED + 1)
        GATEWAY_HEALTH.labels(self.name).set(self.health)
        GATEWAY_SECONDS.labels(self.name).observe(seconds)


class Lanes:
    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = {lane.name: lane for lane in lanes}

    def choose(self, channel: Channel, to: str, *, without: Collection[str] = ()) -> Lane | None:
        """Return one for this channel, by weight and health; none is left when all were tried. A chat's address may
        name the one gateway that reaches it: ``wecom:qinghe-3``.
        """
        able = [lane for lane in self._lanes.values() if channel in lane.settings.channels]
        named = [lane for lane in able if to.startswith(f"{lane.name}:")]
        free = [lane for lane in named or able if lane.name not in without]
        return _CHANCE.choices(free, [lane.share for lane in free])[0] if free else None

    def reaching(self, channel: Channel, to: str) -> Lane | None:
        """Return what brings a message to a chat group: the gateway that its address names, or the sandbox, which takes
        any. No other gateway knows the room.
        """
        able = [lane for lane in self._lanes.values() if channel in lane.settings.channels]
        named = next((lane for lane in able if to.startswith(f"{lane.name}:")), None)
        return named or next((lane for lane in able if isinstance(lane.gateway, Sandbox)), None)

    def names(self, channel: Channel) -> list[str]:
        return [lane.name for lane in self._lanes.values() if channel in lane.settings.channels]

    def named(self, name: str) -> Lane | None:
        return self._lanes.get(name)

    @property
    def room_of_broadcasts(self) -> int:
        """How many of those may be a broadcast's."""
        return sum(lane.at_once_in_bulk for lane in self._lanes.values())

    @property
    def gateways(self) -> list[Gateway]:
        return [lane.gateway for lane in self._lanes.values()]

    @property
    def room(self) -> int:
        """How many calls may be on their way at one time, over all."""
        return sum(lane.settings.at_once for lane in self._lanes.values())

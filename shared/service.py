"""A service: one process with its identity on the bus, its database, its health, and whatever its app.py wires in.

It is alive as soon as it runs and ready when NATS and MongoDB answer; it waits for both, however long it takes,
and comes back by itself when they do.
"""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVarTuple

import uvloop
from fastapi import FastAPI
from starlette.applications import Starlette

from shared.bus import Bus
from shared.clock import now
from shared.commands.command import Command
from shared.consumer import Consumer
from shared.decider import Decider
from shared.desk import Desk
from shared.http import AsgiApp, health_routes, once_started, serve
from shared.ids import new_id
from shared.journal import Journal, UnavailableError
from shared.observability import READY, log, set_up_logging
from shared.projection import Model, Projection, Publish, count_held
from shared.reaction import Follower, Reactions
from shared.refusal import Refused, Reply
from shared.settings import Settings
from shared.store import Store, StoreError
from shared.tasks import end
from shared.vault import Vault
from shared.views import view_publisher

Wire = Callable[[], Awaitable[None]]
With = TypeVarTuple("With")
_HEARTBEAT = 1.0  # seconds
_NEW_THINGS = 20_000
_COUNT_HELD_EVERY = 15  # heartbeats


class Service:
    """What app.py fills: deciders and models before the start, ``wire`` when everything is connected."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        *,
        deciders: Sequence[Decider[Any]] = (),
        models: Sequence[Model] = (),
        seals: bool = False,
    ) -> None:
        self.name = name
        self.settings = settings
        self.replica = f"{socket.gethostname()}-{os.getpid()}-{new_id()[-6:]}"
        self.store = Store(settings, name)
        self.bus = Bus(name, settings)
        self.vault = Vault(self.store, settings.master, name)
        self.deciders = tuple(deciders)
        self.models = (*(decider.model for decider in deciders), *models)
        self.desk: Desk
        self.http: AsgiApp = Starlette(routes=health_routes(self.readiness))
        self.stopping = asyncio.Event()
        self.api: FastAPI | None = None
        """What a door offers over HTTP; the other services have their health alone."""
        self.wire: Wire | None = None
        self._seals = seals
        self._started = False
        self._broken = False
        self._mongo = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def readiness(self) -> dict[str, bool]:
        checks = {"started": self._started, "nats": self.bus.connected, "mongodb": self._mongo}
        if self._seals:
            checks["vault"] = self.vault.stocked > 0
        return checks

    # the way up and the way down ───────────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Serve until ``stopping`` is set. Raises SystemExit when something broke down."""
        starting = asyncio.create_task(self.start(), name="start")
        starting.add_done_callback(self._stop_when_broken)
        try:
            door = once_started(self.http, lambda: self._started)
            await serve(door, self.settings.http_host, self.settings.http_port, self.stopping)
        finally:
            await end([starting])
            await self.stop()
        if self._broken:
            raise SystemExit(1)

    async def start(self) -> None:
        """Connect, remember where the generations stand, wire, and begin to answer."""
        await self.store.connect()
        await self.bus.connect()
        names = [model.name for model in self.models]
        await self.store.follow_generations(names)
        for model in self.models:
            await self.store.make_indexes(model.name, model.indexes)
        if self._seals:
            self.spawn(self.vault.keep_full())
        self.desk = Desk(self.deciders, self.store, self.journals)
        for projection in (*self.projections(), *self.projections("delivery")):
            await projection.release_held()
        if self.wire is not None:
            await self.wire()
        await self.bus.start()
        self._started = True
        leave_alone_what_stands()
        self.spawn(self._beat(names))
        log.info("started", replica=self.replica)

    async def stop(self) -> None:
        await end(self._tasks)
        await self.bus.stop()
        self.store.close()
        log.info("stopped")

    def spawn(self, work: Coroutine[Any, Any, None], name: str = "") -> None:
        """Run something beside the rest until the service stops."""
        task = asyncio.create_task(work, name=name or work.__qualname__)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(self._stop_when_broken)

    def every(self, pause: timedelta, work: Callable[[*With], Awaitable[None]], *given: *With) -> None:
        """Do ``work`` again and again; what fails is logged by its name and tried again next time."""
        name = work.__qualname__

        async def again_and_again() -> None:
            while True:
                await asyncio.sleep(pause.total_seconds())
                try:
                    await work(*given)
                except (UnavailableError, StoreError, TimeoutError) as absent:
                    log.warning("put_off", work=name, error=type(absent).__name__)
                except Refused as refused:
                    log.warning("put_off", work=name, error=refused.reason)

        self.spawn(again_and_again(), name)

    @property
    def journals(self) -> dict[str, Journal]:
        return {"journal": self.bus.journal, "delivery": self.bus.deliveries}

    # what app.py asks for ──────────────────────────────────────────────────────────────────────────────────────────

    def projections(self, journal: str = "journal") -> list[Projection]:
        """Keep every model that folds this journal."""
        source = self.bus.journal if journal == "journal" else self.bus.deliveries
        publish: Publish = view_publisher(self.bus)
        return [
            Projection(model, self.store, source, publish)
            for model in self.models
            if model.journal == journal
        ]

    def follow(
        self,
        stream: str,
        consumer: str,
        projections: Sequence[Projection],
        *,
        reactions: Reactions[Any] | None = None,
        work: Any = None,
        first: Callable[[Sequence[Any]], Awaitable[None]] | None = None,
    ) -> Consumer:
        """Remember and react to every fact that a declared consumer brings."""
        follower = Follower(consumer, projections, reactions, work, first)
        return self.bus.consume(stream, consumer, follower.handle)

    async def answer(self, command: Command, cause: str) -> Reply:
        """Decide a command that came over the bus. Raises Refused, UnavailableError."""
        try:
            return (await self.desk.do(command, cause=cause)).reply()
        except (StoreError, TimeoutError) as absent:
            raise UnavailableError("the store does not answer") from absent

    # within ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _beat(self, names: Sequence[str]) -> None:
        """Each second: is everything there, and which generation is read."""
        beats = 0
        while True:
            if self.bus.closed:
                raise ConnectionError("NATS has sent us away, and the client does not come back from that")
            self._mongo = await self.store.ping()
            READY.labels(self.name).set(all((await self.readiness()).values()))
            if self._mongo:
                with suppress(StoreError):
                    await self.store.follow_generations(names, replica=self.replica, at=now())
                    if beats % _COUNT_HELD_EVERY == 0:
                        await count_held(self.name, self.models, self.store)
            beats += 1
            await asyncio.sleep(_HEARTBEAT)

    def _stop_when_broken(self, task: asyncio.Task[None]) -> None:
        """A start or a part that fails for a reason of its own ends the process, and whoever watches it starts it
        again: a service without its heartbeat would look well and not be.
        """
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("broke_down", part=task.get_name(), error=type(error).__name__, exc_info=error)
            self._broken = True
            self.stopping.set()


def leave_alone_what_stands() -> None:
    """What was made until now stays until the end: the collector of cycles need not look through it again and again,
    and need not look after every 700 new things.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_THINGS, *gc.get_threshold()[1:])


def run(build: Callable[[Settings], Service], settings: Settings) -> None:
    """Run a service in this process until SIGTERM or SIGINT."""
    uvloop.run(_run(build, settings))


async def _run(build: Callable[[Settings], Service], settings: Settings) -> None:
    service = build(settings)
    set_up_logging(service.name)
    for wanted in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(wanted, service.stopping.set)
    await service.run()

"""Runs the simulation: residents who write at a rate, and what their requests go through."""

import asyncio
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from contextlib import nullcontext
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

from lastmile.corridor import corridor
from lastmile.simulation.doors import Doors, RefusedAtTheDoorError
from lastmile.simulation.story import Story, stories
from lastmile.trouble import Trouble
from shared.ids import new_id
from shared.journal import UnavailableError
from shared.refusal import Refused
from shared.settings import Settings
from shared.tasks import end
from shared.words import Status

_CONNECT_WITHIN = 15.0  # seconds
_LAST_WORDS = 20.0
"""Seconds after the end in which what was begun may come to its own end."""
_THINKING = 1.5
"""Seconds for which people usually think before they do the next thing."""
_TOLD_EVERY = 10.0  # seconds, where nobody sees a live table


async def simulate(
    settings: Settings, *, rate: float, seconds: float, seed: int | None, quiet: bool
) -> dict[str, Any]:
    """Submit ``rate`` requests a second for so many seconds and see them through. Returns what happened."""
    seed = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    async with corridor(settings) as bus:
        doors = Doors(settings, bus, new_id())
        try:
            return await _Simulation(doors, rate, seconds, seed).run(quiet=quiet)
        finally:
            await doors.close()


class _Simulation:
    def __init__(self, doors: Doors, rate: float, seconds: float, seed: int) -> None:
        self._doors = doors
        self._rate = rate
        self._seconds = seconds
        self._seed = seed
        self._done: Counter[str] = Counter()
        self._channels: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._milliseconds: list[float] = []
        self._rows: dict[str, dict[str, Any]] = {}
        self._news: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def run(self, *, quiet: bool) -> dict[str, Any]:
        connected = asyncio.Event()
        watching = asyncio.create_task(self._watch(connected))
        waiting = asyncio.create_task(connected.wait())
        lives: set[asyncio.Task[None]] = set()
        telling = asyncio.create_task(self._tell(quiet=quiet))
        try:
            await asyncio.wait(
                {watching, waiting}, timeout=_CONNECT_WITHIN, return_when=asyncio.FIRST_COMPLETED
            )
            if watching.done():
                watching.result()
            if not connected.is_set():
                raise Trouble("The console's live stream does not answer.", "See `lastmile doctor`.")
            lives = await self._submit_all()
            if lives:
                await asyncio.wait(lives, timeout=_LAST_WORDS)
        finally:
            await end([watching, waiting, telling, *lives])
        return self.summary()

    async def _submit_all(self) -> set[asyncio.Task[None]]:
        """Start each life at its time, however long the one before takes to be answered."""
        loop = asyncio.get_running_loop()
        started, lives = loop.time(), set[asyncio.Task[None]]()
        for story in stories(self._seed):
            due = started + story.number / self._rate
            if due - started >= self._seconds:
                break
            await asyncio.sleep(max(0.0, due - loop.time()))
            lives.add(asyncio.create_task(self._live(story)))
        return lives

    async def _live(self, story: Story) -> None:
        try:
            started = time.perf_counter()
            given = await self._doors.submit(story)
            self._milliseconds.append((time.perf_counter() - started) * 1000)
            self._done["submitted"] += 1
            self._channels[story.channel.value] += 1
            await self._see_through(story, given)
        except (RefusedAtTheDoorError, Refused) as refused:
            self._refused[str(refused)] += 1
        except UnavailableError:
            self._refused["no_answer"] += 1

    async def _see_through(self, story: Story, given: dict[str, Any]) -> None:
        row = await self._until(given["id"], {Status.ASSIGNED, Status.TRIAGE})
        if row["status"] == Status.TRIAGE:
            self._done["triage"] += 1
            return
        self._done["assigned"] += 1
        worker = row["worker"]
        if story.ending == "assigned" or worker is None:
            return
        await self._work(story, given, worker)
        if story.ending in ("solved", "not_solved"):
            await self._think(story)
            await self._doors.answer(story, given)
            self._done["answered"] += 1
            await self._until(given["id"], {Status.CLOSED if story.ending == "solved" else Status.REOPENED})
            self._done["closed" if story.ending == "solved" else "reopened"] += 1

    async def _work(self, story: Story, given: dict[str, Any], worker: str) -> None:
        request = given["id"]
        await self._think(story)
        await self._doors.command(story, worker, "AcceptRequest", request=request)
        self._done["accepted"] += 1
        if story.ending == "accepted":
            return
        await self._think(story)
        await self._doors.command(story, worker, "NoteProgress", request=request, note=story.note)
        self._done["in_progress"] += 1
        if story.ending == "in_progress":
            return
        await self._think(story)
        await self._doors.command(story, worker, "ResolveRequest", request=request, outcome=story.outcome)
        self._done["resolved"] += 1

    async def _think(self, story: Story) -> None:
        await asyncio.sleep(_THINKING * story.pace)

    async def _watch(self, connected: asyncio.Event) -> None:
        async for row in self._doors.watch(connected):
            self._rows[row["id"]] = row
            self._news[row["id"]].set()

    async def _until(self, request: str, statuses: set[Status]) -> dict[str, Any]:
        news = self._news[request]
        while (row := self._rows.get(request)) is None or row["status"] not in statuses:
            news.clear()
            await news.wait()
        return row

    # telling ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def summary(self) -> dict[str, Any]:
        times = self._milliseconds
        return {
            "seed": self._seed,
            **{name: self._done[name] for name in _NAMES},
            "channels": dict(self._channels),
            "refused": dict(self._refused),
            "repeated_after_503": self._doors.repeated,
            "submit_ms_median": round(statistics.median(times), 1) if times else None,
            "submit_ms_p95": round(statistics.quantiles(times, n=20)[-1], 1) if len(times) > 1 else None,
        }

    async def _tell(self, *, quiet: bool) -> None:
        """A live table for a person, a line now and then for a log, nothing for a program."""
        if quiet:
            return
        console = Console()
        live = Live(self._table(), console=console, auto_refresh=False) if sys.stdout.isatty() else None
        with live or nullcontext():
            try:
                while True:
                    await asyncio.sleep(0.5 if live else _TOLD_EVERY)
                    self._show(console, live)
            finally:
                self._show(console, live)

    def _show(self, console: Console, live: Live | None) -> None:
        if live is not None:
            live.update(self._table(), refresh=True)
        else:
            said = [f"{name} {self._done[name]}" for name in _NAMES if self._done[name]]
            said += [f"refused for {reason} {count}" for reason, count in self._refused.items()]
            said += [f"said again after 503 {self._doors.repeated}"] if self._doors.repeated else []
            console.print(", ".join(said) or "nothing yet", soft_wrap=True)

    def _table(self) -> Table:
        table = Table("what", "how many", box=None)
        for name in _NAMES:
            table.add_row(name, str(self._done[name]))
        for channel, count in sorted(self._channels.items()):
            table.add_row(f"over {channel}", str(count))
        for reason, count in self._refused.items():
            table.add_row(f"refused: {reason}", str(count))
        if self._doors.repeated:
            table.add_row("said again after 503", str(self._doors.repeated))
        return table


_NAMES = (
    *("submitted", "assigned", "triage", "accepted", "in_progress"),
    *("resolved", "answered", "closed", "reopened"),
)

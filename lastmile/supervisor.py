"""The supervisor of the local stack: it starts programs, starts again what dies, and stops all in order.

See docs/adr/0005-supervisor.md for why this is not a library.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lastmile import leash

_FIRST_PAUSE = 0.25  # seconds
_LONGEST_PAUSE = 10.0  # seconds
_STEADY = 30.0  # seconds after which a program counts as well again
_LARGEST_LOG = 16 * 1024 * 1024  # bytes; what is larger at a start is put aside once


@dataclass(frozen=True)
class Program:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path


@dataclass
class Child:
    """One program, kept running until it is told to stop."""

    program: Program
    born: Callable[["Child"], None]
    """Called with every new process."""
    died: Callable[["Child", int], None]
    """Called with the exit code when a process ends that nobody stopped."""
    process: asyncio.subprocess.Process | None = None
    in_a_row: int = 0
    """How often it died lately."""
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _keeping: asyncio.Task[None] | None = None

    def start(self) -> None:
        _put_aside(self.program.log)
        self._keeping = asyncio.create_task(self._keep(), name=f"keep-{self.program.name}")

    async def _keep(self) -> None:
        pause = _FIRST_PAUSE
        clock = asyncio.get_running_loop().time
        while not self._stopping.is_set():
            started = clock()
            code = await self._live()
            if self._stopping.is_set():
                return
            if clock() - started > _STEADY:
                pause, self.in_a_row = _FIRST_PAUSE, 0
            self.in_a_row += 1
            self.died(self, code)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _live(self) -> int:
        """Start the program and wait for its end. A session of its own keeps the terminal's Ctrl-C from it."""
        command = [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *self.program.command]
        try:
            with self.program.log.open("ab") as log:
                self.process = await asyncio.create_subprocess_exec(
                    *command,
                    env=dict(self.program.environment),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        except OSError:  # no memory, no more processes: the next try may have more luck
            return 127
        self.born(self)
        if self._stopping.is_set():  # told to stop while the process was being made
            self._signal(signal.SIGTERM)
        code = await self.process.wait()
        self.process = None
        return code

    async def stop(self, patience: float) -> None:
        """SIGTERM; after ``patience`` seconds SIGKILL."""
        self._stopping.set()
        self._signal(signal.SIGTERM)
        if self._keeping is None:
            return
        done, _ = await asyncio.wait({self._keeping}, timeout=patience)
        if not done:
            self.kill()
            await self._keeping

    def kill(self) -> None:
        self._stopping.set()
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def last_words(self) -> str:
        """The last line of its log, for a person who wonders why it died."""
        with suppress(OSError), self.program.log.open("rb") as log:
            log.seek(max(0, self.program.log.stat().st_size - 4096))
            lines = log.read().decode(errors="replace").strip().splitlines()
            return lines[-1][:200] if lines else ""
        return ""


async def stop_all(children: Sequence[Child], patience: float) -> None:
    await asyncio.gather(*(child.stop(patience) for child in children))


def _put_aside(log: Path) -> None:
    with suppress(OSError):
        if log.stat().st_size > _LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))

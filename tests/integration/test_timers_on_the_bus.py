"""Timers ask their question when the time has come, once."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from shared.journal import UnavailableError
from tests.conftest import OpenBus
from tests.fixtures.parked import last_parked
from tests.fixtures.waiting import until

pytestmark = pytest.mark.usefixtures("durables")


async def test_a_timer_asks_its_question_when_the_time_has_come(bus: OpenBus, tenant: str) -> None:
    here, asked = await bus("routing"), list[tuple[str, datetime]]()

    async def ask(question: dict[str, Any]) -> None:
        asked.append((question["request"], datetime.now(UTC)))

    here.answer_timers(ask)
    now = datetime.now(UTC)
    await here.set_timer(f"{tenant}-late", now + timedelta(seconds=2), {"request": "late"})
    await here.set_timer(f"{tenant}-soon", now + timedelta(seconds=1), {"request": "soon"})
    await here.set_timer(f"{tenant}-past", now - timedelta(days=3), {"request": "past"})
    await until(lambda: len(asked) == 3)
    assert [request for request, _ in asked] == ["past", "soon", "late"]
    assert timedelta(seconds=0.9) < asked[1][1] - now < timedelta(seconds=1.9)


async def test_a_timer_set_anew_fires_once_at_its_new_time(bus: OpenBus, tenant: str) -> None:
    here, asked = await bus("routing"), list[str]()

    async def ask(question: dict[str, Any]) -> None:
        asked.append(question["which"])

    here.answer_timers(ask)
    now = datetime.now(UTC)
    await here.set_timer(f"{tenant}-t", now + timedelta(seconds=1), {"which": "first"})
    await here.set_timer(f"{tenant}-t", now + timedelta(seconds=1.5), {"which": "second"})
    await here.set_timer(f"{tenant}-z", now + timedelta(seconds=2.5), {"which": "last"})
    await until(lambda: "last" in asked)
    assert asked == ["second", "last"]


async def test_a_timer_that_finds_nobody_home_asks_again_and_a_senseless_one_is_parked(
    bus: OpenBus, admin: Client, tenant: str
) -> None:
    here, asked, troubles = await bus("routing"), list[str](), [UnavailableError("away"), ZeroDivisionError()]

    async def ask(question: dict[str, Any]) -> None:
        if troubles:
            raise troubles.pop()
        asked.append(question["request"])

    here.answer_timers(ask)
    await here.set_timer(f"{tenant}-again", datetime.now(UTC), {"request": "again"})
    await until(lambda: asked == ["again"])
    await admin.jetstream().publish(f"timer.routing.{tenant}-odd", b"[1]")

    async def kept() -> bool:
        with suppress(NotFoundError):
            return (await last_parked(admin))["subject"] == f"timer.routing.{tenant}-odd"
        return False

    await until(kept)

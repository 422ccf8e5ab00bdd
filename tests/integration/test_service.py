"""A service's process: it waits for what it needs, and ends when a part of it has died, so that it is started again."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from lastmile import ports
from shared.service import Service
from shared.tasks import end
from tests.conftest import MakeSettings
from tests.fixtures.servers import Nats
from tests.fixtures.waiting import until

MakeService = Callable[..., Service]


@pytest.fixture
def service(settings: MakeSettings) -> MakeService:
    def make(**changes: Any) -> Service:
        return Service("routing", settings("routing", http_port=ports.pick(()), **changes))

    return make


async def checks(of: Service) -> dict[str, bool]:
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            answer = await client.get(f"http://127.0.0.1:{of.settings.http_port}/readyz")
        except httpx.HTTPError:
            return {}
    return answer.json()["checks"] | {"ready": answer.status_code == 200}


async def test_without_nats_it_is_alive_and_not_ready_and_comes_back_by_itself(
    service: MakeService, own_nats: Nats
) -> None:
    own_nats.kill()
    here = service(nats_url=own_nats.url)
    running = asyncio.create_task(here.run())

    async def waits() -> bool:
        return await checks(here) == {"started": False, "nats": False, "mongodb": False, "ready": False}

    await until(waits)

    async def ready() -> bool:
        return (await checks(here)).get("ready", False)

    for _ in range(2):
        await own_nats.start()
        await until(ready)
        own_nats.kill()

        async def knows_it() -> bool:
            return (await checks(here)).get("nats") is False

        await until(knows_it)
    here.stopping.set()
    await running


async def test_a_part_that_dies_ends_the_process(service: MakeService) -> None:
    """Without its heartbeat or its sweep a service would look well and not be."""
    here = service()

    async def mistaken() -> None:
        raise KeyError

    async def later() -> None:
        await until(lambda: here._started)
        here.spawn(mistaken())

    breaking = asyncio.create_task(later())
    with pytest.raises(SystemExit):
        await here.run()
    await breaking


async def test_what_was_put_off_is_named(service: MakeService, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever reads the log learns which of the periodic works it was, and that it goes on."""
    here = service()
    came: list[str] = []

    async def look_over_the_book(book: str) -> None:
        came.append(book)
        raise TimeoutError

    here.every(timedelta(milliseconds=1), look_over_the_book, "grids")
    await until(lambda: len(came) > 1)
    await end(here._tasks)
    assert came[0] == "grids"
    said = capsys.readouterr()
    assert "put_off" in said.err + said.out
    assert "look_over_the_book" in said.err + said.out


async def test_a_client_that_has_given_up_ends_the_process(service: MakeService) -> None:
    """The server ended the conversation with an error: this client does not come back, a new process does."""
    here = service()

    async def later() -> None:
        await until(lambda: here._started)
        await here.bus.client._process_err("'Maximum Connections Exceeded'")

    breaking = asyncio.create_task(later())
    with pytest.raises(SystemExit):
        await here.run()
    await breaking


async def test_whoever_comes_before_it_has_started_is_told_to_come_again(
    service: MakeService, own_nats: Nats
) -> None:
    """What a route works with stands when the service is connected; until then no route is asked."""
    own_nats.kill()
    here = service(nats_url=own_nats.url)
    asked = 0

    async def door(_scope: Any, _receive: Any, _send: Any) -> None:
        nonlocal asked
        asked += 1

    here.http = door
    running = asyncio.create_task(here.run())
    async with httpx.AsyncClient(trust_env=False) as client:

        async def answers() -> bool:
            try:
                answer = await client.post(f"http://127.0.0.1:{here.settings.http_port}/v1/anything", json={})
            except httpx.HTTPError:
                return False
            assert answer.status_code == 503, answer.text
            assert answer.headers["retry-after"]
            assert answer.json()["reason"] == "unavailable"
            return True

        await until(answers)
    assert asked == 0
    here.stopping.set()
    await running

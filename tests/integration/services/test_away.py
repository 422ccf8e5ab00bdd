"""Without NATS a door is alive and not ready, says so to everybody who comes, and is back by itself."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest

from lastmile.keys import password_name
from lastmile.ports import pick
from shared.ids import new_id
from shared.staff import make_token
from tests.conftest import MakeSettings
from tests.fixtures import servers
from tests.fixtures.running import ROOT
from tests.fixtures.street import INSIDE
from tests.fixtures.waiting import until

SUBMISSION = {"text": "路灯不亮", "location": INSIDE}


def environment(settings: MakeSettings, service: str, port: int, nats: servers.Nats) -> dict[str, str]:
    values = settings(service, nats_url=nats.url, http_port=port, command_timeout=1.0, append_timeout=1.0)
    said = {
        f"LASTMILE_{name.upper()}": getattr(value, "get_secret_value", lambda value=value: value)()
        for name, value in values
    }
    said["LASTMILE_NATS_USER"] = service
    said["LASTMILE_NATS_PASSWORD"] = servers.PASSWORDS[password_name(service)]
    return os.environ | {
        name: str(value) for name, value in said.items() if isinstance(value, str | int | float)
    }


@pytest.fixture
async def doors(
    settings: MakeSettings, own_nats: servers.Nats
) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Both doors, each a process, on a NATS server that a test may kill."""
    running: list[subprocess.Popen[bytes]] = []
    clients: dict[str, httpx.AsyncClient] = {}
    taken: set[int] = set()
    for service in ("intake", "console"):
        port = pick(taken)
        taken.add(port)
        running.append(
            subprocess.Popen(
                [sys.executable, "-m", "lastmile", "run", service],
                cwd=ROOT,
                env=environment(settings, service, port, own_nats),
                stderr=subprocess.DEVNULL,
            )
        )
        clients[service] = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30)
    token = make_token(settings("console"), "s-chen", "staff")
    clients["console"].headers["authorization"] = f"Bearer {token}"
    for client in clients.values():
        await until(lambda client=client: answers(client, "/readyz", 200), within=60)
    yield clients
    for process in running:
        process.send_signal(signal.SIGTERM)
    for process in running:
        assert process.wait(30) == 0
    for client in clients.values():
        await client.aclose()


async def answers(client: httpx.AsyncClient, path: str, status: int) -> bool:
    with suppress(httpx.TransportError):
        return (await client.get(path)).status_code == status
    return False


async def test_without_nats_nothing_is_lost_and_everybody_is_told(
    doors: dict[str, httpx.AsyncClient], own_nats: servers.Nats
):
    """503 with Retry-After, and the same key afterwards makes one request of it."""
    intake, console = doors["intake"], doors["console"]
    before = await intake.post("/v1/requests", json=SUBMISSION)
    assert before.status_code == 201
    own_nats.kill()
    for client in doors.values():
        await until(lambda client=client: answers(client, "/readyz", 503))
        assert (await client.get("/livez")).status_code == 200
        unready = await client.get("/readyz")
        assert (unready.json()["ready"], unready.json()["checks"]["nats"]) == (False, False)
        assert unready.json()["checks"]["mongodb"] is True

    key = {"idempotency-key": new_id()}
    for answer in (
        await intake.post("/v1/requests", json=SUBMISSION, headers=key),
        await intake.get(f"/v1/requests/{before.json()['code']}"),
        await console.post("/v1/commands/AcceptRequest", json={"request": before.json()["id"]}),
        await console.get("/v1/deliveries"),
    ):
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["reason"] == "unavailable"

    await own_nats.start()
    for client in doors.values():
        await until(lambda client=client: answers(client, "/readyz", 200))
    told = await intake.post("/v1/requests", json=SUBMISSION, headers=key)
    assert told.status_code == 201
    assert (await intake.post("/v1/requests", json=SUBMISSION, headers=key)).json() == told.json()
    follow = await intake.get(f"/v1/requests/{before.json()['code']}")
    assert follow.json()["status"] == "submitted"

"""`lastmile up` from the first start to the third: what a newcomer, a crash and a power cut see."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.running import Running, alive, answered, lastmile

WITHIN = 30.0  # seconds
REQUEST = {
    "text": "楼道灯不亮了",
    "category": "streetlight",
    "location": {"building": "青禾路6弄1号", "unit": "602"},
}


def until(question: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        try:
            if found := question():
                return found
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    pytest.fail("it did not come to pass")


@pytest.fixture
def street(tmp_path):
    stack = Running(tmp_path / "data")
    yield stack
    if stack.process.poll() is None:
        stack.stop(signal.SIGTERM)


def status_of(stack: Running, code: str) -> str:
    return httpx.get(f"{stack.url('intake')}/v1/requests/{code}", trust_env=False).json()["status"]


def test_a_stack_starts_survives_and_finds_everything_again(street):
    """One story, because each start costs seconds: submit, kill a service, pull the plug, start again, live on, Ctrl-C."""
    street.start()
    key = {"Idempotency-Key": "0123456789abcdef0123456789abcdef"}
    first = httpx.post(f"{street.url('intake')}/v1/requests", json=REQUEST, headers=key, trust_env=False)
    assert first.status_code == 201, first.text
    code = first.json()["code"]
    until(lambda: status_of(street, code) == "assigned")

    pid = street.record["pids"]["routing"]
    os.kill(pid, signal.SIGKILL)
    until(lambda: street.record["pids"]["routing"] != pid)
    until(lambda: httpx.get(f"{street.url('routing')}/readyz", trust_env=False).status_code == 200)
    street.hear("routing ended (signal 9)")

    refused = lastmile("up", f"--data={street.data}", expect=1)
    assert "already up" in refused.stderr

    processes = street.processes()
    assert len(alive(processes)) == 8
    street.process.kill()
    street.process.wait()
    until(lambda: not alive(processes))

    street.start()
    assert status_of(street, code) == "assigned"
    again = httpx.post(f"{street.url('intake')}/v1/requests", json=REQUEST, headers=key, trust_env=False)
    assert again.json() == first.json()
    found = answered("doctor", f"--data={street.data}")
    assert {finding["name"] for finding in found} >= {"stack", "intake", "consumer routing", "grids"}

    if not street.record["told"]:  # the plug was pulled in the middle of it
        street.hear("told: ")
    lived = answered("simulate", "--rate=4", "--for=2s", "--seed=1", f"--data={street.data}")
    assert (lived["submitted"], lived["assigned"], lived["refused"]) == (8, 8, {})
    assert lived["resolved"] > 0
    assert answered("verify", "console", "ledger", f"--data={street.data}")[0]["differences"] == []

    processes = street.processes()
    assert street.stop() == 0
    street.hear("stopped")
    assert alive(processes) == []

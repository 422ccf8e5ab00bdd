"""The tour in README.md, walked word by word: what it says there works here."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fixtures.running import Running
from tests.fixtures.waiting import until

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).parent / "lastmile"
STEPS = re.findall(
    r"^```sh\n(.+?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)


class Terminal:
    """A shell that stays open between the steps, in the checkout, with the tour's addresses turned to our stack."""

    def __init__(self, stack: Running) -> None:
        self.intake, self.console = stack.url("intake"), stack.url("console")
        self._data = stack.data
        self._shell = subprocess.Popen(
            ["bash"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def turned(self, step: str) -> str:
        for said, meant in {
            "http://127.0.0.1:8080": self.intake,
            "http://127.0.0.1:8090": self.console,
            "/tmp/report.json": str(self._data / "report.json"),
            "/tmp/lamps.csv": str(self._data / "lamps.csv"),
            ".venv/bin/python": sys.executable,
        }.items():
            step = step.replace(said, meant)
        return re.sub(
            r"\.venv/bin/lastmile (requests import|\w+)", rf"{PROGRAM} \1 --data {self._data}", step
        )

    def run(self, step: str) -> str:
        """Run one step and return what it printed."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f"{self.turned(step)}\nprintf '\\nend of step\\n'\n")
        return "".join(iter(self._shell.stdout.readline, "end of step\n")).strip()

    def close(self) -> None:
        self._shell.kill()
        self._shell.communicate()


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """`make up`, and a terminal beside it."""
    stack = Running(tmp_path_factory.mktemp("tour")).start()
    terminal = Terminal(stack)
    try:
        yield terminal
    finally:
        terminal.close()
        assert stack.stop() == 0


async def test_the_tour(terminal: Terminal, tmp_path: Path):
    helper, report, follow, live, work, feedback, back, asking = STEPS
    terminal.run(helper)
    terminal.run(report)
    told = json.loads(terminal.run("cat /tmp/report.json"))
    assert told["token"]

    async def status() -> str:
        return json.loads(terminal.run(follow))["status"]

    async def assigned() -> bool:
        return await status() == "assigned"

    await until(assigned)
    with (tmp_path / "live").open("w") as heard:
        watching = subprocess.Popen(["bash", "-c", "exec " + terminal.turned(live)], cwd=ROOT, stdout=heard)
    async with httpx.AsyncClient() as client:
        metrics = f"{terminal.console}/metrics"

        async def watched() -> bool:
            return "lastmile_live_clients 1.0" in (await client.get(metrics)).text

        await until(watched)

    answers = [json.loads(answer) for answer in answers_of(terminal.run(work))]
    assert [answer["event"]["type"] for answer in answers] == ["RequestAccepted", "RequestResolved"]
    accepted_late, resolved_again = [json.loads(answer) for answer in answers_of(terminal.run(work))]
    assert (accepted_late["status"], accepted_late["reason"]) == (409, "already_resolved")
    assert resolved_again["ok"]
    assert resolved_again["event"] is None

    async def resolved() -> bool:
        return await status() == "resolved"

    await until(resolved)
    terminal.run(feedback)

    async def closed() -> bool:
        return await status() == "closed"

    await until(closed)

    async def seen() -> bool:
        return f'"{told["id"]}"' in (tmp_path / "live").read_text()

    await until(seen)
    watching.kill()
    watching.wait()
    history, deliveries = [json.loads(answer) for answer in answers_of(terminal.run(back))]
    types = [event["type"] for event in history["history"]]
    assert types[0] == "RequestSubmitted"
    assert types[-1] == "RequestClosed"
    assert deliveries["items"]

    imported, hot, similar, explained, late, figures = [
        json.loads(answer) for answer in answers_of(terminal.run(asking))
    ]
    assert (imported["accepted"], imported["rejected"]) == (2, 0)
    keys = {request["source_key"] for issue in hot["items"] for request in issue["requests"]}
    assert {"A-1", "A-2"} <= keys
    assert {"A-1", "A-2"} <= {match["source_key"] for match in similar["items"]}
    assert explained["code"] == told["code"]
    assert all(row["due_at"] for row in late["items"])
    assert figures["total"]["received"] == 1


def answers_of(printed: str) -> list[str]:
    """curl prints one JSON after the other, without a line between."""
    decoder = json.JSONDecoder()
    found: list[str] = []
    while printed := printed.strip():
        _, end = decoder.raw_decode(printed)
        found.append(printed[:end])
        printed = printed[end:]
    return found

"""The demo street as `lastmile up` runs it, and browsers to look at it with."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from lastmile.ports import pick
from tests.fixtures.browser import DESK, Browser
from tests.fixtures.running import environment

ROOT = Path(__file__).parents[2]
_STOPS_WITHIN = 60.0  # seconds
OpenBrowser = Callable[..., Browser]


@dataclass(frozen=True)
class Doors:
    public: str
    console: str


@pytest.fixture(scope="session")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """The demo street, as `lastmile up` runs it: one for all pages, whose tests leave each other's matters alone."""
    data = tmp_path_factory.mktemp("street")
    port = pick(())
    ports = [f"--port={port}", f"--console-port={pick({port})}"]
    with subprocess.Popen(
        [sys.executable, "-m", "lastmile", "up", f"--data={data}", *ports],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as stack:
        assert stack.stdout is not None
        said: list[str] = []
        for line in stack.stdout:
            said.append(line)
            if line.startswith("ready "):
                break
        else:
            pytest.fail("the stack did not come up:\n" + "".join(said))
        _, public, console = said[-1].split()[:3]
        yield Doors(public, console)
        stack.send_signal(signal.SIGTERM)
        stack.communicate(timeout=_STOPS_WITHIN)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[OpenBrowser]:
    """``browser(PHONE)``: somebody's browser. At the end none of them may have anything to complain of."""
    with ExitStack() as opened:
        everyone: list[Browser] = []

        def open_browser(size: tuple[int, int] = DESK, language: str = "zh-CN") -> Browser:
            one = Browser.open(tmp_path / f"profile-{len(everyone)}", size, language)
            opened.callback(one.close)
            everyone.append(one)
            return one

        yield open_browser
        assert [complaint for one in everyone for complaint in one.complaints()] == []

"""The supervisor with real processes: what dies comes back, what must stop stops, and nothing is left behind."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from lastmile.stack import birth
from lastmile.supervisor import Child, Program

WITHIN = 10.0  # seconds


@pytest.fixture
def kept(tmp_path):
    """Children that live as long as the test."""
    children = []

    def keep(code, name="child"):
        born, died = asyncio.Queue(), asyncio.Queue()
        program = Program(name, [sys.executable, "-c", code], dict(os.environ), tmp_path / f"{name}.log")
        child = Child(
            program,
            born=lambda child: born.put_nowait(child.process.pid),
            died=lambda _, code: died.put_nowait(code),
        )
        child.start()
        children.append(child)
        return child, born, died

    yield keep
    for child in children:
        child.kill()


async def soon(queue):
    return await asyncio.wait_for(queue.get(), WITHIN)


async def until(condition):
    async with asyncio.timeout(WITHIN):
        while not condition():
            await asyncio.sleep(0.02)


async def test_what_is_killed_comes_back(kept):
    child, born, died = kept("import time; time.sleep(60)")
    first = await soon(born)
    os.kill(first, signal.SIGKILL)
    assert await soon(died) == -signal.SIGKILL
    assert await soon(born) != first
    await child.stop(5)


async def test_a_stop_is_a_sigterm_and_no_death(kept):
    code = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print('up', flush=True); signal.pause()"
    child, born, died = kept(code)
    pid = await soon(born)
    await until(lambda: "up" in child.last_words())
    await child.stop(5)
    assert died.empty()
    assert birth(pid) == ""


async def test_what_does_not_stop_is_killed(kept):
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause(); signal.pause()"
    child, born, _ = kept(code)
    pid = await soon(born)
    await until(lambda: "up" in child.last_words())
    await child.stop(0.2)
    assert birth(pid) == ""


async def test_what_dies_again_and_again_is_told_with_its_last_words(kept):
    child, _, died = kept("print('no disk'); raise SystemExit(3)")
    assert [await soon(died) for _ in range(3)] == [3, 3, 3]
    assert child.in_a_row == 3
    assert child.last_words() == "no disk"
    await child.stop(5)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's leash is Linux's")
async def test_a_killed_supervisor_leaves_nothing_behind(tmp_path):
    """It is another process here: it starts a child and is killed."""
    code = f"""
import asyncio, os, sys
from pathlib import Path
from lastmile.supervisor import Child, Program
async def main():
    program = Program("c", [sys.executable, "-c", "import time; time.sleep(60)"], dict(os.environ), Path({str(tmp_path / "log")!r}))
    Child(program, born=lambda child: print(child.process.pid, flush=True), died=lambda *_: None).start()
    await asyncio.sleep(60)
asyncio.run(main())
"""
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    pid = int(await asyncio.wait_for(supervisor.stdout.readline(), WITHIN))
    supervisor.kill()
    await supervisor.wait()
    await until(lambda: birth(pid) == "")

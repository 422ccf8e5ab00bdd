"""``make bench``: docs/benchmarks.md, measured here and now. Ratios, because machines differ and neighbours are noisy.

``python -m tests.load.bench [--only 1,2] [--short]``: the short form says whether the bench works, and writes nothing.
"""

import argparse
import os
import platform
import subprocess
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import uvloop

from lastmile import mongod, natsd
from tests.load import accepting, chain, folding, paging, rebuilding
from tests.load.figures import Line
from tests.load.ground import ground

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
FIGURES = {
    1: ("Accepted, durable requests", accepting),
    2: ("Submitted → assigned → delivery intended", chain),
    3: ("Keeping a read model", folding),
    4: ("Rebuilding a read model", rebuilding),
    5: ("The first page of the ledger", paging),
}
_PACKAGES = ("nats-py", "motor", "pydantic", "granian", "starlette", "uvloop", "cryptography")


async def main(only: list[int], *, short: bool) -> None:
    started, said = time.monotonic(), {}
    for number in only:
        name, figure = FIGURES[number]
        print(f"{number}. {name} …", flush=True)
        async with ground(street=figure in (accepting, chain)) as fresh:
            said[number] = await figure.measure(fresh, short=short)
        for line in said[number]:
            print(f"   {line.what}: {line.figure}{'' if line.well else '   NOT ' + line.asked}", flush=True)
    if not short and only == list(FIGURES):
        PAGE.write_text(_page(said, time.monotonic() - started), encoding="utf-8")
        print(f"written: {PAGE.name}")


def _page(said: dict[int, list[Line]], seconds: float) -> str:
    parts = [_head(seconds)]
    for number, lines in said.items():
        name, figure = FIGURES[number]
        assert figure.__doc__
        parts += [f"## {number}. {name}", " ".join(figure.__doc__.partition(":")[2].split()), _table(lines)]
    return "\n\n".join(parts) + "\n"


def _head(seconds: float) -> str:
    servers = [_first_line(natsd.program()), _first_line(mongod.choose().program)]
    packages = [f"{package} {version(package)}" for package in _PACKAGES]
    return f"""# Benchmarks

Written by `make bench` from one run, on {datetime.now(UTC):%Y-%m-%d}, in {seconds / 60:.0f} minutes. Each figure is the median of rounds that
alternate with the reference (in brackets the lowest and the highest round); servers, load and services share the same
processors. What a figure was asked to be stands beside it. Absolute figures are rough, and say so.

| | |
|---|---|
| processors | {os.cpu_count()} ({platform.machine()}), {os.getloadavg()[0]:.1f} programs wanted one when the run ended |
| system | {platform.system()} {platform.release().partition("-")[0]}, Python {platform.python_version()} |
| servers | {", ".join(servers)} |
| packages | {", ".join(packages)} |"""


def _first_line(program: str) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return said.splitlines()[0].replace(":", "").replace(" version", "")


def _table(lines: list[Line]) -> str:
    rows = [f"| {x.what} | {x.figure} | {_judged(x)} | {x.remark} |" for x in lines]
    return "\n".join(["| what | figure | asked | |", "|---|---|---|---|", *rows])


def _judged(line: Line) -> str:
    return f"{line.asked}: {'yes' if line.well else '**no**'}" if line.asked else ""


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(prog="make bench", description=__doc__)
    arguments.add_argument("--only", default=",".join(map(str, FIGURES)), metavar="1,2,…")
    arguments.add_argument("--short", action="store_true")
    wished = arguments.parse_args()
    uvloop.run(main([int(number) for number in wished.only.split(",")], short=wished.short))

"""Figure 1: accepted, durable requests a second, against Starlette, pydantic and an awaited ``js.publish``.

Intake runs as in production. It takes a rush in first and brings its own read models up to date when it is over; the
second line of each counts that time, too, as a rush without end would. After each round the streams have grown by
exactly what was accepted, or the figure is not worth its name.
"""

import os
import sys
import time
from pathlib import Path

from nats.js.api import StorageType, StreamConfig

from lastmile import keys, ports
from tests.load import reference
from tests.load.figures import Line, Pairs
from tests.load.ground import Ground
from tests.load.visitors import Visits, submissions, visit

_CONNECTIONS = {1: None, 16: None, 64: 1.0}
"""And what is asked there."""
_CALMS_WITHIN = 60.0  # seconds


async def measure(ground: Ground, *, short: bool) -> list[Line]:
    rounds, seconds = (2, 1.0) if short else (7, 2.0)
    url = await _start(ground)
    asked = {side: submissions("127.0.0.1") for side in ("reference", "intake")}
    lines: list[Line] = []

    async def go(side: str, connections: int) -> tuple[Visits, float, float]:
        stream, at = ("JOURNAL", ground.url("intake")) if side == "intake" else (reference.STREAM, url)
        before, worked = await ground.messages(stream), _worked(ground.pid(side))
        visits = await visit(at, asked[side], connections=connections, seconds=seconds)
        worked = _worked(ground.pid(side)) - worked
        stored = await ground.messages(stream) - before
        since = time.perf_counter()
        if side == "intake":  # what it has yet to remember is not to be done while the reference is measured
            await ground.calm(_CALMS_WITHIN, "intake")
        if visits.refused or stored != visits.accepted:
            sys.exit(f"{side}: {visits.accepted} accepted, {visits.refused} refused, {stored} stored")
        whole = visits.accepted / (visits.took + time.perf_counter() - since)
        return visits, whole, worked / visits.accepted

    for connections, limit in _CONNECTIONS.items():
        rates, whole, work, slow = Pairs(), Pairs(), Pairs(), Pairs()
        for turn in range(rounds):
            sides = ("reference", "intake") if turn % 2 else ("intake", "reference")
            told = {side: await go(side, connections) for side in sides}
            (ours, our_whole, our_work), (theirs, _, their_work) = told["intake"], told["reference"]
            rates.add(ours.rate, theirs.rate)
            whole.add(our_whole, theirs.rate)
            slow.add(ours.waited_for(0.99), theirs.waited_for(0.99))
            if their_work:
                work.add(our_work, their_work)
        lines.append(rates.at_least(f"requests a second, {connections} connections", limit))
        lines.append(
            Line(
                f"the same, {connections} connections, when its own read models have caught up",
                str(whole),
                remark="without end",
            )
        )
        lines.append(
            Line(f"p99 of the answers, {connections} connections", str(slow), remark="of the reference's")
        )
        if work.ratios:
            words = f"processor time a request, {connections} connections"
            lines.append(Line(words, str(work), remark="of the reference's"))
    await ground.stop("reference", "intake")
    return lines


async def _start(ground: Ground) -> str:
    """Start both, and return the reference's address."""
    stream = StreamConfig(name=reference.STREAM, subjects=["reference.>"], storage=StorageType.FILE)
    await ground.bus.client.jetstream().add_stream(stream)
    port = ports.pick(ground.stack.record.ports.values())
    password = ground.stack.secrets[keys.password_name("admin")]
    command = [
        sys.executable,
        "-m",
        "tests.load.reference",
        ground.stack.values("admin")["nats_url"],
        "admin",
        password,
    ]
    url = f"http://{ports.LOOPBACK}:{port}"
    await ground.start_program("reference", [*command, str(port)], os.environ, url)
    await ground.start("intake")
    return url


def _worked(pid: int) -> float:
    """Seconds of processor time that a process has used; 0 where the system does not say."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

"""Broadcasts: how fast a hundred thousand messages are requested, and what a submission feels of it meanwhile.

``python -m tests.load.broadcast [--recipients N] [--rate R]``: the first part requests N messages with notify alone; the
second lets residents submit at R a second to all five services, without and then with a broadcast, and compares how
long it takes until the grid's worker is told. Measured by the journal's own clock; in rounds that alternate.
"""

import argparse
import asyncio
import time
from datetime import datetime

import uvloop

from lastmile.corridor import messages
from shared.envelope import Fact
from shared.journal import fact_of
from tests.load.broadcasting import GATEWAYS, publish, status
from tests.load.crowds import enter_people
from tests.load.figures import quantile
from tests.load.ground import Ground, ground
from tests.load.visitors import submissions, visit

_FIVE = ("intake", "routing", "notify", "deliberation", "console")
_GRIDS = ["WT-01", "WT-02"]
_AWAKE = {"LASTMILE_QUIET_HOURS": "00:00-00:00"}
_CALMS_WITHIN = 900.0  # seconds


async def intents(recipients: int) -> list[tuple[str, str]]:
    async with ground(gateways=GATEWAYS) as fresh:
        settings = fresh.stack.settings()
        await enter_people(fresh.bus, settings, recipients, _GRIDS)
        await fresh.start("notify", **_AWAKE)
        await fresh.calm(_CALMS_WITHIN, "notify")
        before = time.monotonic()
        notice = await publish(fresh.bus, settings.tenant)
        while (said := await status(fresh.bus, notice))["gone_out"] < said["deliveries"] or not said[
            "deliveries"
        ]:
            await asyncio.sleep(2)
        took = time.monotonic() - before
        moments = await _moments(fresh)
        await fresh.calm(60, "notify")
        frozen = (moments["NoticeStarted"] - moments["NoticePublished"]).total_seconds()
        requested = (moments["NoticeFinished"] - moments["NoticeStarted"]).total_seconds()
    return [
        ("recipients", f"{recipients}"),
        ("list frozen in", f"{frozen:.1f} s"),
        ("requested in", f"{requested:.1f} s"),
        ("requested a second", f"{recipients / requested:.0f} (asked: at least 5,000)"),
        ("published → all taken by their gateways", f"{took:.0f} s, {recipients / took:.0f} a second"),
    ]


async def _moments(fresh: Ground) -> dict[str, datetime]:
    return {
        fact_of(message).type: message.metadata.timestamp
        async for message in messages(fresh.bus, "JOURNAL", "journal.*.*.notify.notice.>")
    }


async def courtesy(recipients: int, rate: float, seconds: float) -> list[tuple[str, str]]:
    async with ground(gateways=GATEWAYS) as fresh:
        settings = fresh.stack.settings()
        await enter_people(fresh.bus, settings, recipients, _GRIDS)
        await fresh.start(*_FIVE, **_AWAKE)
        await fresh.calm(_CALMS_WITHIN, *_FIVE)
        asked = submissions("127.0.0.1")
        alone: list[float] = []
        beside: list[float] = []
        for broadcast in (False, True, False, True):
            first = await fresh.messages("JOURNAL") + 1
            if broadcast:
                await publish(fresh.bus, settings.tenant)
            await visit(fresh.url("intake"), asked, connections=16, seconds=seconds, rate=rate)
            await fresh.calm(_CALMS_WITHIN, *_FIVE)
            (beside if broadcast else alone).extend(await _delays(fresh, first))
    rows: list[tuple[str, str]] = []
    for share, name in ((0.5, "p50"), (0.99, "p99")):
        without, within = quantile(alone, share), quantile(beside, share)
        rows.append(
            (
                f"submitted → worker told, {name}",
                f"{without * 1000:.0f} ms without, {within * 1000:.0f} ms with a broadcast: {within / without:.2f} times",
            )
        )
    told = f"{len(alone)} and {len(beside)} at {rate:.0f} a second, {recipients} recipients a broadcast"
    return [*rows, ("told", f"{told} (asked: p99 at most twice)")]


async def _delays(fresh: Ground, first: int) -> list[float]:
    """Seconds from when the door recorded a submission until a gateway had taken the worker's message."""
    submitted: dict[str, datetime] = {}
    cause: dict[str, datetime] = {}
    subjects = ("journal.*.*.intake.submission.>", "journal.*.*.routing.request.>")
    async for message in messages(fresh.bus, "JOURNAL", *subjects):
        fact = fact_of(message)
        if fact.type == "RequestSubmitted" and fact.revision >= first:
            submitted[fact.history.id] = fact.recorded
        elif fact.type == "GridAssigned" and fact.history.id in submitted:
            cause[fact.id] = submitted[fact.history.id]
    asked: dict[str, datetime] = {}
    delays: list[float] = []
    async for message in messages(fresh.bus, "DELIVERIES", "delivery.>"):
        fact: Fact = fact_of(message)
        if fact.type == "DeliveryRequested" and fact.cause in cause:
            asked[fact.history.id] = cause[fact.cause]
        elif fact.type == "DeliveryAccepted" and fact.history.id in asked:
            delays.append((message.metadata.timestamp - asked[fact.history.id]).total_seconds())
    return delays


async def main(recipients: int, rate: float, seconds: float, *, only: str) -> None:
    rows: list[tuple[str, str]] = []
    if only in ("", "intents"):
        rows += await intents(recipients)
    if only in ("", "courtesy"):
        rows += await courtesy(min(recipients, 20_000), rate, seconds)
    print("\n| what | figure |\n|---|---|")
    for what, figure in rows:
        print(f"| {what} | {figure} |")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--recipients", type=int, default=100_000)
    arguments.add_argument("--rate", type=float, default=10.0, help="submissions a second")
    arguments.add_argument("--seconds", type=float, default=30.0, help="of submitting, each round")
    arguments.add_argument("--only", choices=("intents", "courtesy"), default="")
    wished = arguments.parse_args()
    uvloop.run(main(wished.recipients, wished.rate, wished.seconds, only=wished.only))

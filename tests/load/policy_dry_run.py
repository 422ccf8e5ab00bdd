"""A dry run over 50,000 past requests: `python -m tests.load.policy_dry_run`.

The past stands in a journal and a vault of their own, as intake writes it; the dry run reads, opens and judges it as
`lastmile policy dry-run` does. Every text is opened, because a rule asks for words.
"""

import asyncio
import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lastmile.catching_up import caught_up
from lastmile.crowd import each
from lastmile.policies import tried
from lastmile.stack import Stack
from shared.bus import Bus
from shared.envelope import Fact, History
from shared.events.event import Place
from shared.events.submission import RequestSubmitted
from shared.ids import new_id
from shared.store import Store
from shared.vault import Vault
from tests.fixtures.running import Running, lastmile
from tests.fixtures.street import plan

REQUESTS = 50_000
_READ_WITHIN = 1800.0
"""Seconds until the services, which are not what is measured, have nothing to do any more."""
_TEXTS = (
    "路灯不亮，晚上看不见",
    "楼道堆物，推车过不去",
    "闻到燃气味，很浓",
    "电梯困人",
    "下水道堵了",
    "想问问社保怎么办",
)
_CATEGORIES = ("streetlight", "corridor", "gas", "lift", "sewer", "consultation")
POLICY: dict[str, Any] = {
    "clocks": {
        "red": {"accept": "15m", "resolve": "2h", "round_the_clock": True},
        "yellow": {"accept": "2h", "contact": "4h", "resolve": "24h"},
        "blue": {"accept": "8h", "resolve": "72h"},
    },
    "rules": [
        {"name": "gas", "words": ["燃气", "煤气"], "severity": "red"},
        {"name": "lift", "categories": ["lift"], "words": ["困人"], "severity": "red"},
        {"name": "questions", "categories": ["consultation"], "severity": "blue"},
        {"name": "nights", "hours": "off", "categories": ["sewer"], "severity": "blue"},
    ],
}


async def tell(bus: Bus, vault: Vault, tenant: str, count: int) -> None:
    """Append what intake would have appended."""
    chance = random.Random(7)
    start = datetime(2026, 1, 1, tzinfo=UTC)

    async def one(number: int) -> None:
        history = History(tenant, "intake", "submission", new_id())
        kind = chance.randrange(len(_TEXTS))
        event = RequestSubmitted(
            at=start + timedelta(minutes=5 * number),
            code=f"{number:013}",
            category=_CATEGORIES[kind],
            place=Place(lon=121.4 + chance.random() / 500, lat=31.2 + chance.random() / 1000),
            sealed=vault.seal(history.subject, {"text": _TEXTS[kind]}),
            imported=True,
        )
        fact = Fact(
            history, "RequestSubmitted", new_id(), 1, 0, event, "", "import:bench", datetime.now(UTC), ""
        )
        await bus.journal.append(fact, expected=0)

    await each(range(count), one, at_once=256)


async def measure(stack: Running, count: int) -> None:
    settings = Stack(stack.data).settings()
    store, bus = Store(settings, "admin"), Bus("intake", settings)
    vault = Vault(store, settings.master, "admin", pool=count)
    await vault.fill()
    await bus.connect()
    try:
        await tell(bus, vault, settings.tenant, count)
        if not await caught_up(bus, within=_READ_WITHIN):
            sys.exit(f"the services have not read {count} requests within {_READ_WITHIN:.0f} s")
    finally:
        await bus.stop()
        store.close()
    began, worked = time.perf_counter(), time.process_time()
    found = await tried(stack.data, POLICY, None)
    took, worked = time.perf_counter() - began, time.process_time() - worked
    print("| what | figure |\n|---|---|")
    print(f"| past requests looked at | {found['requests']} |")
    print(f"| with another severity | {found['other_severity']} |")
    print(f"| with other deadlines | {found['other_deadlines']} |")
    print(f"| took | {took:.1f} s |")
    print(f"| processor time of the program | {worked:.1f} s |")
    print(f"| requests a second | {found['requests'] / took:,.0f} |")


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        stack = Running(Path(directory) / "data", "--no-demo")
        stack.start()
        try:
            drawn = Path(directory) / "grids.geojson"
            drawn.write_text(json.dumps(plan()))
            lastmile("grids", "import", str(drawn), f"--data={stack.data}")
            asyncio.run(measure(stack, REQUESTS))
        finally:
            stack.stop()


if __name__ == "__main__":
    main()

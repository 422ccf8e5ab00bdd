"""One storm for all tests of this folder; each of them then asks what is left of it."""

import json
import time
from collections.abc import AsyncIterator
from random import Random

import pytest

from lastmile.corridor import corridor
from lastmile.demo.load import load_community
from lastmile.stack import find
from tests.chaos.crowd import Crowd
from tests.chaos.evidence import Evidence, calm, lag, told
from tests.chaos.sayings import sayings
from tests.chaos.storm import Storm, size
from tests.fixtures.running import Running
from tests.fixtures.waiting import until

_SEED = 20260725


@pytest.fixture(scope="module")
async def aftermath(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Evidence]:
    data = tmp_path_factory.mktemp("storm") / "data"
    stack = Running(data, "--no-demo").start()
    crowd: Crowd | None = None
    try:
        settings = find(data).settings()
        await load_community(settings)
        crowd = Crowd(settings)
        await until(crowd.sees_the_plan, what="the door does not know the buildings")
        async with corridor(settings) as bus:
            await calm(bus)
        began, wanted = time.monotonic(), size()
        said = sayings(wanted.submissions, _SEED, about=wanted.categories)
        storm = Storm(stack, settings, crowd, Random(_SEED))
        await storm.rage(said, wanted.rounds)
        raged = time.monotonic() - began
        evidence = Evidence(data, crowd)
        async with corridor(settings, within=20) as bus:
            behind = await lag(bus)
            settled = await calm(bus)
            await told(settings)
            await calm(bus)
            await evidence.gather(bus)
        evidence.figures = {
            "submissions": wanted.submissions,
            "kills": sum(map(len, storm.strikes.back_after.values())),
            "seconds of storm": round(raged, 1),
            "behind at its end": sum(behind.values()),
            "seconds until calm": round(settled, 1),
            "answers and work": dict(crowd.counted),
            "events in the journal": len(evidence.journal),
            "events of deliveries": len(evidence.deliveries),
            "deliveries by their last event": evidence.outcomes(),
            "seconds until": evidence.waits(),
            "ready again after": storm.strikes.told(),
        }
        (data / "figures.json").write_text(json.dumps(evidence.figures, indent=2), encoding="utf-8")
        yield evidence
    finally:
        if crowd is not None:
            await crowd.close()
        if stack.process.poll() is None:
            stack.stop()

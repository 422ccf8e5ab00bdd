"""A broadcast over three gateways while notify and NATS are killed: nobody is told twice, and nobody is left out.

``LASTMILE_STORM=full``: 100,000 recipients, notify killed 20 times and NATS 3 times (some ten minutes). The short form
has 2,000 recipients and 3 + 1 kills, and does not wait until the gateways were asked what they have.
"""

import os
import signal
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from lastmile import natsd, supervisor
from lastmile.corridor import messages
from services.notify.delivery.domain import DELIVERY
from shared.envelope import Fact
from shared.events.delivery import DeliveryAttempted, DeliveryRequested, DeliveryUnknown
from shared.journal import UnavailableError, fact_of
from shared.refusal import Refused
from shared.store import Store
from tests.fixtures.waiting import until
from tests.load.broadcasting import GATEWAYS, publish, status
from tests.load.crowds import enter_people
from tests.load.ground import Ground, ground

pytestmark = [pytest.mark.storm, pytest.mark.timeout(1500)]
_SEED = 20261128
_FULL = os.environ.get("LASTMILE_STORM") == "full"
_RECIPIENTS, _KILLS, _NATS_KILLS = (100_000, 20, 3) if _FULL else (2_000, 3, 1)
_TWICE = _RECIPIENTS // 100
"""So many records have the phone of another one."""
_EVENTS = 3
"""Of one delivery: requested, attempted, accepted."""
_WITHIN = 660.0 if _FULL else 150.0  # seconds
_OPEN = ("requested", "attempted", "deferred", "unknown")


@dataclass
class Aftermath:
    people: list[str]
    notice: str
    said: dict[str, Any] = field(default_factory=dict[str, Any])
    histories: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    sandbox: dict[str, int] = field(default_factory=dict[str, int])
    """How often each delivery came to a gateway."""
    gateways: Counter[str] = field(default_factory=Counter[str])
    killed: Counter[str] = field(default_factory=Counter[str])
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    def events(self, kind: type) -> Counter[str]:
        return Counter(
            name for name, facts in self.histories.items() for fact in facts if isinstance(fact.event, kind)
        )


@pytest.fixture(scope="module")
async def aftermath() -> AsyncIterator[Aftermath]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            supervisor, "_LONGEST_PAUSE", 0.5
        )  # whoever watches a killed service does not hesitate here
        async with ground(stormy=True, gateways=GATEWAYS) as here:
            yield await _storm(here)


async def _storm(here: Ground) -> Aftermath:
    settings, dice, began = here.stack.settings(), Random(_SEED), time.monotonic()
    people = await enter_people(here.bus, settings, _RECIPIENTS, ["WT-01", "WT-02"], twice=_TWICE)
    await here.start("notify", LASTMILE_QUIET_HOURS="00:00-00:00")
    await until(lambda: here.calm(5, "notify"), within=300, what="notify does not know the people")
    after = Aftermath(people, await publish(here.bus, settings.tenant))
    after.seconds["loading"] = time.monotonic() - began
    began = time.monotonic()
    targets = ["notify"] * _KILLS + ["nats"] * _NATS_KILLS
    dice.shuffle(targets)
    for place, target in enumerate(targets):
        # The first kills fall into the freezing and the requesting, the others into the sending.
        moment = _EVENTS * _RECIPIENTS * (place + dice.random()) / (len(targets) + 1)
        await until(
            lambda moment=moment: _sent(here, moment),
            within=_WITHIN,
            pause=0.1,
            what="the broadcast stands still",
        )
        await _kill(here, target)
        after.killed[target] += 1
    after.seconds["until the last kill"] = time.monotonic() - began
    await until(lambda: _over(here, after), within=_WITHIN, pause=1.0, what="it does not end")
    after.seconds["until the end"] = time.monotonic() - began
    await until(lambda: here.calm(5, "notify"), within=120, what="notify is not calm")
    await _look(here, after)
    _tell(after)
    return after


async def _sent(here: Ground, moment: float) -> bool:
    with suppress(Exception):
        return await here.messages("DELIVERIES") >= moment
    return False


async def _kill(here: Ground, target: str) -> None:
    pid = here.pid(target)
    os.kill(pid, signal.SIGKILL)
    await until(
        lambda: here.lives(target) and here.pid(target) != pid, within=30, what=f"{target} stays dead"
    )
    if target == "nats":
        port = here.stack.record.ports["nats_monitor"]
        await until(lambda: natsd.answers(port), within=30, what="NATS does not come back")


async def _over(here: Ground, after: Aftermath) -> bool:
    """Whether everything was requested and seen to; in the full form, also whatever had to be asked about."""
    try:
        after.said = await status(here.bus, after.notice)
    except (UnavailableError, Refused):
        return False
    waiting = after.said["waiting"] + (after.said["outcomes"].get("unknown", 0) if _FULL else 0)
    interrupted = 0 if _FULL else after.said["outcomes"].get("attempted", 0)
    return after.said["stage"] == "finished" and waiting <= interrupted


async def _look(here: Ground, after: Aftermath) -> None:
    async for message in messages(here.bus, "DELIVERIES", "delivery.>"):
        fact = fact_of(message)
        after.histories[fact.history.id].append(fact)
    store = Store(here.stack.settings(), "notify")
    async for row in store.collection("sandbox").find({}, {"times": 1, "gateway": 1}):
        after.sandbox[row["_id"]] = row["times"]
        after.gateways[row["gateway"]] += 1
    store.close()


def _tell(after: Aftermath) -> None:
    rows = {
        "recipients (records of the grid book)": len(after.people),
        "of them with another one's phone": _TWICE,
        "kills with SIGKILL": dict(after.killed),
        "seconds": {name: round(took) for name, took in after.seconds.items()},
        "deliveries requested": len(after.events(DeliveryRequested)),
        "came to a gateway": len(after.sandbox),
        "came to a gateway twice": sum(times > 1 for times in after.sandbox.values()),
        "by gateway": dict(sorted(after.gateways.items())),
        "interrupted in an attempt (unknown, then asked)": len(after.events(DeliveryUnknown)),
        "as they stand": after.said["outcomes"],
    }
    print("\n| what | figure |\n|---|---|")
    for what, figure in rows.items():
        print(f"| {what} | {figure} |")


def test_everybody_is_on_the_list_once(aftermath: Aftermath):
    """One person by two records with one phone is one recipient; everybody else is there."""
    requested = [
        fact.event
        for facts in aftermath.histories.values()
        for fact in facts
        if isinstance(fact.event, DeliveryRequested)
    ]
    told = Counter(event.recipient for event in requested)
    assert set(told.values()) == {1}
    once = {f"resident:{record}" for record in aftermath.people}
    assert set(told) <= once
    assert len(told) == _RECIPIENTS - _TWICE
    assert aftermath.said["left_out"] == {"same_address": _TWICE}
    assert {event.notice for event in requested} == {aftermath.notice}


def test_nobody_is_told_twice(aftermath: Aftermath):
    """No gateway ever had a delivery twice, and whatever was attempted again had certainly never come."""
    assert {times for times in aftermath.sandbox.values()} == {1}
    for name, facts in aftermath.histories.items():
        state = DELIVERY.initial
        for fact in facts:
            assert fact.event is not None
            if isinstance(fact.event, DeliveryAttempted):
                assert state.status in ("requested", "deferred"), name
            state = DELIVERY.evolve(state, fact.event)


def test_nobody_is_left_out(aftermath: Aftermath):
    """Every delivery came to its gateway; in the short form, but for those whose sender had just died."""
    ends = {name: facts[-1].type for name, facts in aftermath.histories.items()}
    open_ended = {n for n, kind in ends.items() if kind in ("DeliveryAttempted", "DeliveryUnknown")}
    assert set(aftermath.histories) - set(aftermath.sandbox) <= (set() if _FULL else open_ended)
    assert Counter(ends.values())["DeliveryAccepted"] == len(ends) - len(open_ended)
    assert not _FULL or not open_ended


def test_three_gateways_had_a_part_of_it(aftermath: Aftermath):
    assert len(aftermath.gateways) == 3
    assert min(aftermath.gateways.values()) > _RECIPIENTS / 20


def test_it_was_a_storm(aftermath: Aftermath):
    assert aftermath.killed == {"notify": _KILLS, "nats": _NATS_KILLS}

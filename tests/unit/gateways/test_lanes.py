"""Several gateways share one channel: by weight, and less for one that fails or is slow."""

from collections import Counter

import pytest
from prometheus_client import generate_latest

from services.notify.delivery.patience import pause_after
from services.notify.gateways.gateway import Accepted, GatewaySettings, Message, Rejected, RetryLater, Unknown
from services.notify.gateways.lanes import Lane, Lanes

MESSAGE = Message("d1", "sms", "+8613800000000", "已收到")


class Gateway:
    def __init__(self, outcome=None):
        self.outcome = outcome or Accepted()

    async def send(self, _message):
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def lane(name, outcome=None, weight=1.0, channels=("sms",)):
    settings = GatewaySettings(name=name, channels=channels, weight=weight, per_second=1e6)
    return Lane(settings, Gateway(outcome))


def shares(lanes, times=4000):
    counted = Counter(lanes.choose("sms", "+86138").name for _ in range(times))
    return {name: number / times for name, number in counted.items()}


def test_each_gets_its_share():
    share = shares(Lanes([lane("a", weight=3), lane("b"), lane("c", channels=("chat",))]))
    assert share["a"] == pytest.approx(0.75, abs=0.05)
    assert "c" not in share


@pytest.mark.parametrize("outcome", [RetryLater("busy"), Unknown("timeout"), RuntimeError("bug")])
async def test_one_that_fails_is_left_alone_and_comes_back_when_it_is_well(outcome):
    """A few still go to it: so it shows when it is well again."""
    bad, good = lane("bad", outcome), lane("good")
    lanes = Lanes([bad, good])
    for _ in range(100):
        await bad.send(MESSAGE)
        await good.send(MESSAGE)
    assert 0 < shares(lanes)["bad"] < 0.05
    bad.gateway.outcome = Accepted()
    for _ in range(100):
        await bad.send(MESSAGE)
    assert shares(lanes)["bad"] == pytest.approx(0.5, abs=0.05)


async def test_a_number_that_does_not_exist_is_not_the_gateways_fault():
    here = lane("a", Rejected("no such number"))
    for _ in range(50):
        await here.send(MESSAGE)
    assert here.health == 1.0


async def test_what_is_set_wrongly_is_not_the_gateways_fault_and_somebody_can_see_it():
    here, why = lane("set-wrongly"), "no approved template for sms.reporter.received"
    await here.send(MESSAGE)
    here.gateway.outcome = RetryLater(why, ours=True)
    for _ in range(50):
        await here.send(MESSAGE)
    assert here.health == 1.0
    assert (
        f'lastmile_gateway_misset_total{{gateway="set-wrongly",why="{why}"}} 50.0'
        in generate_latest().decode()
    )


async def test_a_gateway_that_breaks_may_have_sent_it():
    assert await lane("a", ValueError("bug")).send(MESSAGE) == Unknown("ValueError")


def test_when_all_were_tried_none_is_left():
    lanes = Lanes([lane("a"), lane("b")])
    assert lanes.choose("sms", "+86138", without={"a"}).name == "b"
    assert lanes.choose("sms", "+86138", without={"a", "b"}) is None


def test_a_chat_is_reached_by_the_gateway_that_its_address_names():
    lanes = Lanes([lane("wecom", channels=("chat",)), lane("feishu", channels=("chat",), weight=1e9)])
    assert lanes.choose("chat", "wecom:qinghe-3").name == "wecom"
    assert lanes.choose("chat", "wecom:qinghe-3", without={"wecom"}) is None


def test_pauses_grow_over_hours_and_never_all_at_once():
    first, fifth = [{pause_after(n) for _ in range(50)} for n in (1, 5)]
    assert len(first) > 1
    assert 30 <= min(first).total_seconds() <= max(first).total_seconds() <= 45
    assert min(fifth).total_seconds() > 2 * 3600
    assert max(pause_after(99).total_seconds() for _ in range(50)) <= 6 * 3600

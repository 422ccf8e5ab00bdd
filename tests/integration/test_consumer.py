"""Following a consumer: everything comes, comes again when it was not handled, and never more at once than asked for."""

import asyncio
from functools import partial

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.consumer import acknowledge
from shared.envelope import Fact
from shared.journal import UnavailableError
from tests.conftest import OpenBus
from tests.fixtures import facts
from tests.fixtures.pen import Pen
from tests.fixtures.servers import Nats
from tests.fixtures.waiting import until

pytestmark = pytest.mark.usefixtures("durables")


class Seen:
    """A handler that writes down what came, by the fact's id, and acknowledges it."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.batches: list[int] = []

    async def handle(self, messages: list[Msg]) -> None:
        self.batches.append(len(messages))
        self.ids += [(message.headers or {})["ce-id"] for message in messages]
        await acknowledge(messages)

    def all_of(self, told: list[Fact]) -> bool:
        return {fact.id for fact in told} <= set(self.ids)


async def pending_at(admin: Client, name: str = "routing") -> tuple[int, int]:
    """How many messages wait for an acknowledgement, and for a delivery."""
    info = await admin.jetstream().consumer_info("JOURNAL", name)
    return info.num_ack_pending or 0, info.num_pending or 0


async def test_everything_comes_once_and_in_order(bus: OpenBus, admin: Client, tenant: str) -> None:
    here, seen = await bus(), Seen()
    told = await Pen(here).write_many(facts.request(tenant), 120)
    here.consume("JOURNAL", "routing", seen.handle)
    await until(lambda: len(seen.ids) >= 120)
    assert seen.ids == [fact.id for fact in told]

    async def acknowledged() -> bool:
        return await pending_at(admin) == (0, 0)

    await until(acknowledged)
    assert max(seen.batches) > 1, "a flood comes in batches"


async def test_a_lone_event_waits_for_nobody(bus: OpenBus, tenant: str) -> None:
    here, seen, loop = await bus(), Seen(), asyncio.get_running_loop()
    pen, history = Pen(here), facts.request(tenant)
    here.consume("JOURNAL", "routing", seen.handle)
    await pen.write(history)
    await until(lambda: bool(seen.ids))
    started = loop.time()
    await pen.write(history)
    await until(lambda: len(seen.ids) == 2)
    assert loop.time() - started < 0.5


async def test_never_more_waits_here_than_one_batch(bus: OpenBus, admin: Client, tenant: str) -> None:
    """A slow handler is not buried: what it has not asked for stays in the journal."""
    here, gate, most = await bus(batch=20), asyncio.Event(), list[int]()
    told = await Pen(here).write_many(facts.request(tenant), 200)
    seen = Seen()

    async def slow(messages: list[Msg]) -> None:
        await gate.wait()
        most.append((await pending_at(admin))[0])
        await seen.handle(messages)

    here.consume("JOURNAL", "routing", slow)

    async def asked() -> bool:
        return (await pending_at(admin))[0] > 0

    await until(asked)
    gate.set()
    await until(lambda: seen.all_of(told))
    assert max(most) <= 20
    assert max(seen.batches) <= 20


async def test_a_batch_whose_handling_failed_comes_again(bus: OpenBus, tenant: str) -> None:
    here, seen, failures = await bus(), Seen(), 2
    told = await Pen(here).write_many(facts.request(tenant), 5)

    async def unlucky(messages: list[Msg]) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise UnavailableError("mongod is away")
        await seen.handle(messages)

    here.consume("JOURNAL", "routing", unlucky)
    await until(lambda: seen.all_of(told))


async def test_what_is_in_hand_when_a_replica_stops_goes_to_another_at_once(
    bus: OpenBus, tenant: str
) -> None:
    """It does not wait half a minute until the server gives it to somebody else."""
    first, second, seen = await bus(), await bus(), Seen()
    told = await Pen(second).write_many(facts.request(tenant), 50)
    in_hand = asyncio.Event()

    async def never_ends(_messages: list[Msg]) -> None:
        in_hand.set()
        await asyncio.Event().wait()

    first.consume("JOURNAL", "routing", never_ends)
    await in_hand.wait()
    await first.stop()
    second.consume("JOURNAL", "routing", seen.handle)
    await until(lambda: seen.all_of(told), within=15)


async def test_a_handler_that_takes_long_is_still_at_work(
    bus: OpenBus, admin: Client, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it waits for somebody who is away, nobody else is given the same events."""
    monkeypatch.setattr("shared.consumer._STILL_AT_WORK", 0.3)
    js = admin.jetstream()
    config = (await js.consumer_info("JOURNAL", "routing")).config
    config.ack_wait = 1.0
    await js.add_consumer("JOURNAL", config)
    here, other, seen, twice = await bus(), await bus(), Seen(), Seen()
    told = await Pen(here).write_many(facts.request(tenant), 5)
    loop = asyncio.get_running_loop()

    in_hand = asyncio.Event()

    async def slow(messages: list[Msg]) -> None:
        in_hand.set()
        enough = loop.time() + 2.5
        await until(lambda: loop.time() > enough)
        await seen.handle(messages)

    here.consume("JOURNAL", "routing", slow)
    await in_hand.wait()
    other.consume("JOURNAL", "routing", twice.handle)
    await until(lambda: seen.all_of(told))
    assert twice.ids == []


async def test_after_a_kill_of_the_server_everything_goes_on(
    bus: OpenBus, own_nats: Nats, tenant: str
) -> None:
    """SIGKILL while the consumer waits, and while a flood comes: nothing is lost, and nobody has to be restarted."""
    here, seen = await bus(nats_url=own_nats.url), Seen()
    here.consume("JOURNAL", "routing", seen.handle)
    pen = Pen(here)
    before = await pen.write_many(facts.request(tenant), 10)
    await until(lambda: seen.all_of(before))
    for _ in range(2):
        own_nats.kill()
        await until(lambda: not here.connected)
        await own_nats.start()
        await until(lambda: here.connected)
        flood = await pen.write_many(facts.request(tenant), 30)
        await until(partial(seen.all_of, flood), within=10)


async def test_a_long_absence_does_not_pile_up_pulls(
    bus: OpenBus, own_nats: Nats, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pulls that were buffered while the server was away would all be answered at once when it is back."""
    monkeypatch.setattr("shared.consumer._HEARTBEAT", 0.1)
    here, most, seen = await bus(nats_url=own_nats.url, batch=10), [0], Seen()
    consumer = here.consume("JOURNAL", "routing", seen.handle)
    told = await Pen(here).write_many(facts.request(tenant), 5)
    await until(lambda: seen.all_of(told))
    own_nats.kill()
    pulls = consumer._pulls
    absent_until = asyncio.get_running_loop().time() + 2.0
    await until(lambda: asyncio.get_running_loop().time() > absent_until)
    assert here.client.pending_data_size < 1000
    assert consumer._pulls - pulls <= 1

    async def slow(messages: list[Msg]) -> None:
        most.append(consumer._arrived.qsize() + len(messages))
        await seen.handle(messages)

    consumer._handle = slow
    await own_nats.start()
    await until(lambda: here.connected)
    told += await Pen(here).write_many(facts.request(tenant), 200)
    await until(lambda: seen.all_of(told))
    assert max(most) <= 10 + 5, "one batch, and a few signs of life"


async def test_a_consumer_that_is_not_there_yet_is_waited_for(
    bus: OpenBus, admin: Client, tenant: str
) -> None:
    """A service that starts before the migration has run begins when it has."""
    js = admin.jetstream()
    config = (await js.consumer_info("JOURNAL", "routing")).config
    await js.delete_consumer("JOURNAL", "routing")
    here, seen = await bus(), Seen()
    told = await Pen(here).write_many(facts.request(tenant), 3)
    consumer = here.consume("JOURNAL", "routing", seen.handle)
    await until(lambda: consumer._pulls > 1, what="it asked, was told that nobody is there, and asked again")
    await js.add_consumer("JOURNAL", config)
    await until(lambda: seen.all_of(told))

"""Reading a stream from its beginning: in order, without a gap, whatever is lost on the way."""

from contextlib import suppress
from itertools import count
from typing import Any

from shared.reading import Reading
from shared.wire import Raw, take
from tests.conftest import OpenBus
from tests.fixtures import facts
from tests.fixtures.pen import Pen
from tests.fixtures.servers import Nats
from tests.fixtures.waiting import until


async def test_reading_goes_on_after_a_kill_of_the_server(bus: OpenBus, own_nats: Nats, tenant: str) -> None:
    """The consumer went with the server: a new one begins after what was handed out, and nothing is missing or twice."""
    here = await bus("routing", nats_url=own_nats.url)
    pen, history = Pen(here), facts.request(tenant)
    admin = await bus("admin", nats_url=own_nats.url)
    first = await pen.write_many(history, 30)
    got: list[Any] = []
    async with Reading(admin.client, "JOURNAL", [f"journal.{tenant}.>"]) as reading:
        while len(got) < 30:
            got += await reading.facts()
        own_nats.kill()
        await until(lambda: not admin.connected)
        with suppress(TimeoutError):
            assert await reading.facts(within=0.2) == []
        await own_nats.start()
        await until(lambda: here.connected and admin.connected)
        second = await pen.write_many(history, 30)
        while len(got) < 60:
            got += await reading.facts()
        assert await reading.at_the_end()
    assert got == [*first, *second]


async def test_a_gap_on_the_way_is_noticed_and_read_again(bus: OpenBus, tenant: str) -> None:
    """Nothing is acknowledged here, so what is lost on the way does not come again by itself."""
    told = await Pen(await bus()).write_many(facts.request(tenant), 50)
    got: list[Any] = []
    async with Reading((await bus("admin")).client, "JOURNAL", [f"journal.{tenant}.>"]) as reading:
        came, lost, arrivals = reading._came, [3, 17], count()

        def lose_some(raw: Raw) -> None:
            if raw.reply and next(arrivals) in lost:
                lost.pop(0)
            else:
                came(raw)

        assert reading._subscription is not None
        take(reading._client, reading._subscription, lose_some)
        while len(got) < 50:
            got += await reading.facts()
    assert got == told
    assert lost == []

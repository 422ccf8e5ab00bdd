"""A program's way to the journal: it reads, and leaves nothing behind."""

from contextlib import aclosing

from nats.aio.client import Client

from lastmile.corridor import facts
from tests.conftest import OpenBus
from tests.fixtures import facts as told
from tests.fixtures.pen import Pen


async def test_reading_again_and_again_leaves_no_reader_behind(bus: OpenBus, admin: Client, tenant: str):
    """A forgotten reader stands for a minute, and a stream holds a thousand consumers: whoever polled was refused after
    that, and so was everybody else. Whoever stops half-way leaves none, either.
    """
    written = await Pen(await bus()).write_many(told.request(tenant), 3)
    reader, journal = await bus("admin"), admin.jetstream()

    async def readers() -> int:
        return (await journal.stream_info("JOURNAL")).state.consumer_count

    before = await readers()
    for _ in range(5):
        assert [fact async for fact in facts(reader, f"journal.{tenant}.>")] == written
    async with aclosing(facts(reader, f"journal.{tenant}.>")) as some:
        async for _ in some:
            break
    assert await readers() == before

"""A program's way to the journal: it reads, and leaves nothing behind."""

from contextlib import aclosing

from nats.aio.client import Client

from lastmile.corridor import facts
from tests.conftest import OpenBus
from tests.fixtures import facts as told
from tests.fixtures.pen import Pen
from tests.fixtures.waiting import until


async def test_reading_again_and_again_leaves_no_reader_behind(bus: OpenBus, admin: Client, tenant: str):
    """A forgotten reader stands for a minute, and a stream holds a thousand consumers: whoever polled was refused after
    that, and so was everybody else. Whoever stops half-way leaves none, either.
    """
    written = await Pen(await bus()).write_many(told.request(tenant), 3)
    reader, journal = await bus("admin"), admin.jetstream()

    async def none_is_left() -> bool:
        consumers = await journal.consumers_info("JOURNAL")
        return not any(tenant in str(one.config) for one in consumers)

    for _ in range(5):
        assert [fact async for fact in facts(reader, f"journal.{tenant}.>")] == written
    async with aclosing(facts(reader, f"journal.{tenant}.>")) as some:
        async for _ in some:
            break
    await until(
        none_is_left, within=10, what="a reader is left behind"
    )  # a server forgets one a moment later

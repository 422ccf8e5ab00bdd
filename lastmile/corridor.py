"""A program's way to the bus and the journal: under the identity ``admin``, and not for ever when nobody is there."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig
from pydantic_core import to_json

from lastmile.trouble import Trouble
from shared.bus import Bus
from shared.commands.command import Command
from shared.envelope import Fact, History, UnreadableError
from shared.events.grid_book import GridPlanAdopted
from shared.journal import UnavailableError, fact_of
from shared.plans import Plan, PlanStore
from shared.refusal import Refused, Reply
from shared.settings import Settings

T = TypeVar("T")
_PATIENCE = 60.0
"""Seconds for which a program repeats what nobody answered: a service that died is back by then."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0  # seconds


@asynccontextmanager
async def corridor(settings: Settings, *, within: float = 5.0) -> AsyncGenerator[Bus]:
    """Connect, or raise Trouble after ``within`` seconds."""
    bus = Bus("admin", settings)
    try:
        try:
            async with asyncio.timeout(within):
                await bus.connect()
        except TimeoutError:
            raise Trouble(
                f"NATS does not answer at {settings.nats_url}.",
                "Is the stack up? `lastmile up` starts it, `lastmile doctor` says what is wrong.",
            ) from None
        yield bus
    finally:
        await bus.stop()


async def patiently(work: Callable[[], Awaitable[T]], *, not_yet: Collection[str] = ()) -> T:
    """Repeat ``work`` while nobody answers, or while it is refused for one of these reasons: repeating is safe.

    Raises Refused, and UnavailableError when patience ends.
    """
    clock = asyncio.get_running_loop().time
    deadline, pause = clock() + _PATIENCE, _FIRST_PAUSE
    while True:
        try:
            return await work()
        except UnavailableError:
            if clock() > deadline:
                raise
        except Refused as refused:
            if refused.reason not in not_yet or clock() > deadline:
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def in_words(refused: Refused) -> str:
    """What a program says of a refusal: the fields that cannot be used and why, else the reason and what it is about."""
    errors = refused.detail.get("errors")
    if isinstance(errors, list):
        return "; ".join(
            f"{each['field']}: {each['why']}" if isinstance(each, dict) else str(each) for each in errors
        )
    about = ", ".join(f"{name} {value}" for name, value in refused.detail.items())
    return f"{refused.reason} ({about})" if about else refused.reason


async def ask(bus: Bus, subject: str, question: dict[str, Any], *, within: float | None = None) -> Any:
    """``within``: seconds that one answer may take, where that is longer than others. Raises Refused, UnavailableError."""
    return await patiently(lambda: bus.ask(subject, question, timeout=within))


async def send(bus: Bus, command: Command, *, not_yet: Collection[str] = ()) -> Reply:
    async def once() -> Reply:
        reply = await bus.send(command)
        if reply.ok:
            return reply
        if reply.reason == "unavailable":
            raise UnavailableError(f"{command.owner} does not answer")
        raise Refused(reply.reason, **reply.detail)

    return await patiently(once, not_yet=not_yet)


async def last_fact(bus: Bus, history: History) -> Fact | None:
    """Return the last fact of a history, or None. Raises UnavailableError."""
    question = to_json({"last_by_subj": history.subject})
    try:
        message = await bus.client.request("$JS.API.DIRECT.GET.JOURNAL", question, timeout=5)
    except (NatsError, OSError) as unreachable:
        raise UnavailableError("the journal does not answer") from unreachable
    return fact_of(message) if "Nats-Sequence" in (message.headers or {}) else None


async def plan_that_holds(bus: Bus, tenant: str) -> Plan:
    """Raises Trouble, UnavailableError."""
    stands = await last_fact(bus, History(tenant, "routing", "area", tenant))
    if stands is None or not isinstance(stands.event, GridPlanAdopted):
        raise Trouble("No grids are drawn yet.", "`lastmile grids import FILE.geojson` draws them.")
    return await PlanStore(bus).get(tenant, stands.event.plan)


async def facts(bus: Bus, *subjects: str) -> AsyncIterator[Fact]:
    """Yield every fact that stands in the journal now under these subjects, in its order."""
    async for message in messages(bus, "JOURNAL", *subjects):
        with suppress(UnreadableError):  # `lastmile doctor` tells of those
            yield fact_of(message)


async def messages(bus: Bus, stream: str, *subjects: str) -> AsyncIterator[Msg]:
    """Yield what a stream holds now. Raises UnavailableError."""
    js = bus.client.jetstream()
    reader = ConsumerConfig(
        filter_subjects=list(subjects),
        ack_policy=AckPolicy.NONE,
        mem_storage=True,
        inactive_threshold=60,  # seconds
    )
    try:
        info = await js.add_consumer(stream, reader)
        try:
            left = info.num_pending or 0
            pull = await js.pull_subscribe_bind(consumer=info.name, stream=stream)
            while left > 0:
                for message in await pull.fetch(500, timeout=5):
                    left -= 1
                    yield message
            await pull.unsubscribe()
        finally:  # a stream holds so many readers and no more: who asks often must not wait for each to be forgotten
            with suppress(NatsError, OSError):
                await js.delete_consumer(stream, info.name)
    except (NatsError, OSError) as absent:
        raise UnavailableError(f"the stream {stream} does not answer") from absent

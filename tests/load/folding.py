"""Figure 3: keeping a read model, through the real consumer, against a bare loop: fetch, load, fold, write, acknowledge.

The bare loop checks nothing: it compares no versions, closes no gaps, and overwrites whatever another replica wrote.
And the ledger, which has the most indexes: with them against without.
"""

import asyncio
import time
from dataclasses import replace
from functools import partial
from itertools import count

from nats.js.api import AckPolicy, ConsumerConfig
from pymongo import ReplaceOne

from services.console.projection import LEDGER
from services.intake.projection import PUBLIC
from shared.consumer import Consumer
from shared.documents import Model
from shared.journal import fact_of
from shared.projection import Projection
from shared.reaction import Follower
from shared.store import Store
from shared.tasks import end
from tests.load.figures import Line, Pairs
from tests.load.ground import Ground
from tests.load.stories import LIFE, tell_lives, tell_submissions

_TENANT, _INDEXED = "folding", "indexed"
_BATCH = 500
_NUMBER = count()


async def measure(ground: Ground, *, short: bool) -> list[Line]:
    histories, rounds = (500, 2) if short else (5000, 5)
    await tell_lives(ground.bus, _TENANT, histories)
    pairs, events = Pairs(), histories * len(LIFE)
    for _ in range(rounds):
        bare = await _timed(ground, _bare, events)
        pairs.add(bare, await _timed(ground, _ours, events))
    words = f"events a second, {events} events over {histories} histories, against a bare loop"
    return [
        pairs.at_least(words, 0.6, "hardly any two events of a batch are of one history: the harder way"),
        await _with_indexes(ground, histories, rounds),
    ]


async def _with_indexes(ground: Ground, histories: int, rounds: int) -> Line:
    """What the ledger's indexes cost its writer."""
    await tell_submissions(ground.bus, _INDEXED, histories)
    await tell_lives(ground.bus, _INDEXED, histories)
    without = replace(LEDGER, indexes=())
    pairs, events = Pairs(), histories * (len(LIFE) + 1)
    for _ in range(rounds):
        bare = await _timed(ground, partial(_ours, model=without), events, without, _INDEXED)
        pairs.add(bare, await _timed(ground, partial(_ours, model=LEDGER), events, LEDGER, _INDEXED))
    words = f"events a second into the ledger with its {len(LEDGER.indexes)} indexes, against none"
    return pairs.at_least(words, None, f"{events} events over {histories} requests")


async def _timed(ground: Ground, way, events: int, model: Model = PUBLIC, tenant: str = _TENANT) -> float:
    """Seconds for one way, on a consumer and in a database of its own."""
    name = f"folding-{next(_NUMBER)}"
    config = ConsumerConfig(
        durable_name=name,
        ack_policy=AckPolicy.EXPLICIT,
        filter_subject=f"journal.{tenant}.>",
        max_ack_pending=5000,
    )
    js = ground.bus.client.jetstream()
    await js.add_consumer("JOURNAL", config)
    store = Store(ground.stack.settings().model_copy(update={"database_prefix": f"{name}_"}), "bench")
    await store.make_indexes(model.name, model.indexes if model is not PUBLIC else ())
    started = time.perf_counter()
    await way(ground, store, name, events)
    took = time.perf_counter() - started
    ended = "body.done.status" if model is PUBLIC else "body.status"
    found = await store.documents(model.name).count_documents({ended: "closed"})
    each = len(LIFE) if model is PUBLIC else len(LIFE) + 1
    assert found * each == events, "every history is folded to its end"
    store.close()
    await js.delete_consumer("JOURNAL", name)
    return took


async def _ours(ground: Ground, store: Store, name: str, events: int, model: Model = PUBLIC) -> None:
    follower = Follower(name, [Projection(model, store, ground.bus.journal)])
    done, left = asyncio.Event(), events

    async def handle(messages) -> None:
        nonlocal left
        await follower.handle(messages)
        left -= len(messages)
        if not left:
            done.set()

    consumer = Consumer(ground.bus.client, "JOURNAL", name, handle, batch=_BATCH)
    running = asyncio.create_task(consumer.run())
    await done.wait()
    ending.add(
        asyncio.create_task(end([running]))
    )  # saying good-bye takes a moment that is not the projection's


ending: set[asyncio.Task[None]] = set()


async def _bare(ground: Ground, store: Store, name: str, events: int) -> None:
    documents = store.documents(PUBLIC.name)
    pull = await ground.bus.client.jetstream().pull_subscribe_bind(consumer=name, stream="JOURNAL")
    while events:
        messages = await pull.fetch(_BATCH)
        by_request = {}
        for fact in map(fact_of, messages):
            by_request.setdefault(fact.history.id, []).append(fact)
        bodies = {row["_id"]: row["body"] async for row in documents.find({"_id": {"$in": list(by_request)}})}
        writes = []
        for request, facts in by_request.items():
            body = bodies.get(request, {})
            for fact in facts:
                body = PUBLIC.fold(body, fact)
            writes.append(ReplaceOne({"_id": request}, {"_id": request, "body": body}, upsert=True))
        await documents.bulk_write(writes, ordered=False)
        for message in messages:
            await message.ack()
        events -= len(messages)

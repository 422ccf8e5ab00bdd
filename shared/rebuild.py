"""Rebuilding a read model from the journal, beside the live one: readers never see a hole.

First everything is folded in memory and inserted into a fresh generation; then the projection brings it up to the
present; then every replica keeps both up to date; then the pointer moves; and when every replica has followed, the old
generation goes. A rebuild that dies at any moment leaves a live generation that is whole, and the next begins anew.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from nats.aio.client import Client

from shared.crew import Share, fill_in_shares
from shared.documents import Document, Model
from shared.filling import fill
from shared.generations import Building, building
from shared.journal import Journal
from shared.observability import log
from shared.projection import Projection, Publish
from shared.reading import Reading
from shared.settings import Settings
from shared.store import LEASE, Collection, Store

_LOOKS = 10
_BETWEEN_LOOKS = 0.3  # seconds


@dataclass(frozen=True)
class Report:
    model: str
    generation: int
    events: int
    documents: int
    held: int
    """Documents that wait for a release that can read on."""
    seconds: float
    """Until the pointer could move."""


@dataclass(frozen=True)
class Difference:
    """One document as it is and as the journal says that it should be; None: it is not there."""

    id: str
    live: Document | None
    journal: Document | None


async def rebuild(
    model: Model,
    *,
    store: Store,
    journal: Journal,
    client: Client,
    filters: Sequence[str],
    settings: Settings | None = None,
    publish: Publish | None = None,
    linger: float = LEASE + 2,
) -> Report:
    """Make the model's documents anew and let everybody read them. ``filters``: what its service's consumer follows.

    ``settings``: with them, a long journal is folded by every processor; they say how to reach NATS and MongoDB.
    ``linger``: seconds to wait after every replica has followed, for those that have not said that they run and for
    readers in the middle of the old generation; more than replicas may believe old pointers.
    Raises BuiltElsewhereError, and what the store and the journal raise; begin it again then.
    """
    started = time.monotonic()
    async with building(store, model.name) as mine, Reading(client, journal.stream, filters) as reading:
        new = mine.generation
        events = await _fill(model, store, journal, reading=reading, mine=mine, settings=settings)
        tail = Projection(model, store, journal, publish, generation=new)
        events += await _catch_up(tail, reading, mine)
        documents = store.documents(model.name, new)
        report = Report(
            model=model.name,
            generation=new,
            events=events,
            documents=await documents.estimated_document_count(),
            held=await documents.count_documents({"held": {"$exists": True}}),
            seconds=time.monotonic() - started,
        )
        await mine.invite()
        await _wait(mine.joined, linger, tail, reading, mine)
        # Whoever joined late wrote to the live one alone before; that is in the journal by now.
        await _catch_up(tail, reading, mine)
        await mine.move()
        await tail.show_all()
        await _wait(mine.followed, linger, tail, reading, mine)
    log.info("rebuilt", **report.__dict__)
    return report


async def verify(
    model: Model,
    *,
    store: Store,
    journal: Journal,
    client: Client,
    filters: Sequence[str],
    settings: Settings | None = None,
) -> list[Difference]:
    """Fold the whole journal anew and compare the result with the live documents, one by one.

    What must be equal is what the journal determines: heads, body, the last commands, and where a history is held.
    ``n`` counts changes, and being held and released is one; it may differ.
    """
    suspects: dict[str, Difference] | None = None
    async with building(store, model.name) as mine, Reading(client, journal.stream, filters) as reading:
        await _fill(model, store, journal, reading=reading, mine=mine, settings=settings)
        tail = Projection(model, store, journal, generation=mine.generation)
        live = store.documents(model.name, mine.live)
        anew = store.documents(model.name, mine.generation)
        for _ in range(_LOOKS):  # events come while we look: what differs is looked at again
            await _catch_up(tail, reading, mine)
            suspects = await _differences(live, anew, suspects)
            if not suspects:
                break
            await asyncio.sleep(_BETWEEN_LOOKS)
    return list((suspects or {}).values())


async def _fill(
    model: Model,
    store: Store,
    journal: Journal,
    *,
    reading: Reading,
    mine: Building,
    settings: Settings | None,
) -> int:
    """Fold and insert everything until now; ``reading`` goes on after it. Return how many events that were."""
    new = mine.generation
    events = None
    if settings is not None:
        stands = await reading.end_of_the_stream()
        whole = Share(settings, store.service, model, new, journal.stream, reading.filters)
        events = await fill_in_shares(whole, reading.pending, mine.keep)
        if events is None:
            await mine.drop(new)
        else:
            await reading.go_on_after(stands)
    if events is None:
        events = await fill(model, store.bulk(model.name, new), journal, reading, mine.keep)
    await store.make_indexes(model.name, model.indexes, new)
    return events


async def _catch_up(tail: Projection, reading: Reading, mine: Building) -> int:
    events = 0
    while not await reading.at_the_end():
        facts = await reading.facts(within=0.1)
        events += len(facts)
        await tail.apply(facts)
        await mine.keep()
    return events


async def _wait(
    done: Callable[[], Awaitable[bool]], least: float, tail: Projection, reading: Reading, mine: Building
) -> None:
    """Go on applying until every replica has done it, and ``least`` seconds more: those that have not said that they
    run have had time to, and whoever was in the middle of reading is through.
    """
    since = time.monotonic()
    while True:
        if not await done():
            since = time.monotonic()
        elif time.monotonic() >= since + least:
            return
        await tail.apply(await reading.facts(within=0.1))
        await mine.keep()


async def _differences(
    live: Collection, anew: Collection, suspects: dict[str, Difference] | None
) -> dict[str, Difference]:
    """Walk through both by id, in step; of everything, or of the suspects alone."""
    which = {} if suspects is None else {"_id": {"$in": list(suspects)}}
    found: dict[str, Difference] = {}
    lives, news = (documents.find(which).sort("_id", 1) for documents in (live, anew))
    left, right = await anext(lives, None), await anext(news, None)
    while left is not None or right is not None:
        key = min(document["_id"] for document in (left, right) if document is not None)
        a = left if left is not None and left["_id"] == key else None
        b = right if right is not None and right["_id"] == key else None
        if a is None or b is None or _said(a) != _said(b):
            found[key] = Difference(key, a, b)
        left = await anext(lives, None) if a is not None else left
        right = await anext(news, None) if b is not None else right
    return found


def _said(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "n"}

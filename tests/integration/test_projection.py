"""Projections: whatever the order, the repeats, the gaps and the company, the documents are those of the journal."""

import asyncio
import random
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.documents import Document, Model, Read
from shared.envelope import UnreadableError
from shared.ids import new_id
from shared.journal import UnavailableError
from shared.projection import Projection, document_now
from tests.conftest import OpenBus, OpenStore
from tests.fixtures import facts
from tests.fixtures.cards import card, in_order, stored
from tests.fixtures.pen import Pen
from tests.fixtures.waiting import until


async def test_events_become_documents(bus: OpenBus, store: OpenStore, pen: Pen, tenant: str) -> None:
    model, here = card(), store()
    written = [fact for _ in range(20) for fact in await pen.write_many(facts.request(tenant), 3)]
    await Projection(model, here, (await bus()).journal).apply(written)
    documents = await stored(here, model)
    assert documents == in_order(written, model)
    assert len(documents) == 20
    assert {document["heads"]["request"]["v"] for document in documents.values()} == {3}


async def test_two_histories_meet_in_one_document(
    bus: OpenBus, store: OpenStore, pen: Pen, intake_pen: Pen, tenant: str
) -> None:
    """What was said is intake's, what became of it is routing's; either may be seen first."""
    model, here, request_id = card(), store(), new_id()
    said = await intake_pen.write_many(facts.submission(tenant, request_id), 2)
    became = await pen.write_many(facts.request(tenant, request_id), 3)
    projection = Projection(model, here, (await bus()).journal)
    await projection.apply(became)
    await projection.apply(said)
    assert await stored(here, model) == in_order([*said, *became], model)


async def test_disorder_gaps_and_repeats_change_nothing(
    bus: OpenBus, store: OpenStore, pen: Pen, tenant: str
) -> None:
    """The last event first, then the first again, then all: what lay before was read from the journal."""
    model, here = card(), store()
    written = await pen.write_many(facts.request(tenant), 6)
    projection = Projection(model, here, (await bus()).journal)
    await projection.apply([written[4]])
    assert (await stored(here, model)) == in_order(written[:5], model)
    await projection.apply([written[0], written[4], written[2]])
    assert (await stored(here, model)) == in_order(written[:5], model)
    await projection.apply([*reversed(written), *written])
    assert (await stored(here, model)) == in_order(written, model)


async def test_an_unknown_type_is_skipped_and_the_head_moves_on(
    bus: OpenBus, store: OpenStore, pen: Pen, tenant: str
) -> None:
    """A later release wrote it. Its readers go on, and do not take it for a gap for ever."""
    model, here, history = card(), store(), facts.request(tenant)
    written = [*await pen.write(history), await pen.write_unknown(history), *await pen.write(history)]
    await Projection(model, here, (await bus()).journal).apply(written)
    (document,) = (await stored(here, model)).values()
    assert document["heads"]["request"] == {"v": 3, "r": written[2].revision}
    assert document["body"]["request"] == ["RequestAccepted 1", "RequestAccepted 3"]


async def test_a_message_beside_every_history_concerns_no_document(
    bus: OpenBus, store: OpenStore, pen: Pen, tenant: str
) -> None:
    """A misspelt subject within a service's rights: it is skipped, and does not stop the batch for ever."""
    model, here = card(), store()
    stray = facts.fact(facts.request(tenant), 1)
    written = await pen.write(facts.request(tenant))
    await Projection(model, here, (await bus()).journal).apply(
        [UnreadableError(stray.history.subject + ".more", 1, "envelope: ValueError"), *written]
    )
    assert await stored(here, model) == in_order(written, model)


async def test_a_gap_that_the_journal_cannot_close_yet_is_not_passed_over(
    bus: OpenBus, store: OpenStore, tenant: str
) -> None:
    """The replica of the journal that answers may be a moment behind: the batch comes again, nothing is lost."""
    model, here = card(), store()
    ahead = facts.fact(facts.request(tenant), 2, revision=10**9)
    with pytest.raises(UnavailableError):
        await Projection(model, here, (await bus()).journal).apply([ahead])
    assert await stored(here, model) == {}


async def test_four_replicas_at_once_make_one_truth(
    bus: OpenBus, store: OpenStore, pen: Pen, intake_pen: Pen, tenant: str
) -> None:
    """Everybody gets everything, in batches and an order of his own, and everybody writes the same documents."""
    model, written = card(), []
    for request_id in [new_id() for _ in range(15)]:
        written += await pen.write_many(facts.request(tenant, request_id), 8)
        written += await intake_pen.write_many(facts.submission(tenant, request_id), 3)
    journal = (await bus()).journal

    async def replica(number: int) -> None:
        dice = random.Random(number)
        mine = dice.sample(written, len(written))
        projection = Projection(model, store(), journal)
        while mine:
            batch, mine = mine[:17], mine[17:]
            for _ in range(100):
                with suppress(TimeoutError):  # contended: given back, it comes again
                    await projection.apply(batch)
                    break

    await asyncio.gather(*(replica(number) for number in range(4)))
    assert await stored(store(), model) == in_order(written, model)


_ORDERS = st.lists(st.lists(st.integers(0, 29), min_size=1, max_size=12), max_size=6)


@given(orders=_ORDERS, seed=st.integers(0, 2**16))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
async def test_any_order_any_repeats_any_batches(
    orders: list[list[int]], seed: int, bus: OpenBus, store: OpenStore, tenant: str
) -> None:
    """Whatever came before, once everything has come in any order the documents are those of one reader in order."""
    written, model = await _thirty_events(bus, tenant), card()
    dice = random.Random(seed)
    projection = Projection(model, store(), (await bus()).journal)
    for batch in orders:
        await projection.apply([written[place] for place in batch])
    rest = dice.sample(written, len(written))
    while rest:
        size = dice.randint(1, 12)
        await projection.apply(rest[:size])
        rest = rest[size:]
    assert await stored(store(), model) == in_order(written, model)


_WRITTEN: dict[str, list[Read]] = {}


async def _thirty_events(bus: OpenBus, tenant: str) -> list[Read]:
    """Two requests of two histories each; one history has an event of a type that nobody here knows."""
    if tenant not in _WRITTEN:
        pen, intake_pen, told = Pen(await bus()), Pen(await bus("intake")), list[Read]()
        for request_id in (new_id(), new_id()):
            told += await pen.write_many(facts.request(tenant, request_id), 8)
            told += await intake_pen.write_many(facts.submission(tenant, request_id), 6)
            told += [await pen.write_unknown(facts.request(tenant, request_id))]
        _WRITTEN[tenant] = told
    return _WRITTEN[tenant]


async def test_a_document_of_now_is_ahead_of_the_projection(
    bus: OpenBus, store: OpenStore, pen: Pen, tenant: str
) -> None:
    """Whoever cannot wait reads the rest from the journal, and writes nothing."""
    model, here, history = card(), store(), facts.request(tenant)
    journal = (await bus()).journal
    written = await pen.write_many(history, 4)
    await Projection(model, here, journal).apply(written[:2])
    now = await document_now(model, here, journal, tenant, [history])
    assert now == in_order(written, model)[f"{tenant}:{history.id}"]
    assert (await stored(here, model)) == in_order(written[:2], model)
    nothing = await document_now(model, here, journal, tenant, [facts.request(tenant)])
    assert (nothing["n"], nothing["body"]) == (0, {})


async def test_the_last_word_of_a_view_is_the_present_state(
    bus: OpenBus, store: OpenStore, pen: Pen, tenant: str
) -> None:
    """A replica that falls asleep between writing and publishing does not leave an old state on the screens."""
    model, history = replace(card(), view="card"), facts.request(tenant)
    first, second = await pen.write_many(history, 2)
    journal, shown = (await bus()).journal, list[int]()
    asleep = asyncio.Event()

    async def publish_late(_model: Model, document: Document) -> None:
        if not shown:
            await asleep.wait()
        shown.append(document["r"])

    async def publish(_model: Model, document: Document) -> None:
        shown.append(document["r"])

    slow = asyncio.create_task(Projection(model, store(), journal, publish_late).apply([first]))
    documents = store().documents(model.name)

    async def written() -> bool:
        return await documents.count_documents({}) > 0

    await until(written)
    await Projection(model, store(), journal, publish).apply([second])
    asleep.set()
    await slow
    assert shown[-1] == second.revision

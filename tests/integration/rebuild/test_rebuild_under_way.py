"""A rebuild while people work: readers never see a hole, and nobody writes where nobody reads."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from shared.documents import Document, Model
from shared.envelope import Fact
from tests.conftest import OpenBus
from tests.fixtures import facts
from tests.fixtures.pen import Pen
from tests.fixtures.rebuilding import OpenReplica, Operator, some_history
from tests.fixtures.waiting import until


async def test_readers_never_see_a_hole(
    bus: OpenBus, operator: Operator, replica: OpenReplica, model: Model, tenant: str
) -> None:
    """Three replicas share the live events; one of them is slow to follow. At every moment each of them shows every
    document that it ever showed, never an older one; and afterwards everything is equal to the journal.
    """
    told = await some_history(bus, tenant, 30)
    replicas = [await replica() for _ in range(3)]
    await replicas[0].projection.apply(told)
    for here in replicas:
        await here.beat()
    working, seen, beats = True, [dict[str, int]() for _ in replicas], [0.02, 0.02, 1.0]

    async def live(number: int) -> None:
        pen, histories = Pen(await bus()), list[Any]()
        while working:
            await asyncio.sleep(0.01)
            histories.append(facts.request(tenant))
            for history in histories[-3:]:
                for fact in await pen.write(history):
                    told.append(fact)
                    await replicas[number].projection.apply([fact])

    async def follow(number: int) -> None:
        while working:
            await replicas[number].beat()
            await asyncio.sleep(beats[number])

    async def look(number: int) -> None:
        while working:
            present = {key: doc["r"] for key, doc in (await replicas[number].documents()).items()}
            for key, revision in seen[number].items():
                assert present.get(key, 0) >= revision, "a hole"
            seen[number] = present
            await asyncio.sleep(0.005)

    jobs = [asyncio.create_task(job(n)) for n in range(3) for job in (live, follow, look)]
    reports = [await operator.rebuild(model, linger=1.0) for _ in range(2)]
    working = False
    await asyncio.gather(*jobs)

    assert [report.generation for report in reports] == [2, 3]
    assert await operator.verify(model) == []
    for here in replicas:
        await here.beat()
        assert await here.store.generations_of(model.name) == [3]
    documents = await replicas[0].documents()
    assert {doc["_id"]: doc["heads"] for doc in documents.values()} == _heads(told)


def _heads(told: list[Fact]) -> dict[str, dict[str, dict[str, int]]]:
    heads: dict[str, dict[str, dict[str, int]]] = {}
    for fact in sorted(told, key=lambda one: one.revision):
        mine = heads.setdefault(f"{fact.history.tenant}:{fact.history.id}", {})
        mine[fact.history.aggregate] = {"v": fact.version, "r": fact.revision}
    return heads


async def test_the_pointer_waits_until_everybody_writes_both_and_the_old_one_goes_when_nobody_reads_it(
    bus: OpenBus, operator: Operator, replica: OpenReplica, model: Model, tenant: str
) -> None:
    """A slow replica holds things up, and loses nothing."""
    told, quick, slow = await some_history(bus, tenant), await replica(), await replica()
    await quick.projection.apply(told)
    for here in (quick, slow):
        await here.beat()
    job = asyncio.create_task(operator.rebuild(model))

    async def quick_writes_both() -> bool:
        await quick.beat()
        return await quick.store.written(model.name) == [2, 1]

    await until(quick_writes_both)
    pen = Pen(await bus())
    by_slow, by_quick = await pen.write(facts.request(tenant)), await pen.write(facts.request(tenant))
    await slow.projection.apply(by_slow)
    await quick.projection.apply(by_quick)
    late = {f"{tenant}:{fact.history.id}" for fact in (*by_slow, *by_quick)}
    assert late <= set(await quick.documents())
    assert not job.done()
    await slow.beat()

    async def quick_reads_the_new_one() -> bool:
        await quick.beat()
        return quick.store.live(model.name) == 2

    await until(quick_reads_the_new_one)
    assert late <= set(await quick.documents())
    assert late <= set(await slow.documents())
    assert await quick.store.generations_of(model.name) == [1, 2]
    assert not job.done()
    await slow.beat()
    await job
    assert await quick.store.generations_of(model.name) == [2]
    assert late <= set(await slow.documents())


async def test_a_replica_that_slept_through_it_writes_where_the_pointer_is(
    bus: OpenBus,
    operator: Operator,
    replica: OpenReplica,
    model: Model,
    tenant: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It believed in the old generation; its lease is over, so it looks before it writes and after."""
    told, sleeper = await some_history(bus, tenant), await replica()
    await sleeper.projection.apply(told)
    await operator.rebuild(model)
    assert sleeper.store.live(model.name) == 1
    monkeypatch.setattr("shared.store.LEASE", 0.0)
    late = await Pen(await bus()).write(facts.request(tenant))
    await sleeper.projection.apply(late)
    assert sleeper.store.live(model.name) == 2
    assert f"{tenant}:{late[0].history.id}" in await sleeper.documents()


async def test_events_that_were_written_while_the_pointer_moved_are_written_again(
    bus: OpenBus, replica: OpenReplica, model: Model, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading the pointer and writing the documents it moved: they must stand where it points now."""
    monkeypatch.setattr("shared.store.LEASE", 0.0)
    here, told = await replica(), await Pen(await bus()).write(facts.request(tenant))
    settle = here.projection._settle

    async def meanwhile(waiting: Any, generation: int) -> None:
        await settle(waiting, generation)
        await here.store.generations.update_one({"_id": model.name}, {"$set": {"live": 2}}, upsert=True)

    monkeypatch.setattr(here.projection, "_settle", meanwhile)
    await here.projection.apply(told)
    assert len(await here.documents()) == 1
    assert here.store.live(model.name) == 2


async def test_views_are_published_again(
    bus: OpenBus, operator: Operator, replica: OpenReplica, model: Model, tenant: str
) -> None:
    """A release that shows something else than before: whoever follows the view gets it."""
    told, shown = await some_history(bus, tenant), set[str]()

    async def publish(_model: Model, document: Document) -> None:
        shown.add(document["_id"])

    await operator.rebuild(replace(model, view="rebuilt"), publish=publish)
    assert len(shown) == 10
    assert shown == {f"{tenant}:{fact.history.id}" for fact in told}

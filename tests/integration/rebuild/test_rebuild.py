"""Rebuild by generation: the same documents come back."""

from dataclasses import replace

import pytest

from shared.documents import Model
from shared.envelope import Fact, History, UnreadableError
from shared.projection import Projection
from tests.conftest import MakeSettings, OpenBus
from tests.fixtures import facts
from tests.fixtures.pen import Pen
from tests.fixtures.rebuilding import OpenReplica, Operator, some_history


def gather(history: History) -> str:
    """Many ids in one document."""
    return "even" if int(history.id[-1], 16) % 2 == 0 else "odd"


async def test_the_same_documents_come_back_and_the_old_ones_go(
    bus: OpenBus, operator: Operator, replica: OpenReplica, model: Model, tenant: str
) -> None:
    told, here = await some_history(bus, tenant), await replica()
    await here.projection.apply(told)
    before = await here.documents()
    report = await operator.rebuild(model)
    assert (report.events, report.documents, report.generation, report.held) == (len(told), 10, 2, 0)
    await here.beat()
    assert here.store.live(model.name) == 2
    assert await here.documents() == before
    assert await here.store.generations_of(model.name) == [2]
    indexes = await here.store.documents(model.name).index_information()
    assert len(indexes) == 3


async def test_lost_and_damaged_documents_are_made_anew(
    bus: OpenBus, operator: Operator, replica: OpenReplica, model: Model, tenant: str
) -> None:
    """MongoDB is restored from nothing, or from something wrong."""
    told, here = await some_history(bus, tenant), await replica()
    await here.projection.apply(told)
    before = await here.documents()
    some, other, *_ = before
    documents = here.store.documents(model.name)
    await documents.delete_one({"_id": some})
    await documents.update_one({"_id": other}, {"$set": {"body.request": ["nonsense"]}})
    await documents.insert_one({"_id": f"{tenant}:nobody", "n": 1, "heads": {}, "body": {}, "r": 1})
    found = await operator.verify(model)
    assert {difference.id for difference in found} == {some, other, f"{tenant}:nobody"}
    assert {difference.id for difference in found if difference.live is None} == {some}
    assert {difference.id for difference in found if difference.journal is None} == {f"{tenant}:nobody"}

    await operator.rebuild(model)
    await here.beat()
    assert await here.documents() == before
    assert await operator.verify(model) == []
    assert await here.store.generations_of(model.name) == [3], "each look had a number of its own"


async def test_a_release_that_folds_otherwise_gets_its_documents(
    bus: OpenBus, operator: Operator, replica: OpenReplica, model: Model, tenant: str
) -> None:
    """What a read model is for changes; the journal does not."""
    told, here = await some_history(bus, tenant), await replica()
    await here.projection.apply(told)
    newer = replace(model, fold=lambda body, _fact: {"events": body.get("events", 0) + 1})
    assert len(await operator.verify(newer)) == 10
    await operator.rebuild(newer)
    await here.beat()
    assert {doc["body"]["events"] for doc in (await here.documents()).values()} == {4}


async def test_memory_is_bounded_and_documents_that_come_back_are_whole(
    bus: OpenBus,
    operator: Operator,
    replica: OpenReplica,
    model: Model,
    tenant: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Room for seven documents, and events of forty that come round and round."""
    monkeypatch.setattr("shared.filling._MOST", 7)
    monkeypatch.setattr("shared.filling._AT_ONCE", 3)
    monkeypatch.setattr("shared.reading._BATCH", 25)
    told, here = await some_history(bus, tenant, 40), await replica()
    await operator.rebuild(model)
    await here.beat()
    rebuilt = await here.documents()
    await here.store.documents(model.name).delete_many({})
    await here.projection.apply(told)
    assert rebuilt == await here.documents()


@pytest.mark.parametrize("gathers", [False, True])
async def test_a_long_journal_is_folded_by_every_processor(
    bus: OpenBus,
    operator: Operator,
    replica: OpenReplica,
    model: Model,
    settings: MakeSettings,
    tenant: str,
    monkeypatch: pytest.MonkeyPatch,
    gathers: bool,
) -> None:
    """Each process has its partitions. A model that gathers several ids into one document is folded by one alone."""
    monkeypatch.setattr("shared.crew._WORTH_IT", 10)
    monkeypatch.setattr("shared.crew._PROCESSES", 3)
    chosen = replace(model, key=gather) if gathers else model
    told = await some_history(bus, tenant, 40)
    report = await operator.rebuild(chosen, settings=settings("admin"))
    assert report.events == len(told)
    here = await replica()
    await here.beat()
    rebuilt = await here.documents()
    assert len(rebuilt) == (2 if gathers else 40)
    await here.store.documents(model.name).delete_many({})
    await Projection(chosen, here.store, (await bus()).journal).apply(told)
    assert await here.documents() == rebuilt


async def test_unreadable_events_are_held_as_they_are_by_the_projection(
    bus: OpenBus, operator: Operator, replica: OpenReplica, model: Model, tenant: str
) -> None:
    pen, history, here = Pen(await bus()), facts.request(tenant), await replica()
    told: list[Fact | UnreadableError] = [*await pen.write_many(history, 2)]
    told += [await pen.write_unreadable(history), *await pen.write_many(history, 3)]
    told += await pen.write_many(facts.request(tenant), 2)
    stray = history.subject + ".more"
    await (await bus()).publish(stray, b"{}", {"ce-type": "RequestAccepted"})
    await here.projection.apply(told)
    before = await here.documents()
    report = await operator.rebuild(model)
    assert (report.documents, report.held) == (2, 1)
    await here.beat()
    assert await here.documents() == before


async def test_an_empty_journal_makes_an_empty_generation(
    operator: Operator, replica: OpenReplica, model: Model
) -> None:
    report = await operator.rebuild(model)
    assert (report.events, report.documents) == (0, 0)
    assert await operator.verify(model) == []
    here = await replica()
    await here.beat()
    assert here.store.live(model.name) == 2

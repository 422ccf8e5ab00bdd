"""Rebuild by generation: the same documents come back, and readers never see a hole."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from shared.bus import Bus
from shared.clock import now
from shared.documents import Document, Model
from shared.envelope import Fact, History, UnreadableError
from shared.generations import ABANDONED, BuiltElsewhereError, building
from shared.ids import new_id
from shared.journal import Journal
from shared.projection import Projection
from shared.reading import Reading
from shared.rebuild import Report, rebuild, verify
from shared.store import Store
from shared.wire import Raw, take
from tests.conftest import MakeSettings, OpenBus, OpenStore
from tests.fixtures import facts
from tests.fixtures.facts import CARD
from tests.fixtures.pen import Pen
from tests.fixtures.servers import Nats
from tests.fixtures.waiting import until

_NAMES = count()


class Operator:
    """What `lastmile rebuild` has in hand."""

    def __init__(self, bus: Bus, store: Store, tenant: str) -> None:
        self.bus, self.store = bus, store
        self._what: dict[str, Any] = {
            "store": store,
            "journal": bus.journal,
            "client": bus.client,
            "filters": [f"journal.{tenant}.>"],
        }

    async def rebuild(self, model: Model, **more: Any) -> Report:
        return await rebuild(model, **(self._what | {"linger": 0.0} | more))

    async def verify(self, model: Model) -> list[Any]:
        return await verify(model, **self._what)


class Replica:
    """A service's replica: it says which generation it follows, and applies what it is given."""

    def __init__(self, store: Store, journal: Journal, model: Model) -> None:
        self.store, self.model, self.name = store, model, new_id()
        self.projection = Projection(model, store, journal)

    async def beat(self) -> None:
        await self.store.follow_generations([self.model.name], replica=self.name, at=now())

    async def documents(self) -> dict[str, Document]:
        return {doc["_id"]: doc async for doc in self.store.documents(self.model.name).find({})}


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.rebuild._BETWEEN_LOOKS", 0.05)


@pytest.fixture
async def operator(bus: OpenBus, store: OpenStore, tenant: str) -> Operator:
    return Operator(await bus("admin"), store(), tenant)


@pytest.fixture
def model() -> Model:
    return replace(
        CARD, name=f"rebuilt{next(_NAMES)}", remembers=False, indexes=[["tenant", "-body.last"], ["r"]]
    )


def gather(history: History) -> str:
    """Many ids in one document."""
    return "even" if int(history.id[-1], 16) % 2 == 0 else "odd"


OpenReplica = Callable[[], Awaitable[Replica]]


@pytest.fixture
def replica(bus: OpenBus, store: OpenStore, model: Model) -> OpenReplica:
    async def open_replica() -> Replica:
        return Replica(store(), (await bus()).journal, model)

    return open_replica


async def some_history(bus: OpenBus, tenant: str, requests: int = 10) -> list[Fact]:
    """Requests whose events lie far apart in the journal."""
    pen, intake_pen, told = Pen(await bus()), Pen(await bus("intake")), list[Fact]()
    ids = [new_id() for _ in range(requests)]
    for request_id in ids:
        told += await intake_pen.write(facts.submission(tenant, request_id))
    for _ in range(3):
        for request_id in ids:
            told += await pen.write(facts.request(tenant, request_id))
    told.append(await pen.write_unknown(facts.request(tenant, ids[0])))
    return told


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


# while people work ─────────────────────────────────────────────────────────────────────────────────────────────────


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


# when something goes wrong ─────────────────────────────────────────────────────────────────────────────────────────


async def test_two_builders_do_not_get_in_each_others_way(operator: Operator, model: Model) -> None:
    async with building(operator.store, model.name):
        with pytest.raises(BuiltElsewhereError):
            await operator.rebuild(model)
        with pytest.raises(BuiltElsewhereError):
            await operator.verify(model)
    await operator.rebuild(model)


async def test_a_rebuild_that_died_leaves_the_live_one_and_the_next_begins_anew(
    bus: OpenBus, operator: Operator, replica: OpenReplica, model: Model, tenant: str
) -> None:
    """SIGKILL in the middle: its half-built generation is nobody's, and goes."""
    told, here = await some_history(bus, tenant), await replica()
    await here.projection.apply(told)
    before = await here.documents()
    await operator.store.documents(model.name, 2).insert_one({"_id": "half-built"})
    await operator.store.generations.update_one(
        {"_id": model.name},
        {
            "$set": {
                "live": 1,
                "last": 2,
                "building": {"generation": 2, "by": "the-dead", "at": now() - 2 * ABANDONED},
            }
        },
        upsert=True,
    )
    await here.beat()
    assert await here.documents() == before
    follow = asyncio.create_task(_keep_following(here))
    report = await operator.rebuild(model)
    follow.cancel()
    assert report.generation == 3
    await here.beat()
    assert await here.documents() == before
    assert await here.store.generations_of(model.name) == [3]


async def _keep_following(here: Replica) -> None:
    while True:
        await here.beat()
        await asyncio.sleep(0.05)


async def test_a_builder_who_was_taken_for_dead_does_not_move_the_pointer(
    operator: Operator, model: Model
) -> None:
    async with building(operator.store, model.name) as sleeper:
        await operator.store.generations.update_one(
            {"_id": model.name}, {"$set": {"building.at": now() - 2 * ABANDONED}}
        )
        await operator.rebuild(model)
        with pytest.raises(BuiltElsewhereError):
            await sleeper.move()


async def test_a_rebuild_that_fails_leaves_nothing_behind(
    bus: OpenBus,
    operator: Operator,
    replica: OpenReplica,
    model: Model,
    tenant: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And the next one may begin at once."""
    told, here = await some_history(bus, tenant), await replica()
    await here.projection.apply(told)

    async def no_room(*_: object, **__: object) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(Store, "make_indexes", no_room)
        with pytest.raises(OSError):
            await operator.rebuild(model)
    assert await here.store.generations_of(model.name) == [1]
    await operator.rebuild(model)


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

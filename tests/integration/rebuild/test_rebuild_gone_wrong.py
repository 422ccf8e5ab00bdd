"""A rebuild that dies, fails or is not alone: the live documents stay, and the next one begins anew."""

import asyncio

import pytest

from shared.clock import now
from shared.documents import Model
from shared.generations import ABANDONED, BuiltElsewhereError, building
from shared.store import Store
from tests.conftest import OpenBus
from tests.fixtures.rebuilding import OpenReplica, Operator, Replica, some_history


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

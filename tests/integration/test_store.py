"""Compare-and-swap: the one way in which documents are written."""

import asyncio
from datetime import UTC, datetime

from shared.store import compare_and_swap
from tests.conftest import OpenStore


async def test_of_twenty_writers_who_read_the_same_document_one_wins(store: OpenStore) -> None:
    """Everybody else is told that he lost, reads again and tries again: no change is overwritten."""
    documents = store().documents("cards")
    await compare_and_swap(documents, [(0, {"_id": "a", "n": 1, "by": "nobody"})])

    async def write(who: int) -> set[str]:
        return await compare_and_swap(documents, [(1, {"_id": "a", "n": 2, "by": who})])

    lost = await asyncio.gather(*(write(who) for who in range(20)))
    assert sorted(map(len, lost)) == [0] + [1] * 19
    winner = next(who for who in range(20) if not lost[who])
    assert await documents.find_one({"_id": "a"}) == {"_id": "a", "n": 2, "by": winner}


async def test_of_twenty_writers_of_a_new_document_one_wins(store: OpenStore) -> None:
    documents = store().documents("cards")

    async def write(who: int) -> set[str]:
        return await compare_and_swap(documents, [(0, {"_id": "a", "n": 1, "by": who})])

    lost = await asyncio.gather(*(write(who) for who in range(20)))
    assert sorted(map(len, lost)) == [0] + [1] * 19


async def test_a_lost_write_does_not_hold_up_its_neighbours(store: OpenStore) -> None:
    """One batch, three documents: one new, one changed meanwhile, one as it was read."""
    documents = store().documents("cards")
    await documents.insert_many([{"_id": "changed", "n": 7}, {"_id": "same", "n": 3}])
    lost = await compare_and_swap(
        documents,
        [
            (0, {"_id": "new", "n": 1}),
            (6, {"_id": "changed", "n": 7, "by": "me"}),
            (3, {"_id": "same", "n": 4}),
        ],
    )
    now = {row["_id"]: row["n"] async for row in documents.find({})}
    assert now == {"new": 1, "changed": 7, "same": 4}
    assert lost == {"changed"}


async def test_a_document_that_vanished_is_lost_and_not_revived(store: OpenStore) -> None:
    documents = store().documents("cards")
    assert await compare_and_swap(documents, [(5, {"_id": "gone", "n": 6})]) == {"gone"}
    assert await documents.count_documents({}) == 0


async def test_forty_increments_by_contending_writers_are_forty(store: OpenStore) -> None:
    documents = store().documents("cards")

    async def increment(who: int) -> None:
        while True:
            row = await documents.find_one({"_id": "a"}) or {"_id": "a", "n": 0}
            if not await compare_and_swap(documents, [(row["n"], row | {"n": row["n"] + 1, "by": who})]):
                return

    await asyncio.gather(*(increment(who) for who in range(40)))
    assert (await documents.find_one({"_id": "a"}) or {})["n"] == 40


async def test_writers_who_wanted_the_very_same_have_both_succeeded(store: OpenStore) -> None:
    """Two replicas that folded the same event: whoever was second finds what he wanted, and goes on."""
    documents = store().documents("cards")
    at = datetime(2026, 3, 1, 8, 30, 0, 123456, tzinfo=UTC)  # MongoDB keeps milliseconds
    wanted = {"_id": "a", "n": 1, "at": at, "seen": ("x", "y")}
    assert await compare_and_swap(documents, [(0, wanted)]) == set()
    assert await compare_and_swap(documents, [(0, wanted)]) == set()
    assert await compare_and_swap(documents, [(1, wanted | {"n": 2})]) == set()
    assert await compare_and_swap(documents, [(1, wanted | {"n": 2})]) == set()

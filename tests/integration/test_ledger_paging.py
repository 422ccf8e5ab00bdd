"""A page of the ledger costs what it shows: an index walks it in its order, and nothing is sorted or passed over."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.console.projection import LEDGER
from services.console.wanted import Order, Wanted, begins, sorting
from shared.store import Store
from tests.conftest import OpenStore

NOW = datetime.now(UTC)
MANY, PAGE = 4000, 20
VALUES: dict[str, list[str]] = {
    "grid": [f"G-{number}" for number in range(40)],
    "worker": [f"w-{number}" for number in range(40)],
    "community": ["c1", "c2", "c3", "c4"],
    "status": ["triage", "assigned", "accepted", "in_progress"],
    "category": [f"k{number}" for number in range(8)],
    "kind": ["issue", "help", "wish", "tip"],
    "severity": ["red", "yellow", "blue"],
    "channel": ["web", "phone", "sms"],
}


def row(number: int, chance: random.Random) -> dict[str, Any]:
    at = NOW - timedelta(days=90 * chance.random())
    body = {name: chance.choice(values) for name, values in VALUES.items()}
    body |= {"at": at, "day": at.date().isoformat(), "rank_at": at + timedelta(days=30 * chance.random())}
    return {"_id": f"demo:{number:06}", "tenant": "demo", "id": f"{number:06}", "r": number, "body": body}


@pytest.fixture
async def full(store: OpenStore) -> Store:
    opened, chance = store(), random.Random(7)
    await opened.make_indexes(LEDGER.name, LEDGER.indexes)
    await opened.documents(LEDGER.name).insert_many([row(number, chance) for number in range(MANY)])
    return opened


async def plan(store: Store, wanted: Wanted, order: Order) -> dict[str, Any]:
    documents = store.documents(LEDGER.name)
    query = wanted.filter("demo", begins(order, None), *wanted.by_day(order))
    question = {"find": documents.name, "filter": query, "sort": dict(sorting(order)), "limit": PAGE}
    return await documents.database.command("explain", question, verbosity="executionStats")


def stages(stage: dict[str, Any]) -> set[str]:
    below = [stage[name] for name in ("inputStage",) if name in stage] + stage.get("inputStages", [])
    return {stage["stage"]}.union(*map(stages, below))


async def test_each_filter_of_the_page_is_served_by_an_index_in_the_order_of_priority(full: Store):
    filters = [Wanted(), *(Wanted(**{name: values[0]}) for name, values in VALUES.items())]
    for wanted in (*filters, Wanted(since=NOW - timedelta(days=7))):
        found = (await plan(full, wanted, "rank"))["executionStats"]
        assert found["nReturned"] == PAGE, wanted
        assert "SORT" not in stages(found["executionStages"]), wanted
        assert found["totalDocsExamined"] <= 3 * PAGE, wanted


async def test_the_newest_first_are_walked_and_never_sorted(full: Store):
    for name, values in VALUES.items():
        found = (await plan(full, Wanted(**{name: values[0]}), "newest"))["executionStats"]
        assert found["nReturned"] == PAGE, name
        assert "SORT" not in stages(found["executionStages"]), name
        assert found["totalDocsExamined"] <= 3 * PAGE * len(values), name


async def test_what_was_said_from_a_day_on_is_all_there_and_nothing_else(full: Store):
    """Days are counted in UTC and cut at the office's midnight: no row of the edges is lost or added, nor one that
    an older release has written.
    """
    since, until = NOW - timedelta(days=5, hours=7), NOW - timedelta(days=2, hours=3)
    documents = full.documents(LEDGER.name)
    older = row(MANY, random.Random(1))
    older["body"] |= {"at": NOW - timedelta(days=4), "day": None}
    await documents.insert_one(older)
    for wanted in (Wanted(since=since), Wanted(since=since, until=until)):
        query = wanted.filter("demo", begins("rank", None), *wanted.by_day("rank"))
        found = [one["id"] async for one in documents.find(query).sort(sorting("rank"))]
        right = documents.find(wanted.filter("demo")).sort(sorting("rank"))
        assert found == [one["id"] async for one in right]
        assert found

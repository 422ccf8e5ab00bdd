"""What cannot be read or folded holds its own history, and no other, until somebody can."""

import time
from dataclasses import replace
from typing import Any

import pytest

from shared.envelope import Fact, read_fact
from shared.ids import new_id
from shared.projection import Projection, count_held
from tests.conftest import OpenBus, OpenStore
from tests.fixtures import facts
from tests.fixtures.cards import card, in_order, stored
from tests.fixtures.pen import Pen


async def test_an_unreadable_event_holds_its_history_while_two_hundred_others_go_on(
    bus: OpenBus, store: OpenStore, pen: Pen, tenant: str
) -> None:
    """300 successors of a damaged event come with 200 healthy histories: these do not wait for anybody."""
    model, here, history = card(), store(), facts.request(tenant)
    before = await pen.write_many(history, 2)
    damaged = await pen.write_unreadable(history)
    after = await pen.write_many(history, 300)
    healthy = [fact for _ in range(200) for fact in await pen.write_many(facts.request(tenant), 2)]
    projection = Projection(model, here, (await bus()).journal)

    await projection.apply(healthy[:200])  # the way is warm now
    started = time.perf_counter()
    await projection.apply(healthy[200:])
    at_full_speed = time.perf_counter() - started
    started = time.perf_counter()
    await projection.apply([damaged, *reversed(after), *before, *healthy])
    together = time.perf_counter() - started

    documents = await stored(here, model)
    held = documents.pop(f"{tenant}:{history.id}")
    assert documents == in_order(healthy, model)
    assert held["heads"]["request"]["v"] == 2
    assert held["held"]["request"]["revision"] == damaged.revision
    assert await count_held("routing", [model], here) == 1
    assert together < 10 * at_full_speed + 0.5, "a read or two more, not three hundred"


async def test_held_histories_of_one_document_are_held_and_released_each_by_itself(
    bus: OpenBus, store: OpenStore, pen: Pen, intake_pen: Pen, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer release can read what the older could not: what waited goes on, up to the last event."""
    model, here, request_id = card(), store(), new_id()
    said, became = facts.submission(tenant, request_id), facts.request(tenant, request_id)
    written = [*await pen.write(became), await pen.write_unreadable(became), *await pen.write_many(became, 3)]
    damaged = await intake_pen.write_unreadable(said)
    projection = Projection(model, here, (await bus()).journal)
    await projection.apply([*written, damaged])
    (document,) = (await stored(here, model)).values()
    assert set(document["held"]) == {"request", "submission"}

    assert await projection.release_held() == 0
    assert (await stored(here, model)) == {document["_id"]: document}

    monkeypatch.setattr("shared.journal.read_fact", _read_by_a_newer_release(became.subject))
    assert await projection.release_held() == 1
    (document,) = (await stored(here, model)).values()
    assert document["heads"] == {"request": {"v": 5, "r": written[-1].revision}}
    assert set(document["held"]) == {"submission"}

    monkeypatch.setattr("shared.journal.read_fact", _read_by_a_newer_release(""))
    assert await projection.release_held() == 1
    (document,) = (await stored(here, model)).values()
    assert "held" not in document
    assert await count_held("routing", [model], here) == 0


def _read_by_a_newer_release(subject: str) -> Any:
    def read(of: str, headers: Any, data: bytes, revision: int) -> Fact:
        mended = b'{"at":"2026-03-01T00:00:00Z","worker":"w1"}' if subject in of else data
        return read_fact(of, headers, mended, revision)

    return read


async def test_the_next_event_of_a_history_that_can_be_read_again_clears_the_mark(
    bus: OpenBus, store: OpenStore, pen: Pen, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, here, history = card(), store(), facts.request(tenant)
    projection = Projection(model, here, (await bus()).journal)
    await projection.apply([await pen.write_unreadable(history)])
    assert await count_held("routing", [model], here) == 1
    monkeypatch.setattr("shared.journal.read_fact", _read_by_a_newer_release(""))
    await projection.apply(await pen.write(history))
    (document,) = (await stored(here, model)).values()
    assert ("held" in document, document["heads"]["request"]["v"]) == (False, 2)


async def test_an_unreadable_event_that_overtakes_its_predecessors_holds_after_them(
    bus: OpenBus, store: OpenStore, pen: Pen, tenant: str
) -> None:
    """The mark must not be lost when the earlier events come at last, from another replica."""
    model, here, history = card(), store(), facts.request(tenant)
    before, damaged = await pen.write_many(history, 2), await pen.write_unreadable(history)
    projection = Projection(model, here, (await bus()).journal)
    await projection.apply([damaged])
    await projection.apply(before)
    (document,) = (await stored(here, model)).values()
    assert document["heads"]["request"]["v"] == 2
    assert document["held"]["request"]["revision"] == damaged.revision


async def test_a_fold_that_fails_holds_one_history_and_not_the_consumer(
    bus: OpenBus, store: OpenStore, pen: Pen, tenant: str
) -> None:
    """A fold cannot fail; when it does, it is a mistake of ours, and other people's requests go on."""
    bad, good = await pen.write_many(facts.request(tenant), 2), await pen.write_many(facts.request(tenant), 2)

    def fold(body: dict[str, Any], fact: Fact) -> dict[str, Any]:
        return {"share": 1 / (0 if fact.history == bad[0].history and fact.version == 2 else 1)}

    model, here = replace(card(), fold=fold), store()
    await Projection(model, here, (await bus()).journal).apply([*bad, *good])
    documents = await stored(here, model)
    assert (
        documents[f"{tenant}:{bad[0].history.id}"]["held"]["request"]["reason"] == "fold: ZeroDivisionError"
    )
    assert documents[f"{tenant}:{good[0].history.id}"]["heads"]["request"]["v"] == 2

"""Who acts on a request that is not his: whoever stands in for a worker who is away, and a head who heard of a miss."""

from typing import Any, cast

import pytest

from services.routing.grid_book import Covered
from services.routing.request.completing import Completing
from services.routing.request.domain import REQUEST
from shared.events.event import Event
from shared.events.request import (
    DeadlineMissed,
    ProgressNoted,
    RequestAccepted,
    RequestEscalated,
    RequestReportedUp,
    RequestResolved,
    RequestTransferred,
)
from tests.fixtures.matter import accept, accepted, assigned, minutes, note, resolve, transfer
from tests.fixtures.story import given

LATE: tuple[Event, ...] = (
    assigned(),
    DeadlineMissed(deadline="accept", due_at=minutes(120), escalate_at=minutes(240), at=minutes(120)),
    RequestEscalated(deadline="accept", level="community", area="c1", head="h1", at=minutes(240)),
)


def test_whoever_stands_in_works_on_it_and_the_worker_stays_responsible():
    """It is on record who did it; when the worker is back, it is his as before."""
    taken = (
        given(assigned())
        .when(accept("worker:w2", stands_in_for="w1"))
        .then(RequestAccepted(worker="w1", stand_in="w2", at=minutes(60)))
    )
    went = taken.when(note("worker:w2", key="k1", stands_in_for="w1"))
    noted = went.then(ProgressNoted(worker="w1", stand_in="w2", note=went.command.note, at=minutes(60)))
    noted.when(resolve("worker:w1")).then(RequestResolved(worker="w1", at=minutes(60)))
    noted.when(resolve("worker:w2", stands_in_for="w1")).then(
        RequestResolved(worker="w1", stand_in="w2", at=minutes(60))
    )


def test_whoever_stands_in_accepts_for_nobody_else():
    given(assigned()).when(accept("worker:w2", stands_in_for="w1", worker="w3")).refused("not_your_request")


def test_nobody_stands_in_for_whoever_is_responsible_no_more():
    """It was given to another while the stand-in was on the way."""
    moved = RequestTransferred(grid="g1", worker="w3", from_worker="w1", at=minutes(50))
    given(assigned(), moved).when(accept("worker:w2", stands_in_for="w1")).refused("not_your_request")


def test_a_head_who_heard_of_a_miss_takes_it():
    taken = given(*LATE).when(accept("worker:h1", at=250)).then(accepted("h1", at=250))
    taken.when(note("worker:w1")).refused("not_your_request")


def test_a_head_who_heard_of_a_miss_gives_it_to_somebody_else():
    story = given(*LATE)
    moved = story.when(transfer("w2", actor="worker:h1", at=250)).then(
        RequestTransferred(grid="g1", worker="w2", from_worker="w1", reason="transferred", at=minutes(250))
    )
    moved.when(accept("worker:h1")).refused("not_your_request")
    story.when(transfer("w2", actor="worker:h2")).refused("not_your_request")


def test_a_head_to_whom_it_was_reported_up_gives_it_to_somebody():
    up = RequestReportedUp(level="community", worker="h1", from_worker="w1", reason="too big", at=minutes(20))
    given(assigned(), accepted(), up).when(transfer("w2", actor="worker:h1")).then(
        RequestTransferred(grid="g1", worker="w2", from_worker="h1", reason="transferred", at=minutes(60))
    )


def test_a_worker_passes_nothing_on_by_himself():
    given(assigned(), accepted()).when(transfer("w2", actor="worker:w1")).refused("not_for_workers")


class Book:
    """w1 is away until noon; w2 is the deputy."""

    async def away(self, worker: str, *, at: Any) -> bool:
        return worker == "w1" and at < minutes(200)

    async def by_hand(self, grid: str, *, at: Any = None) -> Covered:
        return Covered(grid, None, "w2" if await self.away("w1", at=at) else "w1", "p1", "by_hand")

    async def state(self, *_: str) -> Any:
        return REQUEST.evolve(REQUEST.initial, assigned())


@pytest.mark.parametrize(
    ("actor", "at", "instead"),
    [
        ("worker:w2", 60, "w1"),
        ("worker:w2", 300, None),
        ("worker:w3", 60, None),
        ("worker:w1", 60, None),
        ("staff:s1", 60, None),
    ],
)
async def test_who_stands_in_the_grid_book_says_and_nobody_else(actor: str, at: float, instead: str | None):
    """Only while the worker is away, only whoever is on duty then; what a client claims counts for nothing."""
    book = cast("Any", Book())
    completing = Completing(book, book, book, book)
    wish = await completing.completed(accept(actor, at=at, stands_in_for="w9"))
    assert wish.stands_in_for == instead

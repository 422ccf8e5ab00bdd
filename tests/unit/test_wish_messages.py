"""Who hears what of a micro-wish: whoever takes it on, whoever wished it, the worker; each once, and nobody of his own."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.notify.reactions import reactions
from services.notify.telling import Work
from services.notify.wishes import GIVERS
from shared.clock import now
from shared.documents import document_id
from shared.envelope import History
from shared.events.wish import (
    ClaimConfirmed,
    ClaimExtended,
    ClaimReleased,
    WishClaimed,
    WishEnded,
    WishFulfilled,
    WishThanked,
)
from tests.fixtures.facts import fact
from tests.fixtures.matter import box
from tests.fixtures.telling import Desk, telling

MATTER = {"code": "C", "grid": "g1", "worker": "w1", "reachable": True}
KNOWN = {document_id("demo", "r1"): MATTER, document_id("demo", "o1"): {"sealed": box("k").model_dump()}}


class Remembered:
    """What notify remembers."""

    def documents(self, name: str) -> "Remembered":
        assert name in ("matter", GIVERS.name)
        return self

    async def find_one(self, query: dict[str, Any]) -> dict[str, Any] | None:
        body = KNOWN.get(query["_id"])
        return {"body": body} if body else None


def heard(*events: Any, actor: str = "staff:s1") -> list[tuple[str, str]]:
    """Tell each of these twice, and return whom that reached, with which text."""
    kept: Any = Remembered()
    desk: Any = Desk()
    work = Work(desk, kept, timedelta(days=7), kept, telling(desk))
    history = History("demo", "routing", "wish", "r1")

    async def tell() -> None:
        for number, event in enumerate(events, 1):
            told = fact(history, number, event, actor=actor)
            for _ in range(2):
                for react in reactions.registered.get(told.type, []):
                    await react(told, event, work)

    asyncio.run(tell())
    return sorted(
        (command.recipient.partition(":")[0], command.template.rpartition(".")[2])
        for command in desk.asked.values()
    )


AT = now()
BY = {"offer": "o1", "at": AT}
CLAIMED = {"giver": "shop", "until": AT + timedelta(days=1), **BY}
TAKEN = [("giver", "confirmed"), ("reporter", "wish_claimed"), ("worker", "wish_claimed")]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (WishClaimed(confirmed=False, **CLAIMED), [("giver", "received"), ("worker", "wish_waiting")]),
        (WishClaimed(confirmed=True, **CLAIMED), TAKEN),
        (ClaimConfirmed(until=AT, **BY), TAKEN),
        (ClaimExtended(until=AT, **BY), []),
        (
            ClaimReleased(confirmed=True, reason="lapsed", **BY),
            [("giver", "lapsed"), ("reporter", "wish_released"), ("worker", "wish_released")],
        ),
        (
            ClaimReleased(confirmed=False, reason="declined", **BY),
            [("giver", "released"), ("worker", "wish_released")],
        ),
        (WishEnded(offer=None, reason="closed", at=AT), []),
        (WishEnded(offer="o1", reason="closed", at=AT), [("giver", "released")]),
        (WishFulfilled(giver="shop", **BY), [("giver", "fulfilled"), ("worker", "wish_fulfilled")]),
    ],
    ids=lambda each: type(each).__name__,
)
def test_each_hears_what_matters_to_them(event: Any, expected: list[tuple[str, str]]):
    assert heard(event) == expected


def test_an_offer_that_another_replica_has_in_hand_is_waited_for():
    """The fact comes again; or the giver would never hear of it."""
    with pytest.raises(TimeoutError):
        heard(WishFulfilled(giver="shop", **BY | {"offer": "unseen"}))


def test_thanks_come_once_however_often_staff_change_who_may_read_them():
    shown, hidden = WishThanked(words=box("k9"), **BY), WishThanked(**BY)
    assert heard(hidden, shown, hidden) == [("giver", "thanked"), ("worker", "wish_thanked")]


def test_nobody_is_told_what_he_did_and_nobody_of_what_was_imported():
    assert heard(WishFulfilled(giver="shop", **BY), actor="worker:w1") == [("giver", "fulfilled")]
    assert heard(WishClaimed(confirmed=True, **CLAIMED), actor="import:demo") == []
    old = AT - timedelta(days=8)
    assert heard(WishClaimed(confirmed=True, **CLAIMED | {"at": old})) == []

"""Histories by the ten thousand, told straight into the journal."""

import asyncio
import random
from collections.abc import Iterable
from datetime import UTC, datetime

from shared.bus import Bus
from shared.envelope import Fact, History
from shared.events.event import Event, Place, Sealed
from shared.events.request import (
    FeedbackRecorded,
    GridAssigned,
    ProgressNoted,
    RequestAccepted,
    RequestClosed,
    RequestResolved,
)
from shared.events.submission import RequestSubmitted
from shared.ids import named_id, new_id
from shared.observability import new_traceparent

_AT = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
_AT_ONCE = 512
_NOWHERE = Place()
_BOX = Sealed(key="none-0", box=bytes(120))

LIFE: tuple[Event, ...] = (
    GridAssigned(
        at=_AT, grid="WT-01", worker="w-1", plan="a" * 64, rule="position", accept_by=_AT, due_at=_AT
    ),
    RequestAccepted(at=_AT, worker="w-1"),
    ProgressNoted(at=_AT, worker="w-1"),
    RequestResolved(at=_AT, worker="w-1"),
    FeedbackRecorded(at=_AT, solved=True, satisfaction=5),
    RequestClosed(at=_AT, reason="solved"),
)
"""What becomes of a request: six events of one history."""

_NOWHERE = Place()


def said(
    code: str = "ABCDEFGHJKMN0", sealed: Sealed = _BOX, at: datetime = _AT, place: Place = _NOWHERE
) -> Event:
    return RequestSubmitted(at=at, code=code, category="noise", place=place, reachable=True, sealed=sealed)


def fact(history: History, version: int, event: Event) -> Fact:
    return Fact(
        history=history,
        type=type(event).__name__,
        id=new_id(),
        version=version,
        revision=0,
        event=event,
        cause=new_id(),
        actor="service:bench",
        recorded=_AT,
        traceparent=new_traceparent(),
    )


async def tell_lives(bus: Bus, tenant: str, requests: int) -> None:
    """Tell all six events of each, wave by wave, so that hardly any two of a batch are of one history."""
    ids = [named_id("bench", tenant, str(number)) for number in range(requests)]
    heads = dict.fromkeys(ids, 0)
    for version, event in enumerate(LIFE, 1):
        random.Random(version).shuffle(ids)
        stories = [(name, fact(History(tenant, "routing", "request", name), version, event)) for name in ids]
        await _tell(bus, stories, heads)


async def tell_submissions(bus: Bus, tenant: str, requests: int) -> None:
    names = [named_id("bench", tenant, str(number)) for number in range(requests)]
    heads = dict.fromkeys(names, 0)
    event = said()
    await _tell(bus, ((n, fact(History(tenant, "intake", "submission", n), 1, event)) for n in names), heads)


async def _tell(bus: Bus, stories: Iterable[tuple[str, Fact]], heads: dict[str, int]) -> None:
    left = iter(stories)

    async def teller() -> None:
        for name, one in left:
            heads[name] = (await bus.journal.append(one, expected=heads[name])).revision

    await asyncio.gather(*(teller() for _ in range(_AT_ONCE)))

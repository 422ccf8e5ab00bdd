"""Who takes up which delivery when: at once when it is requested, and later whatever is due.

Two lines, and each has its own hands: what concerns one person never waits behind a broadcast. Lines are short and in
memory alone; what finds no room, or dies with us, the sweep finds by its state.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from services.notify.delivery.domain import DELIVERY
from services.notify.delivery.projection import OUTBOX
from shared.clock import now
from shared.commands.command import Command
from shared.commands.delivery import RequestDelivery
from shared.desk import Desk, Done
from shared.journal import UnavailableError
from shared.observability import DELIVERIES_WAITING, log
from shared.store import Store, StoreError

_LINE = 1000
_SWEPT_AT_ONCE = 500
_BULK_HANDS = 0.75
_WAITING = ("requested", "attempted", "deferred", "unknown", "handed_over")

SeeTo = Callable[[str, str], Awaitable[None]]
Delivery = tuple[str, str]
"""Tenant and id."""


class AtOnce(Desk):
    """A desk at which what concerns one person is taken up as soon as it is requested: a broadcast that stands before it in
    the stream is nobody's to wait for.
    """

    dispatch: "Dispatch | None" = None

    async def do(self, command: Command, *, cause: str = "") -> Done:
        done = await super().do(command, cause=cause)
        match command:
            case RequestDelivery(bulk=False, not_before=None) if self.dispatch and done.type is not None:
                self.dispatch.offer(command.tenant, command.delivery, bulk=False)
            case _:
                pass
        return done


class Dispatch:
    """``hands``: how many deliveries of a line may be in hand at once."""

    def __init__(self, store: Store, see_to: SeeTo, hands: int) -> None:
        self._store = store
        self._see_to = see_to
        self._hands = hands
        self._taken: set[Delivery] = set()
        self.single_in_hand = 0
        """How many deliveries that concern one person are being seen to."""
        self._single: asyncio.Queue[Delivery] = asyncio.Queue(_LINE)
        self._bulk: asyncio.Queue[Delivery] = asyncio.Queue(_LINE)

    def offer(self, tenant: str, delivery: str, *, bulk: bool) -> None:
        """Take it up soon, unless it is in hand already or the line is full; then the sweep brings it again."""
        one, line = (tenant, delivery), self._bulk if bulk else self._single
        if one not in self._taken and not line.full():
            self._taken.add(one)
            line.put_nowait(one)

    async def run(self) -> None:
        bulk_hands = max(1, round(self._hands * _BULK_HANDS))
        async with asyncio.TaskGroup() as hands:
            for line, number in ((self._single, self._hands), (self._bulk, bulk_hands)):
                for _ in range(number):
                    hands.create_task(self._work(line))

    async def _work(self, line: asyncio.Queue[Delivery]) -> None:
        while True:
            one = await line.get()
            try:
                self.single_in_hand += line is self._single
                await self._see_to(*one)
            except (UnavailableError, StoreError, TimeoutError) as absent:
                log.warning("delivery_put_off", error=type(absent).__name__)
            except Exception:  # noqa: BLE001 - one that breaks keeps no other waiting; the sweep brings it again
                log.exception("delivery_broke")
            finally:
                self.single_in_hand -= line is self._single
                self._taken.discard(one)

    async def sweep(self) -> None:
        """Offer whatever is due: what was put off, what a gateway must be asked about, what somebody died with."""
        for bulk in (False, True):  # apart: a thousand of a broadcast must not hide one that is due
            asked: dict[str, Any] = {"body.bulk": bulk, "body.check_at": {"$lte": now()}}
            if bulk:
                asked["body.status"] = {
                    "$ne": "requested"
                }  # those the line of broadcasts fetches by the hundred
            due = self._store.documents(DELIVERY.aggregate).find(asked, {"tenant": 1, "id": 1})
            async for row in due.sort("body.check_at", 1).limit(_SWEPT_AT_ONCE):
                self.offer(row["tenant"], row["id"], bulk=bulk)

    async def count(self) -> None:
        """How many wait, and for what: operators watch it."""
        for status in _WAITING:
            number = await self._store.documents(OUTBOX.name).count_documents({"body.status": status})
            DELIVERIES_WAITING.labels(status).set(number)

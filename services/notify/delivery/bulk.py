"""The line of broadcasts: taken up by the hundred, so that one look at the store serves many.

Each is attempted on record before its gateway is called, as every delivery is. What finds no room here waits in its
state, and is fetched as soon as there is room again.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from services.notify.delivery.courtesy import Courtesy
from services.notify.delivery.domain import DELIVERY
from services.notify.delivery.due import Due, Ready
from services.notify.delivery.in_hand import OPTED_OUT
from services.notify.delivery.projection import OUTBOX
from services.notify.delivery.sending import CANCELLED, Sending
from services.notify.notice.choosing import Choosing
from services.notify.notice.reach import Candidate
from services.notify.preference.rules import Way
from shared.clock import now
from shared.documents import Body, Document, head_of
from shared.envelope import Fact, History
from shared.events.delivery import DeliveryRequested
from shared.journal import UnavailableError
from shared.observability import log
from shared.store import StoreError

_LINE = 4000
_AT_ONCE = 250
_LITTLE = 1000
"""So few left in the line: there is time to fetch more."""
_REMEMBERED = 5000
_BREATH = 20
_A_MOMENT = 0.05  # seconds


class Bulk:
    """``hands``: how many may be at their gateways at once."""

    def __init__(
        self,
        sending: Sending,
        choosing: Choosing,
        courtesy: Courtesy,
        *,
        hands: int,
    ) -> None:
        self._store = sending.store
        self._sending = sending
        self._sayings = sending.composing.sayings
        self._choosing = choosing
        self._hands = asyncio.Semaphore(hands)
        self._line: asyncio.Queue[Due] = asyncio.Queue(_LINE)
        self._taken: set[str] = set()
        self._done: dict[str, None] = {}
        """The last ones, in order."""
        self.busy: Callable[[], bool] = bool
        """Whether what was requested still comes by itself."""
        self._courtesy = courtesy

    def offer(self, fact: Fact, event: DeliveryRequested) -> None:
        """Take up what was just requested, where there is room and its time has come."""
        if event.not_before is None or event.not_before <= now():
            state, wanted = DELIVERY.evolve(DELIVERY.initial, event), OUTBOX.fold({}, fact)
            self._take(Due(fact.history, state, fact.version, fact.revision, wanted))

    def _take(self, due: Due) -> None:
        if not self._line.full() and due.history.id not in self._taken:
            self._taken.add(due.history.id)
            self._line.put_nowait(due)

    @property
    def has_room(self) -> bool:
        return self._line.qsize() < _LITTLE

    async def run(self) -> None:
        async with asyncio.TaskGroup() as hands:
            while True:
                batch = [await self._line.get()]
                while len(batch) < _AT_ONCE and not self._line.empty():
                    batch.append(self._line.get_nowait())
                await self._courtesy()
                try:
                    ready = await self._ready(batch)
                except Exception as broken:  # noqa: BLE001 - whatever it was, the line goes on, and these are fetched again
                    absent = isinstance(broken, UnavailableError | StoreError | TimeoutError)
                    say = log.warning if absent else log.exception
                    say("broadcast_put_off", size=len(batch), error=type(broken).__name__)
                    self._taken -= {due.history.id for due in batch}
                    await asyncio.sleep(1)
                    continue
                for place, one in enumerate(ready):
                    if place % _BREATH == 0:
                        await self._courtesy()
                    await self._hands.acquire()
                    hands.create_task(self._send(one))

    async def _ready(self, batch: Sequence[Due]) -> list[Ready]:
        """Whom each goes to and what it says. Who has opted out since the list was frozen, or sleeps now, gets nothing
        now; what was cancelled nobody gets.
        """
        by_notice: dict[tuple[str, str | None], list[Due]] = {}
        for due in batch:
            by_notice.setdefault((due.history.tenant, due.wanted.get("notice")), []).append(due)
        ready: list[Ready] = []
        for (tenant, notice), some in by_notice.items():
            if notice is not None and await self._sayings.cancelled(tenant, {notice}):
                ready += [Ready(due, None, unwanted=CANCELLED) for due in some]
            else:
                ready += await self._addressed(tenant, some)
        return ready

    async def _addressed(self, tenant: str, some: Sequence[Due]) -> list[Ready]:
        wanted = [due.wanted for due in some]
        found = await self._sending.addresses.of_many(
            tenant, [(w["recipient"], w["channel"]) for w in wanted]
        )
        there = [
            Candidate(w["recipient"], {w["channel"]: to} if to else {})
            for w, to in zip(wanted, found, strict=True)
        ]
        ways = await self._choosing.ways(tenant, wanted[0]["topic"], wanted[0].get("level"), now(), there)
        named = [(due.history.id, due.wanted, to) for due, to in zip(some, found, strict=True)]
        out = await self._sending.ways_out.links(tenant, [each for each in named if _channel(ways, each[1])])
        ready: list[Ready] = []
        for due, to in zip(some, found, strict=True):
            said = due.wanted
            way = _channel(ways, said)
            if way is None:
                ready.append(Ready(due, None, unwanted=OPTED_OUT))
            elif way.held == "quiet" and not said.get("held"):
                ready.append(Ready(due, None, not_before=way.not_before))
            elif await self._sending.folding.take_in(tenant, due.history.id, due.state):
                message = (
                    await self._sending.message(tenant, due.history.id, said, to, ways_out=out)
                    if to
                    else None
                )
                ready.append(Ready(due, message))
            else:
                self._taken.discard(due.history.id)  # a newer one speaks for it
        return ready

    async def _send(self, one: Ready) -> None:
        try:
            await self._sending.send(one)
        except (UnavailableError, StoreError, TimeoutError) as absent:
            log.warning("delivery_put_off", error=type(absent).__name__)
        except Exception:  # noqa: BLE001 - one that breaks keeps no other waiting; the sweep brings it again
            log.exception("delivery_broke")
        finally:
            self._hands.release()
            self._taken.discard(one.due.history.id)
            self._done[one.due.history.id] = None
            if len(self._done) > _REMEMBERED:
                del self._done[next(iter(self._done))]

    async def fetch(self) -> None:
        """Fill the line with what waits in its state: what found no room, or whose taker has died."""
        while self.has_room and not self.busy():
            rows = await self._waiting()
            if not rows:
                return
            asked = {"_id": {"$in": list(rows)}}
            async for wanted in self._store.documents(OUTBOX.name).find(asked):
                state = rows[wanted["_id"]]
                history = History(state["tenant"], "notify", "delivery", state["id"], "delivery")
                head = head_of(state, history)
                self._take(Due(history, DELIVERY.state(state["body"]), head["v"], head["r"], wanted["body"]))
            await asyncio.sleep(_A_MOMENT)

    async def _waiting(self) -> dict[str, Document]:
        """Documents may be a moment behind: what we have seen to ourselves is not looked at again."""
        states = self._store.documents(DELIVERY.aggregate)
        asked = {"body.bulk": True, "body.status": "requested", "body.check_at": {"$lte": now()}}
        found = states.find(asked, {"id": 1}).sort("body.check_at", 1).limit(_LITTLE + _REMEMBERED)
        fresh = [
            row["_id"] async for row in found if row["id"] not in self._taken and row["id"] not in self._done
        ]
        return {row["_id"]: row async for row in states.find({"_id": {"$in": fresh[:_LITTLE]}})}


def _channel(ways: Mapping[str, Sequence[Way]], wanted: Body) -> Way | None:
    """How the recipient may be told over the channel of this delivery; None: not any more."""
    return next((way for way in ways[wanted["recipient"]] if way.channel == wanted["channel"]), None)

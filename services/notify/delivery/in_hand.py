"""One delivery in hand: attempt, call a gateway, record the outcome.

What a gateway did not take goes to the next one, or is tried again later, over hours. What it may have taken is asked
about, and never sent again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.notify.delivery import handing_over
from services.notify.delivery.domain import PERSON
from services.notify.delivery.due import Made
from services.notify.delivery.means import Means
from services.notify.delivery.patience import asked_after, pause_after
from services.notify.delivery.state import State
from services.notify.gateways.gateway import (
    Absent,
    Accepted,
    Asks,
    Confirmed,
    HandedOver,
    Message,
    News,
    Outcome,
    Rejected,
    RetryLater,
    Unknown,
)
from services.notify.gateways.lanes import Lane
from services.notify.preference.rules import Language, Way
from shared.clock import now
from shared.commands.delivery import AttemptDelivery, HandOverDelivery, RecordOutcome
from shared.desk import Done
from shared.documents import Body
from shared.ids import new_id
from shared.journal import UnavailableError
from shared.observability import DELIVERIES, DELIVERIES_KEPT_BACK
from shared.store import StoreError

_PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0, 4.0)  # seconds; a server that was killed is back by then
OPTED_OUT = "opted_out"
_NOBODY = "none"
"""In place of a gateway's name when none was called."""

Do = Callable[..., Awaitable[Done]]


@dataclass(frozen=True)
class InHand:
    """One delivery in hand. ``do`` decides and appends."""

    means: Means
    tenant: str
    delivery: str
    wanted: Body
    state: State
    do: Do

    async def send(self) -> None:
        """What was wanted when it was requested may not be wanted any more, or not at this hour."""
        way = await self._way()
        if way is None:
            await self.record(Rejected(OPTED_OUT), None)
        elif way.not_before is not None:
            await self.put_off(way.not_before)
        elif await self.means.folding.take_in(self.tenant, self.delivery, self.state):
            await self.send_this(await self._message(way.language))

    async def _way(self) -> Way | None:
        """Return how the recipient wants it now; None: no more, or not over this channel."""
        wanted, telling = self.wanted, self.means.telling
        holder = wanted.get("holder")
        if holder is None:  # requested before anybody had preferences
            holder, _ = await telling.reach(self.tenant, wanted["recipient"], wanted["channel"])
        found = await telling.preferences.ways(
            self.tenant,
            holder or wanted["recipient"],
            wanted["template"],
            level=wanted.get("level"),
            duty=wanted.get("duty", False),
            prompt=True,  # a digest's hour has come
        )
        return next((way for way in found if way.channel == wanted["channel"]), None)

    async def send_this(self, made: Made | None) -> None:
        if made is None:
            await self.record(Rejected("no_address"), None)
            return
        message, version = made
        if self.wanted["recipient"].startswith("group:") and self._by_a_person(message):
            group = await self.means.addresses.groups.named(self.tenant, self.wanted["recipient"])
            await self._hand_over(handing_over.card(self._named(), group))
            return
        tried: set[str] = set()
        while lane := self.means.lanes.choose(message.channel, message.to, without=tried):
            tried.add(lane.name)
            async with lane.turn(bulk=self.wanted["bulk"]):
                attempt = AttemptDelivery(**self._named(), gateway=lane.name, template_version=version)
                if (await self._insist(attempt)).type is None:
                    return  # another replica has it
                outcome = await lane.send(message)
                elsewhere = self.means.lanes.choose(message.channel, message.to, without=tried) is not None
                await self.record(
                    outcome, lane, attempts=self.state.attempts + len(tried), elsewhere=elsewhere
                )
            if not isinstance(outcome, RetryLater):
                return
        if not tried:
            await self.record(Rejected("no_gateway"), None)

    async def put_off(self, until: datetime) -> None:
        """It was held up on its way, and quiet hours have begun."""
        DELIVERIES_KEPT_BACK.labels("quiet").inc()
        command = RecordOutcome(
            **self._named(), gateway=_NOBODY, outcome="deferred", detail="quiet", again_at=until
        )
        await self._insist(command)

    async def ask(self) -> None:
        """Ask the gateway what became of it. What nobody can tell stays unknown."""
        lane = self.means.lanes.named(self.wanted["gateway"])
        await self.record(await self._became(lane) or Unknown(self.wanted.get("reason") or ""), lane)

    def _by_a_person(self, message: Message) -> bool:
        """No API reaches this group: somebody has to carry the message into it."""
        return message.to == PERSON or self.means.lanes.reaching(message.channel, message.to) is None

    async def ask_who_relays(self) -> None:
        """A card that nobody relayed in time has failed. A gateway that waits for a group's owner is asked; while nobody can
        tell, it waits on, for a day at most.
        """
        gateway: str = self.wanted["gateway"]
        lane = self.means.lanes.named(gateway)
        if lane is None or not isinstance(lane.gateway, Asks):
            await self._insist(handing_over.lapsed(self._named(), gateway))
            DELIVERIES.labels(self.wanted["channel"], gateway, "failed").inc()
            return
        news = await self._became(lane)
        if news is None or isinstance(news, Accepted | Unknown):
            news = HandedOver(self._reference)
        await self.record(news, lane)

    async def _became(self, lane: Lane | None) -> News | None:
        """Return what its gateway says of it; None: there is nobody to ask."""
        made = await self._message()
        if lane is None or made is None or not isinstance(lane.gateway, Asks):
            return None
        message = replace(made[0], reference=self._reference)
        return await lane.gateway.became_of(message, self.wanted["attempts"][-1]["at"])

    @property
    def _reference(self) -> str:
        return self.wanted.get("reference") or ""

    async def _hand_over(self, command: HandOverDelivery) -> None:
        await self._insist(command)
        DELIVERIES.labels(self.wanted["channel"], command.gateway, "handed_over").inc()

    async def record(
        self, outcome: Outcome | News, lane: Lane | None, *, attempts: int = 1, elsewhere: bool = False
    ) -> None:
        """``elsewhere``: another gateway is tried at once."""
        name = lane.name if lane else _NOBODY
        detail, again_at, parts = "", None, 1
        match outcome:
            case HandedOver(reference=reference):
                command = handing_over.waits(self._named(), name, reference, self.state.handed_at)
                await self._hand_over(command)
                return
            case Accepted(reference=detail, parts=parts):
                word = "accepted"
            case Confirmed():
                word = "confirmed"
            case Rejected(why=detail):
                word = "failed"
                if detail == OPTED_OUT:
                    DELIVERIES_KEPT_BACK.labels(OPTED_OUT).inc()
            case RetryLater(why=detail, after=after):
                word = "deferred"
                again_at = now() if elsewhere else now() + pause_after(attempts, after)
            case Absent():
                word, detail, again_at = "absent", "never came", now()
            case Unknown(why=detail):
                word, again_at = "unknown", self._ask_at(lane)
        command = RecordOutcome(
            **self._named(), gateway=name, outcome=word, detail=detail, parts=parts, again_at=again_at
        )
        await self._insist(command)
        DELIVERIES.labels(self.wanted["channel"], name, word).inc()

    def _ask_at(self, lane: Lane | None) -> datetime | None:
        after = asked_after(self.state.asked)
        can_ask = lane is not None and isinstance(lane.gateway, Asks)
        return now() + after if can_ask and after else None

    async def _message(self, language: Language | None = None) -> Made | None:
        """Return what to send to whom; None when nobody knows how that one is reached."""
        wanted = self.wanted
        to = await self.means.addresses.of(self.tenant, wanted["recipient"], wanted["channel"])
        if to is None:
            return None
        return await self.means.message(self.tenant, self.delivery, wanted, to, language)

    async def _insist(self, command: AttemptDelivery | HandOverDelivery | RecordOutcome) -> Done:
        """Do it when journal and store are back, if they were away for a moment. Only whoever is at it knows whether
        the gateway was called and what it said; whoever comes later can but write "unknown".
        """
        for pause in _PAUSES:
            with suppress(UnavailableError, StoreError):
                return await self.do(command, cause=self.delivery)
            await asyncio.sleep(pause)
        return await self.do(command, cause=self.delivery)

    def _named(self) -> dict[str, Any]:
        return {
            "id": new_id(),
            "tenant": self.tenant,
            "actor": "service:notify",
            "at": now(),
            "delivery": self.delivery,
        }

"""Sending what was requested: attempt, call a gateway, record the outcome. Never twice.

What a gateway did not take goes to the next one, or is tried again later, over hours. What it may have taken is asked
about, and never sent again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

from services.notify.addresses import Addresses
from services.notify.delivery import handing_over
from services.notify.delivery.composing import Composing
from services.notify.delivery.domain import PERSON
from services.notify.delivery.due import Made, Ready
from services.notify.delivery.folding import Folding
from services.notify.delivery.projection import OUTBOX
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
from services.notify.gateways.lanes import Lane, Lanes
from services.notify.preference.rules import Language, Way
from services.notify.telling import Telling
from shared.clock import now
from shared.commands.delivery import AttemptDelivery, HandOverDelivery, RecordOutcome
from shared.desk import Desk, Done
from shared.documents import Body, document_id
from shared.ids import new_id
from shared.journal import UnavailableError
from shared.messages import LANGUAGES
from shared.observability import DELIVERIES, DELIVERIES_KEPT_BACK
from shared.store import Store, StoreError

_PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0, 4.0)  # seconds; a server that was killed is back by then
_FIRST_PAUSE, _LONGEST_PAUSE, _GROWS = timedelta(seconds=30), timedelta(hours=4), 4
_ASKED_AFTER = (
    timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24),
)  # fmt: skip
"""Then nobody asks any more, and it is shown as unknown."""
OPTED_OUT = "opted_out"
CANCELLED = "notice_cancelled"
_NOBODY = "none"
"""In place of a gateway's name when none was called."""
_CHANCE = SystemRandom()


def pause_after(attempts: int, asked: timedelta | None = None) -> timedelta:
    """How long to wait after so many attempts: longer each time, never all at once, and as long as we were told."""
    pause = min(_FIRST_PAUSE * _GROWS ** min(max(attempts - 1, 0), 8), _LONGEST_PAUSE)
    return max(pause, asked or timedelta()) * _CHANCE.uniform(1, 1.5)


@dataclass(frozen=True)
class Sending:
    store: Store
    desk: Desk
    lanes: Lanes
    addresses: Addresses
    telling: Telling
    folding: Folding
    composing: Composing

    async def see_to(self, tenant: str, delivery: str) -> None:
        """Do whatever is due with one delivery. Raises what the journal and the store raise; repeating is safe."""
        wanted = await self._wanted(tenant, delivery)
        state = await self.desk.state("delivery", tenant, delivery)
        one = _One(self, tenant, delivery, wanted, state, self.desk.do)
        overdue = state.check_at is not None and state.check_at <= now()
        notice = wanted.get("notice")
        match state.status:
            case "requested" | "deferred" if notice and await self.composing.sayings.cancelled(
                tenant, {notice}
            ):
                await one.record(Rejected(CANCELLED), None)
            case "requested" if overdue or state.not_before is None:
                await one.send()
            case "deferred" if overdue:
                await one.send()
            case "attempted" if overdue:  # somebody died in between
                lane = self.lanes.named(wanted["gateway"])
                await one.record(Unknown("interrupted"), lane)
            case "unknown" if overdue:
                await one.ask()
            case "handed_over" if overdue:
                await one.ask_who_relays()
            case _:
                return

    async def _wanted(self, tenant: str, delivery: str) -> Body:
        """Return its document of the outbox; while a broadcast stands before it in the stream, what it will be."""
        row = await self.store.documents(OUTBOX.name).find_one({"_id": document_id(tenant, delivery)})
        if row is not None:
            return row["body"]
        body: Body = {}
        for fact in await self.desk.told("delivery", tenant, delivery):
            body = OUTBOX.fold(body, fact)
        return body

    async def message(
        self, tenant: str, delivery: str, wanted: Body, to: str, language: Language | None = None
    ) -> Made:
        said = await self.composing.compose(
            tenant, delivery, wanted, language or wanted.get("language") or LANGUAGES[0]
        )
        message = Message(
            id=delivery,
            channel=wanted["channel"],
            to=to,
            text=said.text,
            template=said.template,
            values=said.values,
        )
        return message, said.version

    async def send(self, ready: Ready) -> None:
        """Send one whose message is ready, or put down why not. Raises as ``see_to`` does."""
        due = ready.due
        hand = self.desk.in_hand(due.history, due.state, due.version, due.revision)
        one = _One(self, due.history.tenant, due.history.id, due.wanted, due.state, hand.do)
        if ready.unwanted:
            await one.record(Rejected(ready.unwanted), None)
        elif ready.not_before is not None:
            await one.put_off(ready.not_before)
        else:
            await one.send_this(ready.message)


Do = Callable[..., Awaitable[Done]]


@dataclass(frozen=True)
class _One:
    """One delivery in hand. ``do`` decides and appends."""

    sending: Sending
    tenant: str
    delivery: str
    wanted: Body
    state: Any
    do: Do

    async def send(self) -> None:
        """What was wanted when it was requested may not be wanted any more, or not at this hour."""
        way = await self._way()
        if way is None:
            await self.record(Rejected(OPTED_OUT), None)
        elif way.not_before is not None:
            await self.put_off(way.not_before)
        elif await self.sending.folding.take_in(self.tenant, self.delivery, self.state):
            await self.send_this(await self._message(way.language))

    async def _way(self) -> Way | None:
        """Return how the recipient wants it now; None: no more, or not over this channel."""
        wanted, telling = self.wanted, self.sending.telling
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
            group = await self.sending.addresses.groups.named(self.tenant, self.wanted["recipient"])
            await self._hand_over(handing_over.card(self._named(), group))
            return
        tried: set[str] = set()
        while lane := self.sending.lanes.choose(message.channel, message.to, without=tried):
            tried.add(lane.name)
            async with lane.turn(bulk=self.wanted["bulk"]):
                attempt = AttemptDelivery(**self._named(), gateway=lane.name, template_version=version)
                if (await self._insist(attempt)).type is None:
                    return  # another replica has it
                outcome = await lane.send(message)
                elsewhere = self.sending.lanes.choose(message.channel, message.to, without=tried) is not None
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
        lane = self.sending.lanes.named(self.wanted["gateway"])
        news: News = Unknown(self.wanted.get("reason") or "")
        made = await self._message()
        if lane is not None and made is not None and isinstance(lane.gateway, Asks):
            news = await lane.gateway.became_of(self._known_as(made[0]), self.wanted["attempts"][-1]["at"])
        await self.record(news, lane)

    def _by_a_person(self, message: Message) -> bool:
        """No API reaches this group: somebody has to carry the message into it."""
        return message.to == PERSON or self.sending.lanes.reaching(message.channel, message.to) is None

    async def ask_who_relays(self) -> None:
        """A card that nobody relayed in time has failed. A gateway that waits for a group's owner is asked; while nobody can
        tell, it waits on, for a day at most.
        """
        gateway: str = self.wanted["gateway"]
        lane = self.sending.lanes.named(gateway)
        if lane is None or not isinstance(lane.gateway, Asks):
            await self._insist(handing_over.lapsed(self._named(), gateway))
            DELIVERIES.labels(self.wanted["channel"], gateway, "failed").inc()
            return
        news: News = Unknown("")
        if (made := await self._message()) is not None:
            news = await lane.gateway.became_of(self._known_as(made[0]), self.wanted["attempts"][-1]["at"])
        if isinstance(news, Accepted | Unknown):
            news = HandedOver(self.wanted.get("reference") or "")
        await self.record(news, lane)

    def _known_as(self, message: Message) -> Message:
        return replace(message, reference=self.wanted.get("reference") or "")

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
        if lane is None or not isinstance(lane.gateway, Asks) or self.state.asked >= len(_ASKED_AFTER):
            return None
        return now() + _ASKED_AFTER[self.state.asked]

    async def _message(self, language: Language | None = None) -> Made | None:
        """Return what to send to whom; None when nobody knows how that one is reached."""
        wanted = self.wanted
        to = await self.sending.addresses.of(self.tenant, wanted["recipient"], wanted["channel"])
        if to is None:
            return None
        return await self.sending.message(self.tenant, self.delivery, wanted, to, language)

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

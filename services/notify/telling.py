"""Telling somebody something because of a fact: what every reaction of notify works with, and the only way to it.

Before anything is requested, the rule says whether this person wants it, over what, when and in which language. A
delivery's id is named by the fact, whom it is for and the channel, so a repeat is impossible.
"""

from asyncio import Lock
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from weakref import WeakValueDictionary

from services.notify.addresses import Addresses
from services.notify.preference.asking import Preferences
from services.notify.preference.holders import KINDS, Holders
from services.notify.preference.rules import Channel, Way
from services.notify.projection import MATTER
from services.notify.standing_in import StandingIn
from services.notify.topics import sort_of
from shared.clock import now
from shared.commands.delivery import RequestDelivery
from shared.desk import Desk
from shared.documents import Body, Model, document_id
from shared.envelope import Fact
from shared.events.notice import Level
from shared.ids import named_id
from shared.observability import DELIVERIES_KEPT_BACK
from shared.reaction import is_news
from shared.store import Store


@dataclass(frozen=True)
class Telling:
    """What it takes to find out whether and how a person is told."""

    desk: Desk
    store: Store
    addresses: Addresses
    holders: Holders
    preferences: Preferences
    window: timedelta
    """For so long after a message further news of the same matter wait, and become one."""
    turns: WeakValueDictionary[tuple[str, str, str], Lock] = field(default_factory=WeakValueDictionary)

    def turn(self, tenant: str, whom: str, code: str | None) -> AbstractAsyncContextManager[object]:
        """What two histories tell one person of one matter in the same moment is requested one after the other: else each
        would be the first. Of two replicas each may have one.
        """
        return self.turns.setdefault((tenant, whom, code), Lock()) if code else nullcontext()

    async def reach(self, tenant: str, recipient: str, over: Channel) -> tuple[str | None, list[Channel]]:
        """Return whose preferences hold (None: nobody's), and over which channels this one can be reached, the usual
        one first.
        """
        role, _, _ = recipient.partition(":")
        if role in ("group", "department"):
            return None, [over]
        box = await self.addresses.box(tenant, recipient)
        fields = await self.addresses.open(box) if box else {}
        able: list[Channel] = [channel for kind, channel in _OVER.items() if fields.get(kind)]
        usual: list[Channel] = sorted(able or [over], key=lambda channel: channel != over)
        if role in ("worker", "contact"):
            return recipient, usual
        if box is None:
            return None, usual
        kind = next((kind for kind in KINDS if fields.get(kind)), None)
        if kind is None:
            return None, usual
        contact = await self.holders.whose(kind, fields[kind].strip(), key=box.sealed.key)
        return contact.holder, usual

    async def waits(self, tenant: str, whom: str, code: str | None) -> datetime | None:
        """Return until when further news of this matter wait; None: this person has heard nothing of it just now."""
        if code is None or not self.window:
            return None
        told = {
            "tenant": tenant,
            "body.whom": whom,
            "body.told_at": {"$gt": now() - self.window},
            "body.code": code,
        }
        row = await self.store.documents("delivery").find_one(told, sort=[("body.told_at", -1)])
        return None if row is None else row["body"]["told_at"] + self.window


_OVER: dict[str, Channel] = {"phone": "sms", "chat": "chat"}


@dataclass(frozen=True)
class Work:
    desk: Desk
    store: Store
    oldest_news: timedelta
    standing_in: StandingIn
    telling: Telling


async def tell(
    fact: Fact,
    work: Work,
    to: str,
    template: str,
    values: Mapping[str, str],
    *,
    over: Literal["sms", "chat"] = "chat",
    once: str = "",
    level: Level | None = None,
    duty: bool = False,
) -> None:
    """Nobody is told what is old, was imported or is not wanted. ``over``: the usual channel, where the person said nothing
    else. ``once`` names it instead of the fact, where several facts say one thing. ``duty``: a call to duty, which passes
    quiet hours; of some templates, topics.py says so.
    """
    if is_news(fact, work.oldest_news):
        because = Because(fact.history.tenant, fact.id, once or fact.id)
        message = Said(to, template, values, level=level, duty=duty)
        await request(work.telling, because, message, over=over)


@dataclass(frozen=True)
class Because:
    """``named``: what the delivery's id is named by, the fact unless several say one thing."""

    tenant: str
    fact: str
    named: str


@dataclass(frozen=True)
class Said:
    to: str
    template: str
    values: Mapping[str, str]
    level: Level | None = None
    duty: bool = False
    bulk: bool = False
    notice: str | None = None


async def request(
    telling: Telling, because: Because, said: Said, *, over: Channel, only: Channel | None = None
) -> None:
    """Ask the rule, and request what it allows. ``only``: over this channel, at once where the hour allows it, since it
    has failed over the other.
    """
    sort = sort_of(said.template)
    tenant, duty, prompt = because.tenant, said.duty or sort.duty, sort.prompt or only is not None
    holder, able = await telling.reach(tenant, said.to, only or over)
    whom = holder or said.to

    async def way_at(at: datetime | None, able: list[Channel]) -> Way | None:
        found = await telling.preferences.ways(
            tenant, whom, said.template, level=said.level, duty=duty, prompt=prompt, at=at
        )
        return _first(found, able)

    way = await way_at(None, [only] if only else able)
    if way is None:
        DELIVERIES_KEPT_BACK.labels("opted_out").inc()
        return
    async with telling.turn(tenant, whom, said.values.get("code")):
        if not (prompt or duty):
            until = await telling.waits(tenant, whom, said.values.get("code"))
            later = None if until is None else await way_at(until, [way.channel])
            if until is not None and later is not None and (way.not_before is None or way.not_before < until):
                way = Way(way.channel, later.not_before or until, way.language, later.held or "window")
        if way.held is not None:
            DELIVERIES_KEPT_BACK.labels(way.held).inc()
        delivery = named_id("delivery", because.named, said.to, way.channel)
        command = RequestDelivery(
            id=delivery,
            tenant=tenant,
            actor="service:notify",
            at=now(),
            delivery=delivery,
            because=because.fact,
            recipient=said.to,
            channel=way.channel,
            template=said.template,
            values=dict(said.values),
            bulk=said.bulk,
            notice=said.notice,
            topic=sort.topic,
            level=said.level,
            duty=duty,
            language=way.language,
            not_before=way.not_before,
            held=way.held,
            holder=holder,
        )
        await telling.desk.do(command, cause=because.fact)


def _first(found: list[Way], able: list[Channel]) -> Way | None:
    """The usual channel, where the person left it on; else the other, where it reaches the person at all."""
    allowed = {way.channel: way for way in found}
    return next((allowed[channel] for channel in able if channel in allowed), None)


def told_of(about: Body) -> dict[str, str]:
    """What a message says of a request."""
    return {name: about[name] for name in ("code", "grid", "category") if about.get(name)}


async def matter(fact: Fact, work: Work, request: str | None = None) -> Body:
    """What notify remembers of the fact's own request, or of this one."""
    about = await remembered(MATTER, fact, request or fact.history.id, work)
    if "code" not in about:
        raise _unseen("submission")
    return about


async def remembered(model: Model, fact: Fact, name: str, work: Work) -> Body:
    """Our own projections have seen the fact before its reactions do; what was said elsewhere before it, another replica may
    have in hand: then the fact comes again.
    """
    row = await work.store.documents(model.name).find_one({"_id": document_id(fact.history.tenant, name)})
    if row is None:
        raise _unseen(model.name)
    return row["body"]


def _unseen(what: str) -> TimeoutError:
    return TimeoutError(f"the {what} was not seen yet")

"""From candidates to messages: each person once, by the way that they chose, or left out and counted with the reason."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from services.notify.notice.lists import Item
from services.notify.notice.reach import Candidate, Reach
from services.notify.preference.asking import Preferences
from services.notify.preference.holders import Holders
from services.notify.preference.rules import Preference, Way, ways
from shared.events.notice import Audience, Level, NoticeKind, Over
from shared.words import Topic

_BY_ITSELF = ("worker:", "contact:")


@dataclass(frozen=True)
class Wish:
    """What has to be known of a notice to say who gets it."""

    audience: Audience
    within: tuple[str, ...] = ()
    channels: tuple[Over, ...] = ()
    kind: NoticeKind = "notice"
    level: Level | None = None

    @property
    def topic(self) -> Topic:
        return topic_of(self.kind)


def topic_of(kind: NoticeKind) -> Topic:
    return Topic.ALERTS if kind == "alert" else Topic.NOTICES


@dataclass
class Choice:
    """Counts while it goes along."""

    recipients: int = 0
    deliveries: int = 0
    channels: Counter[str] = field(default_factory=Counter[str])
    roles: Counter[str] = field(default_factory=Counter[str])
    left_out: Counter[str] = field(default_factory=Counter[str])
    held: int = 0
    """How many wait for the end of somebody's quiet hours, or for a digest."""


@dataclass(frozen=True)
class Choosing:
    reach: Reach
    holders: Holders
    preferences: Preferences

    async def items(self, tenant: str, wish: Wish, at: datetime, choice: Choice) -> AsyncIterator[list[Item]]:
        """Yield the messages, some hundred at a time, and count in ``choice``. Raises as ``Reach.of`` does."""
        met: set[str] = set()
        known: set[bytes] = set()
        async for some in self.reach.of(tenant, wish.audience, wish.within):
            fresh = {one.recipient: one for one in some if one.recipient not in met}
            met.update(fresh)
            found = await self.ways(tenant, wish.topic, wish.level, at, list(fresh.values()))
            items = (_item(one, found[name], wish, known, choice) for name, one in fresh.items())
            yield [item for item in items if item is not None]

    async def ways(
        self, tenant: str, topic: str, level: Level | None, at: datetime, some: Sequence[Candidate]
    ) -> dict[str, list[Way]]:
        """Return how each may be told at that moment, by recipient: the rule, asked for many at once."""
        fields = {one.recipient: {_KIND[over]: to for over, to in one.addresses.items()} for one in some}
        others = {name: said for name, said in fields.items() if not name.startswith(_BY_ITSELF)}
        holder = {name: name for name in fields} | await self.holders.known(others)
        named = {each for each in holder.values() if each.startswith(_BY_ITSELF)}
        said = await self.preferences.of_many(tenant, named)
        nobody_s, local = self.preferences.house, self.preferences.local(at)
        preferences = {name: said.get(holder[name]) or Preference.of(name, None, nobody_s) for name in fields}
        return {
            name: ways(preference, topic, level=level, at=local) for name, preference in preferences.items()
        }


_KIND = {"sms": "phone", "chat": "chat"}


def _item(one: Candidate, found: Sequence[Way], wish: Wish, known: set[bytes], choice: Choice) -> Item | None:
    """Whoever was met at one of these addresses before, under whatever name, is not told again."""
    allowed = [way for way in found if not wish.channels or way.channel in wish.channels]
    way = next((way for way in allowed if way.channel in one.addresses), None)
    marks = {_mark(address) for address in one.addresses.values()}
    if way is None:
        choice.left_out["no_address" if not one.addresses or allowed else "opted_out"] += 1
        return None
    if marks & known:
        choice.left_out["same_address"] += 1
        return None
    known |= marks
    choice.recipients += 1
    choice.deliveries += 1
    choice.roles[one.recipient.partition(":")[0]] += 1
    choice.channels[way.channel] += 1
    choice.held += way.not_before is not None
    return Item(one.recipient, way.channel, way.not_before, way.language, way.held)


def _mark(address: str) -> bytes:
    """Enough to know it again while the list is made."""
    return blake2b(address.encode(), digest_size=12).digest()

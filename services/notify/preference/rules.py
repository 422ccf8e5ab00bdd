"""Who hears of what, how and when: one pure rule, asked before every message, to one person or to a whole street.

Only red and orange alerts, and calls to duty to staff, pass quiet hours. Whoever opted out hears nothing; except staff,
whom duty and grave alerts reach all the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.events.notice import Level
from shared.events.preference import Digest, Off, PreferencesSet
from shared.words import Topic

Channel = Literal["sms", "chat"]
Language = Literal["zh", "en"]
Held = Literal["quiet", "window", "digest"]

GRAVE: tuple[Level, ...] = ("red", "orange")
_STAFF_ORDER: tuple[Channel, ...] = ("chat", "sms")
_RESIDENTS_ORDER: tuple[Channel, ...] = ("sms", "chat")


class Quiet(BaseModel):
    """From when until when nobody is disturbed, on the tenant's clock; over midnight, too. From = until: never."""

    model_config = ConfigDict(frozen=True)

    since: time = time(22)
    until: time = time(7)

    @classmethod
    def read(cls, text: str) -> "Quiet":
        """As a setting says it: 22:00-07:00."""
        since, _, until = text.partition("-")
        return cls(since=time.fromisoformat(since), until=time.fromisoformat(until))

    def holds(self, at: datetime) -> bool:
        now = at.timetz().replace(tzinfo=None)
        if self.since <= self.until:
            return self.since <= now < self.until
        return now >= self.since or now < self.until

    def over(self, at: datetime) -> datetime:
        """Return this moment, or the end of the quiet hours that it lies in."""
        return _next(self.until, at) if self.holds(at) else at


@dataclass(frozen=True)
class Preference:
    """What one person wishes, with the house's answer wherever nothing was said."""

    staff: bool
    quiet: Quiet
    off: frozenset[tuple[str, str]] = frozenset()
    """Topic and channel."""
    language: Language = "zh"
    digests: tuple[tuple[str, time], ...] = ()
    """Topic and time of day."""
    stopped: bool = False

    @classmethod
    def of(cls, whom: str, said: PreferencesSet | None, house: Quiet) -> "Preference":
        """``whom``: a holder, or a recipient who has none of his own. ``house``: the tenant's quiet hours."""
        staff = whom.startswith(("worker:", "department:"))
        if said is None:
            return cls(staff=staff, quiet=house)
        return cls(
            staff=staff,
            off=frozenset((each.topic.value, each.channel) for each in said.off),
            language=said.language,
            quiet=_quiet(said, house),
            digests=tuple((each.topic.value, time.fromisoformat(each.daily_at)) for each in said.digests),
            stopped=said.stopped,
        )


@dataclass(frozen=True)
class Way:
    """``not_before``: UTC; None: at once. ``held`` says why it waits."""

    channel: Channel
    not_before: datetime | None
    language: Language
    held: Held | None = None


def ways(
    preference: Preference,
    topic: str,
    *,
    level: Level | None = None,
    duty: bool = False,
    prompt: bool = False,
    answers: bool = False,
    at: datetime,
) -> list[Way]:
    """Return over which channels this person may be told, the first one first: one of them is used, the next only where
    nobody is reached over it. Empty: the person is not told.

    ``at`` is on the tenant's clock: a datetime with the tenant's zone. ``prompt``: it waits for no digest. ``answers``: it
    confirms what the person has just said about this very thing, so that opting out is heard of, too.
    """
    if answers:
        preference = replace(preference, stopped=False, off=frozenset())
    grave = topic == Topic.ALERTS and level in GRAVE
    must = preference.staff and (duty or grave)
    if preference.stopped and not must:
        return []
    order = _STAFF_ORDER if preference.staff else _RESIDENTS_ORDER
    channels: tuple[Channel, ...] = tuple(each for each in order if (topic, each) not in preference.off)
    if must and not channels:
        channels = order
    if must or grave:
        return [Way(each, None, preference.language) for each in channels]
    moment, held = _moment(preference, topic, prompt=prompt, at=at)
    return [Way(each, moment, preference.language, held) for each in channels]


def _moment(
    preference: Preference, topic: str, *, prompt: bool, at: datetime
) -> tuple[datetime | None, Held | None]:
    daily = None if prompt else next((when for which, when in preference.digests if which == topic), None)
    if daily is not None:
        return preference.quiet.over(_next(daily, at)).astimezone(UTC), "digest"
    if preference.quiet.holds(at):
        return preference.quiet.over(at).astimezone(UTC), "quiet"
    return None, None


def _next(when: time, at: datetime) -> datetime:
    """The next time that the clock on the wall shows it, this moment included."""
    today = datetime.combine(at.date(), when, at.tzinfo)
    return today if today >= at else datetime.combine(at.date() + timedelta(days=1), when, at.tzinfo)


def _quiet(said: PreferencesSet, house: Quiet) -> Quiet:
    if said.quiet_from is None or said.quiet_until is None:
        return house
    return Quiet(since=time.fromisoformat(said.quiet_from), until=time.fromisoformat(said.quiet_until))


def switched_off(off: Iterable[Off]) -> tuple[Off, ...]:
    """One order, and nothing twice: the same wishes are the same fact."""
    pairs = {(each.topic, each.channel): each for each in off}
    return tuple(pairs[pair] for pair in sorted(pairs))


def each_day(digests: Iterable[Digest]) -> tuple[Digest, ...]:
    """One time a topic, the last one said."""
    daily = {each.topic: each.daily_at for each in digests}
    return tuple(Digest(topic=topic, daily_at=at) for topic, at in sorted(daily.items()))

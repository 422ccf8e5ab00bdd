"""Broadcasts of warnings: one notice for each role and channel, to the grids and to whoever got what came before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.notify.alert.issued import gravest
from services.notify.alert.levels import Channel, Levels, Role
from services.notify.alert.projection import WARNING
from services.notify.alert.state import State
from services.notify.alert.wording import Telling
from services.notify.notice.saying import LONGEST
from services.notify.telling import Work as TellingWork
from services.notify.telling import remembered
from shared.bus import Bus
from shared.clock import now
from shared.commands.notice import PublishNotice
from shared.desk import Desk
from shared.envelope import Fact
from shared.events.alert import Hazard, Message, Wording
from shared.events.notice import Audience
from shared.ids import named_id
from shared.words import Level

SERVICE = "service:notify"
_IS_TOLD_WITHIN = timedelta(minutes=10)
"""What was relayed so long ago and has no list went to nobody."""
Way = tuple[Role, Channel]


@dataclass(frozen=True)
class Work:
    told: TellingWork
    bus: Bus
    levels: Levels
    telling: Telling

    @property
    def desk(self) -> Desk:
        return self.told.desk


@dataclass(frozen=True)
class Got:
    """Who got what is over now: the notices by role and channel, how grave that was, and what it said."""

    notices: Mapping[Way, tuple[str, ...]]
    level: Level | None = None
    said: tuple[Hazard, ...] = ()


@dataclass(frozen=True)
class Broadcast:
    """One notice of a warning: what it says, to whom, how and how urgently."""

    notice: str
    because: str
    message: Message
    hazards: Sequence[Hazard]
    audience: Audience
    way: Way
    level: Level | None
    acknowledge: bool = False


def notice_id(alert: str, level: Level | None, way: Way) -> str:
    """One broadcast of a warning to everybody of one role over one channel: there is one of each."""
    return named_id("notice", alert, level or "none", *way)


async def publish(fact: Fact, message: Message, got: Got, work: Work) -> None:
    """The gravest part goes to whoever got what it ends, too, as urgently as the graver of the two."""
    alert, left = fact.history.id, dict(got.notices)
    for number, (level, hazards) in enumerate(by_level(message) if message.kind != "Cancel" else ()):
        grids = tuple(dict.fromkeys(grid for each in hazards for grid in each.grids))
        line = work.levels.line(level)
        for way in ways(work, level):
            earlier = left.pop(way, ()) if number == 0 else ()
            if grids or earlier:
                one = Broadcast(
                    notice_id(alert, level, way),
                    alert,
                    message,
                    hazards,
                    Audience(grids=grids, roles=(way[0],), of_notices=earlier),
                    way,
                    gravest((level, got.level)) if earlier else level,
                    acknowledge=way[0] == "worker" and line.within is not None,
                )
                await send(fact, one, work)
    await follow(fact, alert, message, Got(left, got.level, got.said), work)


async def follow(fact: Fact, later: str, message: Message, got: Got, work: Work, *named: str) -> None:
    """Tell whoever got what is over now, over the same channels and as urgently, what came after it."""
    said = [each for each in message.hazards if each.said != Wording()] or list(got.said)
    for way, earlier in got.notices.items():
        name = named_id("notice", later, "after", *named, *way)
        audience = Audience(roles=(way[0],), of_notices=earlier)
        await send(fact, Broadcast(name, later, message, said, audience, way, got.level), work)


async def send(fact: Fact, one: Broadcast, work: Work) -> None:
    text, brief = (
        work.telling.text(one.message, one.hazards, short=short, acknowledge=one.acknowledge)
        for short in (False, True)
    )
    short = one.way[1] == "sms" or max(len(text.zh), len(text.en)) > LONGEST
    command = PublishNotice(
        id=named_id(fact.id, one.notice),
        tenant=fact.history.tenant,
        actor=SERVICE,
        at=now(),
        notice=one.notice,
        kind="alert",
        title=work.telling.title(one.message, one.hazards),
        text=text,
        brief=brief if short else None,
        audience=one.audience,
        channels=(one.way[1],),
        level=one.level.value if one.level else None,
        because=one.because,
    )
    await work.desk.do(command, cause=fact.id)


async def who_got(fact: Fact, alerts: Iterable[str], work: Work) -> Got:
    """Raises TimeoutError while one of these lists is still being made: then the fact comes again."""
    notices: dict[Way, list[str]] = {}
    levels: list[Level | None] = []
    said: list[Hazard] = []
    for alert in alerts:
        state: State = await work.desk.state("alert", fact.history.tenant, alert)
        if not state.relayed or state.kind == "Cancel":
            continue
        sent = [(each, way) for each in dict.fromkeys(state.said_levels) for way in ways(work, each)]
        for level, way in sent:
            name = notice_id(alert, level, way)
            stage = (await work.desk.state("notice", fact.history.tenant, name)).stage
            just_now = state.relayed_at is not None and now() - state.relayed_at < _IS_TOLD_WITHIN
            if stage == "published" or (stage is None and just_now):
                raise TimeoutError("whoever got the first is not known yet")
            if stage is not None:
                notices.setdefault(way, []).append(name)
        levels += state.said_levels
        if not said:
            body = await remembered(WARNING, fact, alert, work.told)
            said += Message.model_validate(body["message"]).hazards
    return Got({way: tuple(names) for way, names in notices.items()}, gravest(levels), tuple(said))


def ways(work: Work, level: Level | None) -> list[Way]:
    told = work.levels.line(level).told()
    return [(role, channel) for role, channels in told.items() for channel in channels]


def by_level(message: Message) -> list[tuple[Level | None, list[Hazard]]]:
    """The gravest first."""
    levels = dict.fromkeys(each.level for each in message.hazards)
    return [(level, [each for each in message.hazards if each.level == level]) for level in levels]

"""Who hears of what, how and when: one rule for everybody, and what it never allows, whatever anybody wished."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as some

from services.notify.preference.domain import PREFERENCE, decide, evolve
from services.notify.preference.rules import GRAVE, Preference, Quiet, ways
from services.notify.telling import Because, Said, request
from services.notify.topics import sort_of
from shared.clock import now
from shared.commands.delivery import RequestDelivery
from shared.commands.preference import SetPreferences
from shared.events.preference import Digest, Off, PreferencesSet
from shared.messages import Messages
from shared.refusal import Refused
from shared.words import Topic
from tests.fixtures.matter import minutes
from tests.fixtures.story import given
from tests.fixtures.telling import ZONE, Desk, holder_of, telling

NIGHT = Quiet.read("22:00-07:00")
TEMPLATES = sorted(
    slug
    for slug in Messages().slugs("zh")
    if slug.startswith("sms.") and slug.count(".") == 2 and not slug.endswith(".digest")
)
AT = minutes(60)


def at(clock: str, day: int = 3) -> datetime:
    return datetime.fromisoformat(f"2026-03-{day:02d}T{clock}").replace(tzinfo=ZONE)


def wished(holder: str = "contact:r1", **said: Any) -> Preference:
    return Preference.of(holder, PreferencesSet(holder=holder, at=AT, **said), NIGHT)


def off(*pairs: str) -> tuple[Off, ...]:
    return tuple(
        Off.model_validate({"topic": topic, "channel": channel})
        for topic, _, channel in (pair.partition("/") for pair in pairs)
    )


def over(preference: Preference, topic: str, clock: str = "12:00", **more: Any) -> list[str]:
    return [way.channel for way in ways(preference, topic, at=at(clock), **more)]


# the rule ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_said_nothing_hears_of_everything_by_day():
    """Residents by SMS first, staff by chat first; nobody waits at noon."""
    assert over(wished(), "requests") == ["sms", "chat"]
    assert over(wished("worker:w1"), "work") == ["chat", "sms"]
    assert ways(wished(), "requests", at=at("12:00"))[0].not_before is None


def test_a_channel_switched_off_is_off_for_that_topic_alone():
    preference = wished(off=off("requests/sms"))
    assert over(preference, "requests") == ["chat"]
    assert over(preference, "notices") == ["sms", "chat"]


@pytest.mark.parametrize(
    ("clock", "until"),
    [("22:00", at("07:00", 4)), ("23:59", at("07:00", 4)), ("03:00", at("07:00")), ("06:59", at("07:00"))],
)
def test_at_night_it_waits_for_the_morning(clock: str, until: datetime):
    [first, _] = ways(wished(), "requests", at=at(clock))
    assert (first.not_before, first.held) == (until.astimezone(UTC), "quiet")


@pytest.mark.parametrize("clock", ["07:00", "21:59", "12:00"])
def test_by_day_it_does_not_wait(clock: str):
    assert ways(wished(), "requests", at=at(clock))[0].not_before is None


def test_who_wants_no_quiet_hours_has_none():
    assert (
        ways(wished(quiet_from="00:00", quiet_until="00:00"), "requests", at=at("03:00"))[0].not_before
        is None
    )


def test_only_grave_alerts_and_calls_to_duty_of_staff_pass_the_night():
    worker, resident = wished("worker:w1"), wished()
    assert ways(resident, "alerts", level="red", at=at("03:00"))[0].not_before is None
    assert ways(resident, "alerts", level="orange", at=at("03:00"))[0].not_before is None
    assert ways(resident, "alerts", level="yellow", at=at("03:00"))[0].not_before is not None
    assert ways(resident, "notices", level="red", at=at("03:00"))[0].not_before is not None
    assert ways(worker, "work", duty=True, at=at("03:00"))[0].not_before is None
    assert ways(resident, "requests", duty=True, at=at("03:00"))[0].not_before is not None
    assert ways(worker, "work", at=at("03:00"))[0].not_before is not None


def test_who_opted_out_hears_nothing_and_staff_nothing_but_duty():
    assert over(wished(stopped=True), "requests") == []
    assert over(wished(stopped=True), "alerts", level="red") == []
    worker = wished("worker:w1", stopped=True, off=off("work/chat", "work/sms"))
    assert over(worker, "work") == []
    assert over(worker, "work", duty=True) == ["chat", "sms"]
    assert over(worker, "alerts", level="orange") == ["chat", "sms"]
    assert over(worker, "alerts", level="yellow") == []


def test_that_somebody_opted_out_is_confirmed_and_not_at_night():
    assert over(wished(stopped=True), "requests", answers=True) == ["sms", "chat"]
    assert ways(wished(stopped=True), "requests", answers=True, at=at("23:00"))[0].held == "quiet"


def test_a_digest_comes_at_its_hour_and_what_presses_does_not_wait_for_it():
    preference = wished(digests=(Digest(topic=Topic.REQUESTS, daily_at="18:00"),))
    assert ways(preference, "requests", at=at("12:00"))[0].not_before == at("18:00").astimezone(UTC)
    assert ways(preference, "requests", at=at("18:01"))[0].not_before == at("18:00", 4).astimezone(UTC)
    assert ways(preference, "requests", prompt=True, at=at("12:00"))[0].not_before is None
    assert ways(preference, "notices", at=at("12:00"))[0].not_before is None


def test_a_digest_at_night_comes_in_the_morning():
    preference = wished(digests=(Digest(topic=Topic.REQUESTS, daily_at="23:30"),))
    assert ways(preference, "requests", at=at("12:00"))[0].not_before == at("07:00", 4).astimezone(UTC)


# the decider ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def wish(actor: str = "worker:w1", holder: str = "worker:w1", **said: Any) -> SetPreferences:
    return SetPreferences(id="c1", tenant="demo", actor=actor, at=AT, holder=holder, **said)


def test_what_is_not_said_stays_as_it_is():
    first = PreferencesSet(holder="worker:w1", language="en", off=off("work/sms"), at=AT)
    given(first).when(wish(stopped=True)).then(first.model_copy(update={"stopped": True}))
    given(first).when(wish(language="en")).then()
    given().when(wish(language="zh")).then()


def test_pairs_are_kept_in_one_order_and_nothing_twice():
    said = off("work/sms", "alerts/chat", "work/sms")
    expected = PreferencesSet(holder="worker:w1", off=off("alerts/chat", "work/sms"), at=AT)
    given().when(wish(off=said)).then(expected)


@pytest.mark.parametrize(
    ("actor", "holder"),
    [
        ("worker:w2", "worker:w1"),
        ("resident:r2", "contact:r1"),
        ("resident:w1", "worker:w1"),
        ("worker:r1", "contact:r1"),
    ],
)
def test_everybody_speaks_for_himself_alone(actor: str, holder: str):
    given().when(wish(actor, holder, stopped=True)).refused("not_your_preferences")


@pytest.mark.parametrize(
    ("actor", "holder"),
    [("resident:r1", "contact:r1"), ("staff:s1", "worker:w1"), ("service:notify", "contact:r1")],
)
def test_the_link_staff_and_a_reply_may_say_it(actor: str, holder: str):
    given().when(wish(actor, holder, stopped=True)).then(PreferencesSet(holder=holder, stopped=True, at=AT))


# whatever anybody wished ───────────────────────────────────────────────────────────────────────────────────────────────

_CLOCKS = some.times().map(lambda clock: clock.strftime("%H:%M"))
_PAIRS = some.builds(Off, topic=some.sampled_from(Topic), channel=some.sampled_from(("sms", "chat")))
_SAID = some.builds(
    dict,
    off=some.lists(_PAIRS, max_size=12).map(tuple),
    language=some.sampled_from(("zh", "en")),
    quiet_from=_CLOCKS,
    quiet_until=_CLOCKS,
    digests=some.lists(some.builds(Digest, topic=some.sampled_from(Topic), daily_at=_CLOCKS), max_size=3).map(
        tuple
    ),
    stopped=some.booleans(),
)
_LEVELS = some.none() | some.sampled_from(("red", "orange", "yellow", "blue"))
_FIRST, _LAST = (minutes(number).replace(tzinfo=None) for number in (0, 600_000))
_MOMENTS = some.datetimes(_FIRST, _LAST, timezones=some.just(ZONE))


def excepted(said: PreferencesSet, template: str, level: str | None, *, duty: bool) -> bool:
    """Duty and grave alerts, to staff."""
    grave = sort_of(template).topic == Topic.ALERTS and level in GRAVE
    return said.holder.startswith("worker:") and (duty or sort_of(template).duty or grave)


def passes_the_night(said: PreferencesSet, template: str, level: str | None, *, duty: bool) -> bool:
    grave = sort_of(template).topic == Topic.ALERTS and level in GRAVE
    return grave or excepted(said, template, level, duty=duty)


@settings(deadline=None, max_examples=400)
@any_of(
    said=_SAID,
    topic=some.sampled_from(Topic),
    holder=some.sampled_from(("worker:w1", "contact:r1")),
    level=_LEVELS,
    duty=some.booleans(),
    prompt=some.booleans(),
    when=_MOMENTS,
)
def test_nobody_is_told_what_he_opted_out_of_or_at_night(said, topic, holder, level, duty, prompt, when):
    """The pure rule, as bulk asks it."""
    preference = wished(holder, **said)
    grave = topic == Topic.ALERTS and level in GRAVE
    must = preference.staff and (duty or grave)
    for way in ways(preference, topic, level=level, duty=duty, prompt=prompt, at=when):
        assert must or ((topic, way.channel) not in preference.off and not preference.stopped)
        moment = when if way.not_before is None else way.not_before.astimezone(ZONE)
        assert moment >= when
        assert must or grave or not preference.quiet.holds(moment)
        assert (way.held is None) == (way.not_before is None)


@settings(deadline=None, max_examples=300)
@any_of(
    said=_SAID,
    template=some.sampled_from(TEMPLATES),
    level=_LEVELS,
    duty=some.booleans(),
    told=some.none() | some.integers(0, 400),
    over_chat=some.booleans(),
)
def test_no_delivery_is_requested_against_a_preference(said, template, level, duty, told, over_chat):
    """Every template there is, through the one path by which single messages go, whenever this test runs."""
    to = f"{'worker:w1' if template.startswith('sms.worker.') else 'reporter:r1'}"
    preference = PreferencesSet(holder=holder_of(to), at=AT, **said)
    desk = Desk(preference, None if told is None else now() - timedelta(seconds=told))
    message = Said(to, template, {"code": "C"}, level=level, duty=duty)
    path = telling(desk, house=NIGHT, window=timedelta(minutes=3))
    asyncio.run(request(path, Because("demo", "e1", "e1"), message, over="chat" if over_chat else "sms"))
    exempt = excepted(preference, template, level, duty=duty)
    for command in desk.asked.values():
        assert command.topic == sort_of(template).topic
        assert command.language == preference.language
        pair = Off.model_validate({"topic": command.topic, "channel": command.channel})
        answers = sort_of(template).answers
        assert exempt or answers or (pair not in preference.off and not preference.stopped)
        moment = (command.not_before or command.at).astimezone(ZONE)
        quiet = Preference.of(preference.holder, preference, NIGHT).quiet
        assert passes_the_night(preference, template, level, duty=duty) or not quiet.holds(moment)
    assert len(desk.asked) <= 1, "told twice"


@pytest.mark.parametrize("template", ["sms.worker.assigned", "sms.reporter.asked", "sms.worker.called_up"])
def test_what_presses_does_not_wait_because_of_what_was_said_a_moment_ago(template: str):
    assert waits(template) is None


@pytest.mark.parametrize(
    "template", ["sms.worker.feedback", "sms.reporter.accepted", "sms.reporter.resolved"]
)
def test_further_news_of_the_same_matter_wait_till_the_moment_is_over(template: str):
    assert waits(template) == "window"


class Slow(Desk):
    """Who was told is known when it is written down, and that takes a moment."""

    async def do(self, command: RequestDelivery, *, cause: str) -> None:
        await asyncio.sleep(0.01)
        await super().do(command, cause=cause)
        if command.not_before is None:
            self.told_at = command.at


def test_what_two_histories_say_in_the_same_moment_is_told_once_now_and_once_later():
    """The first is not delayed by it, and the others are folded into one."""

    async def at_once(codes: str) -> list[str]:
        never = {"quiet_from": "00:00", "quiet_until": "00:00"}
        desk = Slow(PreferencesSet(holder=holder_of("reporter:r1"), at=AT, **never))
        path = telling(desk, window=timedelta(minutes=3))
        facts = enumerate(codes)
        said = [
            (Because("demo", f"e{n}", f"e{n}"), Said("reporter:r1", "sms.reporter.accepted", {"code": code}))
            for n, code in facts
        ]
        await asyncio.gather(*(request(path, *each, over="sms") for each in said))
        return sorted(command.held or "now" for command in desk.asked.values())

    assert asyncio.run(at_once("CCC")) == ["now", "window", "window"]


def waits(template: str) -> str | None:
    never = {"quiet_from": "00:00", "quiet_until": "00:00"}
    to = "worker:w1" if "worker" in template else "reporter:r1"
    told_at = now() - timedelta(seconds=30)
    desk = Desk(PreferencesSet(holder=holder_of(to), at=AT, **never), told_at)
    path = telling(desk, window=timedelta(minutes=3))
    asyncio.run(request(path, Because("demo", "e1", "e1"), Said(to, template, {"code": "C"}), over="sms"))
    [command] = desk.asked.values()
    assert command.not_before == (told_at + timedelta(minutes=3) if command.held else None)
    return command.held


def test_a_state_is_what_was_said_last():
    first, last = (PreferencesSet(holder="worker:w1", stopped=stopped, at=AT) for stopped in (True, False))
    assert evolve(evolve(PREFERENCE.initial, first), last).said == last
    with pytest.raises(Refused):
        decide(wish("worker:w2", stopped=True), PREFERENCE.initial)

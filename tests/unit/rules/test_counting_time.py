"""What routing fills in: moments counted by the policy that the request was given, in its working time."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import reduce
from typing import Any, cast

from services.routing.policy.clocks import Clocks
from services.routing.policy.domain import read
from services.routing.policy.policies import Held, Policies
from services.routing.request.completing import Completing
from services.routing.request.domain import REQUEST
from shared.commands.request import PauseClock, RegradeRequest, ResumeClock
from shared.envelope import Fact, History
from shared.events.event import Event
from shared.events.policy import PolicyAdopted
from shared.observability import POLICY_FALLBACKS
from shared.words import Severity
from tests.fixtures.matter import accepted, assigned, command, minutes, reopen, resolve, resolved

DAY = {"start": "08:00", "end": "16:00"}
WEEK = {key: [DAY] for key in ("mon", "tue", "wed", "thu", "fri")}
QUICK = {"red": {"accept": "1h", "resolve": "2h"}, "yellow": {"accept": "1h", "resolve": "8h"}}
OFFICE = {"calendar": {"week": WEEK}, "clocks": QUICK | {"blue": {"accept": "8h", "resolve": "40h"}}}
"""Every story begins at half past eight on a Monday in Shanghai."""


@dataclass
class Office:
    """Policies that were adopted, one request, and nobody's grid book."""

    adopted: dict[int, dict[str, Any]]
    events: list[Event] = field(default_factory=list[Event])
    done: list[Any] = field(default_factory=list[Any])

    async def after(self, history: History, revision: int) -> Fact | None:
        if history.aggregate != "policy" or (content := self.adopted.get(revision + 1)) is None:
            return None
        event = PolicyAdopted(content=content, at=minutes(0))
        return Fact(history, "PolicyAdopted", "e", 1, revision + 1, event, "", "staff:s1", minutes(0), "")

    async def state(self, *_: str) -> Any:
        return reduce(REQUEST.evolve, self.events, REQUEST.initial)

    async def index(self) -> None:
        return None

    async def do(self, command: Any) -> Any:
        self.done.append(command)

        @dataclass
        class _Quiet:
            type: str | None = None

        return _Quiet()

    def completing(self) -> Completing:
        this = cast("Any", self)
        policies = Policies("demo", this, this)
        held = Held(Clocks(read(self.adopted[max(self.adopted)])), max(self.adopted), len(self.adopted))
        object.__setattr__(policies, "present", lambda: _now(held))
        return Completing(this, this, policies, this)


async def _now(held: Held) -> Held:
    return held


def office(*events: Event, **adopted: dict[str, Any]) -> Office:
    revisions = {int(name.removeprefix("r")): content for name, content in adopted.items()}
    return Office(revisions or {1: OFFICE}, list(events))


async def test_a_running_request_keeps_the_policy_that_it_was_given():
    """Twice as quick from today on: for what comes from today on."""
    slow = OFFICE | {"clocks": OFFICE["clocks"] | {"yellow": {"accept": "1h", "resolve": "16h"}}}
    room = office(assigned(policy=3), accepted(), r3=slow, r9=OFFICE)
    again = await room.completing().completed(reopen(at=0))
    assert again.due_at == minutes(0) + timedelta(days=2), "sixteen working hours, not eight"
    room.events = [assigned(policy=9), accepted()]
    assert (await room.completing().completed(reopen(at=0))).due_at == minutes(0) + timedelta(days=1)


async def test_a_policy_that_cannot_be_read_is_counted_and_the_present_one_asked():
    before = POLICY_FALLBACKS.labels("missing")._value.get()
    room = office(assigned(policy=5), accepted(), r9=OFFICE)
    assert (await room.completing().completed(reopen(at=0))).due_at == minutes(0) + timedelta(days=1)
    assert POLICY_FALLBACKS.labels("missing")._value.get() == before + 1


async def test_nobody_brings_a_deadline_along():
    room = office(assigned(policy=1), accepted(), resolved())
    again = await room.completing().completed(reopen(at=0, due_at=minutes(99999)))
    assert again.due_at == minutes(0) + timedelta(days=1)


async def test_the_reminder_is_the_policy_s_and_in_working_time():
    """Due on Tuesday at half past eight: an hour of work before is Monday at half past three."""
    again = await office(assigned(policy=1), accepted(), resolved()).completing().completed(reopen(at=0))
    assert again.remind_at == minutes(7 * 60)


async def test_a_miss_at_the_end_of_the_day_is_heard_of_in_the_morning():
    room = office(assigned(policy=1), accepted())
    await room.completing().check({"tenant": "demo", "request": "r1"})
    [asked] = room.done
    held = Clocks(read(OFFICE))
    assert asked.escalate_at == held.escalate_at(None, Severity.YELLOW, asked.at)
    assert held.escalate_at(None, Severity.YELLOW, minutes(7 * 60)) == minutes(24 * 60 - 0), (
        "half an hour today"
    )


async def test_after_no_longer_than_there_was_to_accept():
    """What had to be accepted in a quarter of an hour does not wait two hours for a head."""
    assert Clocks(read({})).escalate_at(None, Severity.RED, minutes(0)) == minutes(15)


async def test_who_may_say_nothing_for_how_long_is_counted_in_working_days():
    room = office(assigned(policy=1), accepted(), r1=OFFICE | {"no_answer_days": 5})
    done = await room.completing().completed(resolve(at=0))
    assert done.answer_by == minutes(0) + timedelta(days=7)


async def test_silence_is_counted_by_each_request_s_own_policy():
    room = office(r1=OFFICE, r9=OFFICE | {"stall_days": 1})
    asked = await room.completing().quiet([None, 1, 9])
    by = {which.get("body.policy", "triage"): since for which, since in asked}
    assert by["triage"] == by[9]
    assert by[1] < by[9]
    assert by[None] < by[9]


async def test_a_pause_over_the_weekend_costs_nobody_working_time():
    room = office(assigned(policy=1, due_at=minutes(4 * 60)), accepted())
    stops = await room.completing().completed(command(PauseClock, "worker:w1", at=0, reason="other"))
    assert stops.resolve_left == 4 * 3600
    event = REQUEST.decide(stops, await room.state())
    assert event is not None
    room.events.append(event)
    friday = 4 * 24 * 60 + 6 * 60
    runs = await room.completing().completed(command(ResumeClock, "worker:w1", at=friday))
    assert runs.due_at == minutes(7 * 24 * 60 + 2 * 60), "an hour and a half on Friday, the rest on Monday"
    assert runs.remind_at == minutes(7 * 24 * 60 + 60)


async def test_a_grade_that_is_given_while_the_clocks_stand_leaves_its_working_time():
    room = office(assigned(policy=1), accepted())
    stops = await room.completing().completed(command(PauseClock, "worker:w1", at=0, reason="other"))
    for wish in (stops, command(RegradeRequest, "staff:s1", at=0, severity="blue", reason="no danger")):
        event = REQUEST.decide(await room.completing().completed(wish), await room.state())
        assert event is not None
        room.events.append(event)
    assert (await room.state()).left.resolve == 40 * 3600
    runs = await room.completing().completed(command(ResumeClock, "worker:w1", at=0))
    assert runs.due_at == minutes(0) + timedelta(days=7)

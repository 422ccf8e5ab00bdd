"""Everyone in a matter hears when it moves, each thing once: who said it, whose request follows, who supports it, the
worker who has it and the one who had it, the chat group. Facts go through the read models that notify really keeps.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from typing import Any

import pytest

from services.notify.moves import reactions
from services.notify.projection import MATTER, SUPPORTERS
from services.notify.telling import Work
from shared.clock import now
from shared.documents import Model, document_id
from shared.envelope import Fact, History
from shared.events.event import Event
from shared.events.matter import MatterWeighed
from shared.events.request import (
    ClockPaused,
    ClockResumed,
    FeedbackRecorded,
    GridAssigned,
    ProgressNoted,
    RequestAccepted,
    RequestClosed,
    RequestDeclined,
    RequestHeld,
    RequestJoinedMatter,
    RequestReopened,
    RequestReportedUp,
    RequestResolved,
    RequestReturned,
    RequestTransferred,
)
from shared.events.submission import RequestAmended, RequestSubmitted
from shared.events.support import RequestSupported
from shared.words import Channel, Kind
from tests.fixtures.facts import fact
from tests.fixtures.matter import box
from tests.fixtures.telling import Desk, telling

AT = now()
LEAD, FOLLOWER, TWIN = "r1", "r2", "r3"
Heard = list[tuple[str, str]]


class Rows:
    """What a search found."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        self._rows = list(rows)

    def limit(self, number: int) -> "Rows":
        return Rows(self._rows[:number])

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        for row in self._rows:
            yield row


class Kept:
    """Read models in memory, asked as MongoDB is asked."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, dict[str, Any]]] = {MATTER.name: {}, SUPPORTERS.name: {}}

    def remember(self, told: Fact) -> None:
        for model in (MATTER, SUPPORTERS):
            self._fold(model, told)

    def _fold(self, model: Model, told: Fact) -> None:
        if (name := model.key(told.history)) is not None:
            key = document_id("demo", name)
            row = self.rows[model.name].setdefault(
                key, {"_id": key, "tenant": "demo", "id": name, "body": {}}
            )
            row["body"] = model.fold(row["body"], told)

    def documents(self, name: str) -> "Kept.Model":
        return Kept.Model(self.rows[name])

    class Model:
        def __init__(self, rows: dict[str, dict[str, Any]]) -> None:
            self._rows = rows

        def find(self, wanted: dict[str, Any]) -> Rows:
            return Rows(row for row in self._rows.values() if _is(row, wanted))

        async def find_one(self, wanted: dict[str, Any]) -> dict[str, Any] | None:
            return next((row for row in self._rows.values() if _is(row, wanted)), None)


def _is(row: dict[str, Any], wanted: dict[str, Any]) -> bool:
    for path, value in wanted.items():
        if path == "$or":
            if not any(_is(row, one) for one in value):
                return False
            continue
        found: Any = row
        for step in path.split("."):
            found = found.get(step)
        if found not in (value["$in"] if isinstance(value, dict) else [value]):
            return False
    return True


class AtTheDesk:
    """Nobody is away."""

    async def whoever_is_there(self, worker: str, *_: Any) -> str:
        return worker


class Story:
    """Facts in their order; each is remembered once and told twice, as a consumer may."""

    def __init__(self) -> None:
        self.kept, self.desk = Kept(), Desk()
        kept: Any = self.kept
        desk: Any = self.desk
        there: Any = AtTheDesk()
        self.work = Work(desk, kept, timedelta(days=7), there, telling(desk))
        self.number = 0

    def happens(self, event: Event, to: str = LEAD, actor: str = "worker:w1") -> Heard:
        """Return whom this one reached, and with what."""
        self.number += 1
        history = History("demo", event.owner, event.aggregate, to)
        told = fact(history, self.number, event, actor=actor)
        before = set(self.desk.asked)
        self.kept.remember(told)

        async def tell() -> None:
            for _ in range(2):
                for react in reactions.registered.get(told.type, []):
                    await react(told, event, self.work)

        asyncio.run(tell())
        new = [command for name, command in self.desk.asked.items() if name not in before]
        return sorted((each.recipient, each.template.removeprefix("sms.")) for each in new)


def said(code: str, kind: Kind = Kind.ISSUE) -> RequestSubmitted:
    return RequestSubmitted.model_validate(
        {
            "code": code,
            "channel": Channel.WEB,
            "kind": kind,
            "category": "lamp",
            "reachable": True,
            "place": {},
        }
        | {"sealed": box("k"), "at": AT, "fingerprint": "f"}
    )


def assigned(person: str) -> GridAssigned:
    return GridAssigned.model_validate(
        {"grid": "g1", "worker": "w1", "plan": "p1", "rule": "position", "person": person, "at": AT}
    )


def supports(request: str, person: str, **reached: Any) -> RequestSupported:
    return RequestSupported(request=request, person=person, at=AT, **reached)


@pytest.fixture
def story() -> Story:
    """Li said it; Wang's request follows; Li said it a second time; Zhao has it, too, and so has Wang; Qian left no way."""
    one = Story()
    for request, code, person in ((LEAD, "A", "li"), (FOLLOWER, "B", "wang"), (TWIN, "C", "li")):
        one.happens(said(code), request, f"resident:{request}")
        one.happens(assigned(person), request, "service:routing")
    for request in (FOLLOWER, TWIN):
        one.happens(RequestJoinedMatter(matter=LEAD, at=AT), request, "staff:s1")
    one.happens(supports(LEAD, "zhao", sealed=box("z")), "s1", "resident:r1")
    one.happens(supports(FOLLOWER, "zhao", sealed=box("z")), "s2", "resident:r2")
    one.happens(supports(LEAD, "wang", own=FOLLOWER), "s3", "resident:r2")
    one.happens(supports(LEAD, "qian"), "s4", "resident:r1")
    one.happens(MatterWeighed(people=4, requests=3, at=AT), LEAD, "service:routing")
    return one


EACH = [("reporter:r1", "reporter.{}"), ("reporter:r2", "reporter.{}")]
ALL = [*EACH, ("supporter:s1", "supporter.{}")]


def of(who: Heard, template: str) -> Heard:
    return [(to, said.format(template)) for to, said in who]


def test_whoever_joins_hears_so_and_straightened_chains_are_nobody_s_news():
    one = Story()
    one.happens(said("A"), LEAD)
    one.happens(said("B"), FOLLOWER)
    joined = RequestJoinedMatter(matter=LEAD, at=AT)
    assert one.happens(joined, FOLLOWER, "staff:s1") == [("reporter:r2", "reporter.joined")]
    assert one.happens(joined, FOLLOWER, "service:routing") == []


@pytest.mark.parametrize(
    ("event", "template", "who"),
    [
        (RequestHeld(reason="等资金，见老李的电话", at=AT), "held", ALL),
        (ClockPaused(reason="waiting_for_material", note=box("n"), at=AT), "waiting_for_material", EACH),
        (ClockPaused(reason="other", at=AT), "paused", EACH),
        (ClockPaused(reason="waiting_for_resident", at=AT), "waiting_for_you", EACH[:1]),
        (ClockResumed(at=AT), "", []),
        (ProgressNoted(worker="w1", at=AT), "", []),
        (RequestReturned(worker="w1", reason="不归我", at=AT), "", []),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_happens_to_the_lead_alone_everyone_hears_from_us(
    story: Story, event: Event, template: str, who: Heard
):
    """Li, who said it twice, and Zhao and Wang, who also support it, hear it once; and nobody's words go along."""
    assert story.happens(event) == of(who, template)
    assert not any("老李" in command.model_dump_json() for command in story.desk.asked.values())


def test_reported_up_everyone_hears_and_its_new_owner_and_whoever_had_it(story: Story):
    event = RequestReportedUp(level="community", area="c1", worker="w9", from_worker="w1", reason="难", at=AT)
    new = [("worker:w9", "worker.reported_up")]
    assert story.happens(event) == of(ALL, "reported_up") + new
    other = Story()
    other.happens(said("A"), LEAD)
    assert other.happens(event, actor="staff:s1") == [
        ("reporter:r1", "reporter.reported_up"),
        ("worker:w1", "worker.passed_on"),
        *new,
    ]


def test_what_routing_tells_each_request_of_each_hears_from_its_own(story: Story):
    """Once each, over all three facts: Li by the first request, Zhao by the first support."""
    heard = story.happens(RequestResolved(worker="w1", outcome=box("o"), at=AT))
    assert heard == [
        ("group:g1", "group.resolved"),
        ("reporter:r1", "reporter.resolved"),
        ("supporter:s1", "supporter.resolved"),
    ]
    follows = RequestResolved(at=AT)
    assert story.happens(follows, FOLLOWER, "service:routing") == [("reporter:r2", "reporter.resolved")]
    assert story.happens(follows, TWIN, "service:routing") == []


def test_a_matter_that_opens_again_reaches_its_worker_once(story: Story):
    """Wang says that it is not solved: all hear that it goes on, and the worker hears of the lead."""
    unsolved = FeedbackRecorded(solved=False, satisfaction=1, comment=box("c"), at=AT)
    assert story.happens(unsolved, FOLLOWER, "resident:r2") == []
    again = RequestReopened(reason="not_solved", at=AT)
    assert story.happens(again, FOLLOWER, "service:routing") == [("reporter:r2", "reporter.reopened")]
    assert story.happens(again, LEAD, "service:routing") == [
        ("reporter:r1", "reporter.reopened"),
        ("supporter:s1", "supporter.reopened"),
        ("worker:w1", "worker.reopened"),
    ]
    assert story.happens(again, TWIN, "service:routing") == []
    solved = FeedbackRecorded(solved=True, satisfaction=5, at=AT)
    assert story.happens(solved, FOLLOWER, "resident:r2") == [("worker:w1", "worker.feedback")]


def test_another_worker_goes_on_with_it_and_residents_hear_so_once_somebody_had_said_yes(story: Story):
    moved = RequestTransferred(grid="g1", worker="w2", from_worker="w1", at=AT)
    mine = [("worker:w1", "worker.passed_on"), ("worker:w2", "worker.assigned")]
    assert story.happens(moved, actor="staff:s1") == mine, "nobody had heard of w1"
    story.happens(RequestAccepted(worker="w2", at=AT), actor="worker:w2")
    back = RequestTransferred(grid="g1", worker="w1", from_worker="w2", at=AT)
    assert story.happens(back, actor="worker:w2") == [
        *of(EACH, "handed_on"),
        ("worker:w1", "worker.assigned"),
    ]


@pytest.mark.parametrize(
    ("event", "actor", "expected"),
    [
        (RequestDeclined(reason="不归街道管", at=AT), "staff:s1", of([ALL[0], ALL[2]], "declined")),
        (RequestClosed(reason="by_staff", at=AT), "staff:s1", of(ALL[:1], "closed")),
        (RequestClosed(reason="solved", at=AT), "service:routing", []),
        (RequestClosed(reason="no_answer", at=AT), "service:routing", of(ALL[:1], "not_answered")),
        (RequestClosed(reason="withdrawn", at=AT), "service:routing", [("worker:w1", "worker.withdrawn")]),
        (RequestReopened(at=AT), "resident:r1", [*of(ALL[2:], "reopened"), ("worker:w1", "worker.reopened")]),
    ],
    ids=lambda each: getattr(each, "reason", None) or type(each).__name__,
)
def test_its_ends(story: Story, event: Event, actor: str, expected: Heard):
    assert story.happens(event, actor=actor) == expected


def test_a_resident_who_says_more_reaches_the_worker(story: Story):
    more = RequestAmended(sealed=box("m"), at=AT)
    assert story.happens(more, actor="resident:r1") == [("worker:w1", "worker.amended")]


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.TIP, Kind.HELP, Kind.DISPUTE])
def test_a_chat_group_hears_nothing_of_what_concerns_a_person(kind: Kind):
    one = Story()
    one.happens(said("A", kind), LEAD)
    one.happens(assigned("li"), LEAD)
    one.happens(MatterWeighed(people=9, requests=1, at=AT), LEAD)
    assert one.happens(RequestResolved(worker="w1", at=AT)) == [("reporter:r1", "reporter.resolved")]


def test_nobody_is_told_of_the_past(story: Story):
    assert story.happens(RequestHeld(reason="x", at=AT - timedelta(days=8))) == []
    assert story.happens(RequestHeld(reason="x", at=AT), actor="import:demo") == []

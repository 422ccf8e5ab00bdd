"""The figures: what each one counts, and that the past can be counted again."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from services.console.figures.counting import BY, FIGURES, By, Count, Weights, counts, key_of
from services.console.figures.tally import tallied, tally_until
from services.console.figures.weights import WEIGHTS, weights_at
from services.console.projection import LEDGER
from shared.documents import Body, advance, blank
from shared.envelope import History
from shared.events.event import Event
from shared.events.policy import PolicyAdopted
from shared.events.request import RequestDeclined, RequestReturned
from shared.events.submission import RequestSubmitted
from tests.fixtures import facts
from tests.fixtures.anything import events_of
from tests.fixtures.matter import MORNING, accepted, answered, assigned, closed, minutes, reopened, resolved

ZONE = ZoneInfo("Asia/Shanghai")
LATER = MORNING + timedelta(days=30)


def said(at: float = 0, **more: Any) -> Event:
    return RequestSubmitted.model_validate({"code": "C", "category": "noise", "at": minutes(at)} | more)


def tally(*events: Event) -> Body:
    found: Body = {}
    for event in (said(), *events):
        found = tallied(found, event)
    return found


def behind(*events: Event, at: datetime = LATER) -> set[str]:
    """Which figures count this one."""
    return {figure for figure in FIGURES if counts(figure, tally(*events), at)}


def test_the_weights_are_those_of_the_policy_that_held():
    """Asked for last month, last month's: a policy of today does not grade the past."""
    body: Body = {}
    for at, content in (
        (60, {}),
        (120, {"weights": {"response": 10, "resolution": 60}}),
        (240, {"stall_days": 5}),
    ):
        history = History("demo", "routing", "policy", "demo")
        body = WEIGHTS.fold(body, facts.fact(history, at, PolicyAdopted(content=content, at=minutes(at))))
    assert (
        weights_at({}, minutes(0))
        == weights_at(body, minutes(0))
        == weights_at(body, minutes(60))
        == Weights()
    )
    assert weights_at(body, minutes(239)) == Weights(0.1, 0.6, 0.3)
    assert weights_at(body, minutes(240)) == Weights()


def test_one_that_went_well():
    assert behind(assigned(), accepted(), resolved(at=30), answered(solved=True, satisfaction=5), closed()) == {
        "received", "responded", "resolved", "answered", "solved", "satisfied", "on_time",
    }  # fmt: skip


def test_closed_is_not_solved():
    """Nobody answers for the resident."""
    assert behind(assigned(), accepted(), resolved(), closed("no_answer")) == {
        "received", "responded", "resolved", "on_time",
    }  # fmt: skip


def test_too_late_whether_it_is_still_open_or_was_resolved_after_its_time():
    assert "late" in behind(assigned())
    assert "late" not in behind(assigned(), at=minutes(60))
    assert "late" in behind(assigned(), resolved(at=2000))
    assert "late" not in behind(assigned(), RequestDeclined(reason="not ours", at=minutes(10)))


def test_returned_and_reopened_count_the_request_once():
    back = RequestReturned(worker="w1", reason="not mine", at=minutes(5))
    twice = (
        assigned(),
        back,
        assigned(at=6),
        back,
        resolved(at=30),
        reopened(),
        resolved(at=50),
        reopened(51),
    )
    assert {"returned", "reopened"} <= behind(*twice)
    assert (tally(*twice)["returned"], tally(*twice)["reopened"]) == (2, 2)


def test_what_was_withdrawn_is_not_owed_an_answer():
    count = Count("grid", LATER, ZONE, Weights())
    count.add([tally(assigned(), closed("withdrawn")), tally(assigned(), accepted())])
    total = count.answer()["total"]
    assert (total["received"], total["withdrawn"], total["response_rate"]) == (2, 1, 1.0)


def test_a_month_is_the_street_s_own():
    """What is said at midnight in Shanghai on the first is of that month, whatever UTC says."""
    just_after = datetime(2026, 2, 28, 16, 0, tzinfo=UTC)
    assert key_of({"at": just_after}, "month", ZONE) == "2026-03"


def test_a_rate_of_nothing_is_nothing_and_does_not_weigh():
    count = Count("grid", LATER, ZONE, Weights())
    count.add([tally(assigned(), accepted())])
    [line] = count.answer()["lines"]
    assert (line["resolution_rate"], line["satisfaction_rate"], line["score"]) == (None, None, 100.0)


# the past ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@st.composite
def pasts(draw: st.DrawFn) -> list[tuple[History, Event]]:
    """What happened to a few requests, one thing after the other."""
    told: list[tuple[History, Event]] = []
    moment = MORNING
    for _ in range(draw(st.integers(1, 12))):
        moment += timedelta(minutes=draw(st.integers(0, 600)))
        request = f"r{draw(st.integers(1, 4))}"
        of, history = draw(
            st.sampled_from(
                [
                    ("intake.submission", History("demo", "intake", "submission", request)),
                    ("routing.request", History("demo", "routing", "request", request)),
                    ("routing.request", History("demo", "routing", "request", request)),
                ]
            )
        )
        told.append((history, draw(events_of(of)).model_copy(update={"at": moment})))
    return told


def ledger_of(past: list[tuple[History, Event]]) -> list[Body]:
    """The ledger's documents after all that."""
    documents: dict[str, Any] = {}
    versions: dict[str, int] = {}
    for revision, (history, event) in enumerate(past, 1):
        version = versions[history.subject] = versions.get(history.subject, 0) + 1
        document = documents.setdefault(history.id, blank("demo", history.id))
        advance(document, facts.fact(history, version, event, revision=revision), LEDGER)
    return [document["body"] for document in documents.values()]


def figures(tallies: list[Body], by: By, moment: datetime) -> Body:
    count = Count(by, moment, ZONE, Weights())
    count.add(tallies)
    return count.answer()


@settings(deadline=None, max_examples=40)
@given(past=pasts(), cut=st.floats(0, 1), by=st.sampled_from(BY))
def test_figures_of_a_past_moment_are_those_that_were_shown_then(
    past: list[tuple[History, Event]], cut: float, by: By
):
    """Three ways to the same numbers: the ledger as it stood, the steps it keeps today, and the journal."""
    moment = MORNING + cut * (past[-1][1].at - MORNING)
    until_then = [(history, event) for history, event in past if event.at <= moment]
    shown_then = figures([body["tally"] for body in ledger_of(until_then)], by, moment)
    from_steps = figures(
        [
            tally_until([*body.get("said_steps", []), *body.get("done_steps", [])], moment)
            for body in ledger_of(past)
        ],
        by,
        moment,
    )
    journal: dict[str, Body] = {}
    for history, event in past:
        if event.at <= moment:
            journal[history.id] = tallied(journal.get(history.id, {}), event)
    assert shown_then == from_steps
    assert shown_then == figures(list(journal.values()), by, moment)


@settings(deadline=None, max_examples=20)
@given(past=pasts())
def test_every_number_opens_into_as_many_requests(past: list[tuple[History, Event]]):
    moment = past[-1][1].at
    tallies = [body["tally"] for body in ledger_of(past)]
    total = figures(tallies, "grid", moment)["total"]
    for figure in FIGURES:
        assert total[figure] == sum(counts(figure, tally, moment) for tally in tallies)

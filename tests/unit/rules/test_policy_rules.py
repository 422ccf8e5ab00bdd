"""A policy that cannot be kept is refused with the field and the reason; one that can is adopted once."""

from datetime import timedelta
from typing import Any

import pytest

from services.routing.policy.clocks import Clocks
from services.routing.policy.domain import read
from services.routing.policy.policy import DEFAULT
from shared.commands.policy import AdoptPolicy
from shared.events.policy import PolicyAdopted
from shared.refusal import Refused
from shared.words import Severity
from tests.fixtures.matter import minutes
from tests.fixtures.story import given

DAY = [{"start": "09:00", "end": "17:00"}]
RULE = {"name": "gas", "words": ["燃气"], "severity": "red"}


def adopt(content: dict[str, Any], **said: Any) -> AdoptPolicy:
    return AdoptPolicy(
        id="c1", tenant="demo", actor="staff:s1", at=minutes(60), policy="demo", content=content, **said
    )


def adopted(content: dict[str, Any]) -> PolicyAdopted:
    return PolicyAdopted(content=content, at=minutes(60))


def test_a_policy_is_adopted_once():
    given().when(adopt({"rules": [RULE]})).then(adopted({"rules": [RULE]}))


def test_what_is_the_default_anyway_is_no_change():
    """Two ways to write the same are the same."""
    given(adopted({"rules": [RULE]})).when(adopt({"rules": [RULE], "stall_days": 3})).then()


def test_nobody_overwrites_what_he_has_not_read():
    story = given(adopted({"rules": [RULE]}))
    story.when(adopt({"stall_days": 5}, on=0)).refused("policy_changed_meanwhile", version=1)
    story.when(adopt({"stall_days": 5}, on=1)).then(adopted({"stall_days": 5}))


def test_a_policy_that_outgrows_a_message_is_refused():
    words = [{"name": f"r{n}", "words": ["字" * 50] * 100, "severity": "red"} for n in range(20)]
    given().when(adopt({"rules": words})).refused("policy_too_large")


@pytest.mark.parametrize(
    ("content", "field", "problem"),
    [
        ({"calendar": {"week": {}}}, "calendar.week", "no_working_hour"),
        ({"calendar": {"week": {"mon": []}}}, "calendar.week", "no_working_hour"),
        (
            {"calendar": {"week": {"mon": [{"start": "18:00", "end": "09:00"}]}}},
            "calendar.week.mon.0",
            "shift_backwards",
        ),
        (
            {"calendar": {"week": {"mon": [*DAY, {"start": "16:00", "end": "18:00"}]}}},
            "calendar.week",
            "shifts_overlap",
        ),
        (
            {"calendar": {"week": {"mon": DAY}, "time_zone": "Mars"}},
            "calendar.time_zone",
            "time_zone_unknown",
        ),
        (
            {"calendar": {"week": {"mon": DAY}, "holidays": ["2026-01-01"], "make_up_days": ["2026-01-01"]}},
            "calendar",
            "holiday_and_make_up_day",
        ),
        (
            {"calendar": {"week": {"tue": DAY}, "make_up_days": ["2026-01-04"]}},
            "calendar",
            "make_up_day_without_hours",
        ),
        ({"clocks": {"red": {"accept": "1h", "resolve": "2h"}}}, "clocks", "clock_missing"),
        (
            {"category_clocks": [{"category": "gas", "accept": "9999h"}]},
            "category_clocks.0.accept",
            "span_out_of_range",
        ),
        (
            {"category_clocks": [{"category": "gas", "accept": "soon"}]},
            "category_clocks.0.accept",
            "span_unreadable",
        ),
        ({"category_clocks": [{"category": "gas", "accept": "100h"}]}, "", "category_clock_impossible"),
        ({"rules": [RULE, RULE]}, "rules", "rule_named_twice"),
        ({"rules": [{"name": "nothing"}]}, "rules.0", "rule_does_nothing"),
        ({"rules": [RULE | {"color": "red"}]}, "rules.0.color", "extra_forbidden"),
        ({"weights": {"response": 50}}, "weights", "weights_not_whole"),
    ],
)
def test_the_impossible_is_refused_by_field(content: dict[str, Any], field: str, problem: str):
    with pytest.raises(Refused) as refused:
        read(content)
    told = refused.value.detail["mistakes"]
    assert isinstance(told, list)
    assert (told[0]["field"], told[0]["problem"]) == (field, problem)


def test_a_deadline_beyond_the_calendar_is_refused():
    """One working minute a week and 72 hours to do it in: nobody would live to see it."""
    clock = {"accept": "1m", "resolve": "72h"}
    content = {
        "calendar": {"week": {"mon": [{"start": "09:00", "end": "09:01"}]}},
        "clocks": dict.fromkeys(("red", "yellow", "blue"), clock),
    }
    with pytest.raises(Refused, match="policy_impossible"):
        read(content)


# clocks ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("severity", "hours"), [("red", 2), ("yellow", 24), ("blue", 72)])
def test_by_default_it_runs_round_the_clock(severity: str, hours: int):
    due = Clocks(DEFAULT).deadlines(None, Severity(severity), minutes(0)).due_at
    assert due == minutes(0) + timedelta(hours=hours)


def test_the_more_precise_word_is_the_last():
    """A category's clock for one severity goes before its clock for all, whatever stands first."""
    policy = read(
        {
            "category_clocks": [
                {"category": "lift", "severity": "red", "resolve": "1h"},
                {"category": "lift", "resolve": "20h"},
            ]
        }
    )
    assert policy.clock_of("lift", Severity.RED).resolve == timedelta(hours=1)
    assert policy.clock_of("lift", Severity.BLUE).resolve == timedelta(hours=20)
    assert policy.clock_of("gas", Severity.RED).resolve == timedelta(hours=2)


def test_a_reminder_comes_half_way_at_the_earliest():
    """A lead of an hour before a deadline of half an hour would be before the beginning."""
    clocks = Clocks(DEFAULT)
    assert clocks.remind_at(None, Severity.RED, minutes(0), minutes(120)) == minutes(60)
    assert clocks.remind_at(None, Severity.RED, minutes(0), minutes(30)) == minutes(15)


def test_what_is_written_down_is_read_back():
    """In short, without what is the default anyway, and yet the same policy: each way to send somewhere, too."""
    sends = (
        {"to": "grid", "grid": "G-1"},
        {"to": "head", "area": "he"},
        {"to": "post", "area": "he", "duty": "deputy"},
    )
    policy = read(
        {
            "calendar": {
                "week": {"mon": DAY},
                "holidays": ["2026-01-01"],
                "single_days": {"2026-01-03": DAY},
            },
            "severities": {"lift": "red"},
            "rules": [{"name": f"r{n}", "send": send, "over_place": True} for n, send in enumerate(sends)],
        }
    )
    written = policy.model_dump(mode="json", exclude_defaults=True)
    assert read(written) == policy
    given(adopted(written)).when(adopt(written)).then()

"""By the place first, then by rule, in order; and a dry run tells what another policy would have done."""

from datetime import timedelta
from typing import Any

import pytest

from services.routing.policy.assignment import Decision, Placed, assign, told
from services.routing.policy.clocks import Clocks
from services.routing.policy.domain import read
from services.routing.policy.dry_run import DryRun, Past
from services.routing.policy.known import unknown_places
from services.routing.policy.rules import Matter
from shared.words import Channel, Kind, Severity
from tests.fixtures.matter import minutes

HERE: Placed = ("G-1", "position")
TO_G2 = {"to": "grid", "grid": "G-2"}


def policy(*rules: dict[str, Any], **more: Any) -> Clocks:
    named = [{"name": f"r{place}"} | rule for place, rule in enumerate(rules)]
    return Clocks(read({"rules": named, **more}))


def matter(text: str = "路灯不亮", **said: Any) -> Matter:
    return Matter(
        **{"category": "light", "kind": Kind.ISSUE, "channel": Channel.WEB, "at": minutes(0), "text": text}
        | said
    )


def decided(clocks: Clocks, placed: Placed | None = HERE, **said: Any) -> Decision:
    return assign(clocks, matter(**said), placed)


def test_the_place_goes_before_a_rule():
    """Unless the rule says that it goes over the place."""
    assert decided(policy({"send": TO_G2})).where == "G-1"
    assert decided(policy({"send": TO_G2}), placed=None).where == "G-2"
    assert decided(policy({"send": TO_G2, "over_place": True})).where == "G-2"


def test_nothing_matches_so_it_waits_in_triage():
    clocks = policy({"send": TO_G2, "categories": ["lift"]})
    assert (decided(clocks, placed=None).where, decided(clocks, placed=None).rule) == (None, None)


def test_the_first_rule_that_matches_decides():
    """One sends, another grades: each thing is decided by the first that decides it."""
    clocks = policy(
        {"severity": "blue", "words": ["树"]},
        {"severity": "red", "words": ["燃气", "GAS"]},
        {"severity": "blue"},
        {"send": TO_G2},
    )
    found = decided(clocks, text="Gas smell 燃气味", placed=None)
    assert (found.where, found.severity, found.used) == ("G-2", Severity.RED, ("r1", "r3"))


@pytest.mark.parametrize(
    ("rule", "missed"),
    [
        ({"categories": ["lift"]}, "categories"),
        ({"kinds": ["wish"]}, "kinds"),
        ({"channels": ["sms"]}, "channels"),
        ({"words": ["电梯"]}, "words"),
        ({"not_words": ["路灯"]}, "not_words"),
        ({"hours": "off"}, "hours"),
        ({"weekdays": ["sun"]}, "weekdays"),
        ({"time_of_day": {"start": "20:00", "end": "24:00"}}, "time_of_day"),
    ],
)
def test_a_rule_says_why_it_does_not_match(rule: dict[str, Any], missed: str):
    """Half past eight on a Monday in Shanghai, a light that is out."""
    found = decided(policy(rule | {"severity": "red"}))
    assert told(found) == [{"rule": "r0", "title": "", "matched": False, "missed": [missed], "used": False}]


def test_a_category_has_a_severity_where_no_rule_says_another():
    clocks = policy(severities={"light": "blue"})
    assert decided(clocks).severity is Severity.BLUE
    assert decided(clocks, category=None).severity is Severity.YELLOW


def test_a_rule_that_names_what_nobody_drew_is_told_by_field():
    plan = {
        "features": [{"properties": {"code": "G-1", "community": "wutong"}}],
        "communities": [{"code": "he"}],
    }
    named = policy(
        {"send": {"to": "head", "area": "wutong"}},
        {"send": {"to": "post", "area": "he", "duty": "deputy"}},
        {"send": TO_G2},
    ).policy
    assert [one["field"] for one in unknown_places(named, plan)] == ["rules.2.send.grid"]
    assert len(unknown_places(named, None)) == 3


# dry runs ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def past(number: int, placed: Placed | None = HERE, **said: Any) -> Past:
    return Past(f"id{number}", f"code{number}", None, matter(**said), placed)


def test_the_same_policy_would_have_done_the_same():
    run = DryRun(policy({"send": TO_G2}), policy({"send": TO_G2}))
    run.look([past(1), past(2, placed=None)])
    assert (run.requests, run.differences) == (2, [])


def test_what_would_have_gone_elsewhere_and_which_deadlines_differ():
    run = DryRun(policy(), policy({"send": TO_G2}, {"severity": "red", "words": ["燃气"]}))
    run.look([past(1), past(2, placed=None), past(3, text="燃气")])
    said = run.as_json()
    assert (said["elsewhere"], said["out_of_triage"], said["other_severity"]) == (1, 1, 1)
    assert said["other_deadlines"] == 2
    assert said["moves"] == [{"before": None, "after": "G-2", "requests": 1}]
    assert [one["request"] for one in said["differences"]] == ["id2", "id3"]
    assert said["differences"][1]["after"]["due_at"] == (minutes(0) + timedelta(hours=2)).isoformat()


def test_all_are_counted_and_the_first_are_told():
    run = DryRun(policy(), policy({"severity": "red"}), most=1)
    run.look([past(1), past(2)])
    assert (run.other_severity, len(run.differences)) == (2, 1)

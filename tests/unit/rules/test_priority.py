"""The order of priority: what moves a matter up, by how much, and what does not."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.console.priority import rank_at, why
from services.console.sight import Sight
from tests.fixtures.matter import MORNING, minutes

_HOUR = timedelta(hours=1)


def body(**more: Any) -> dict[str, Any]:
    said = {"code": "C", "kind": "issue", "at": MORNING, "status": "assigned", "severity": "blue"}
    return said | {"due_at": minutes(1440)} | more


def hours(**more: Any) -> float:
    """How far it is moved."""
    reasons = why(body(**more))
    rank = rank_at(reasons)
    assert reasons is not None
    assert rank is not None
    return (rank - reasons["base"]) / _HOUR


def test_alone_and_blue_it_stands_at_its_deadline():
    assert why(body()) == {"base": minutes(1440), "by": "deadline", "shifts": {}}
    assert hours() == 0


@pytest.mark.parametrize(
    ("more", "moved"),
    [
        ({"people": 1}, 0),
        ({"people": 2}, -12),
        ({"people": 8}, -36),
        ({"severity": "red"}, -24),
        ({"severity": "yellow"}, -8),
        ({"vulnerable": 1}, -6),
        ({"vulnerable": 40}, -48),
        ({"kind": "wish"}, -24),
        ({"kind": "wish", "status": "accepted"}, -24),
        ({"kind": "wish", "claimed": True}, 0),
        ({"kind": "wish", "waited": 7}, -66),
        ({"kind": "wish", "waited": 7, "claimed": True}, 0),
        ({"waited": 7}, 0),
        ({"people": 2, "severity": "red", "vulnerable": 2}, -48),
    ],
)
def test_each_shift_is_a_fixed_number_of_hours(more: dict[str, Any], moved: float):
    assert hours(**more) == moved


def test_requests_of_one_person_move_nothing():
    """People are counted, not how often they call."""
    assert hours(people=1, requests=30) == 0


def test_what_has_no_deadline_is_due_three_days_after_it_was_said():
    reasons = why(body(due_at=None))
    assert reasons is not None
    assert (reasons["base"], reasons["by"]) == (MORNING + 72 * _HOUR, "age")


@pytest.mark.parametrize("more", [{"status": "resolved"}, {"status": "closed"}, {"matter": "r0"}])
def test_what_is_done_or_follows_another_has_no_place(more: dict[str, Any]):
    assert why(body(**more)) is None
    assert rank_at(None) is None


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_more_people_never_stand_lower(few: int, more: int):
    few, more = sorted((few, more))
    assert hours(people=more) <= hours(people=few)


# who sees what ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_secretary_sees_her_communities_alone():
    sight = Sight(areas=("C-1", "C-2"))
    assert sight.sees({"community": "C-1"})
    assert not sight.sees({"community": "C-3"})
    assert not sight.sees({"community": None})


def test_whom_it_accuses_does_not_see_it_at_any_moment():
    """Neither once it is said whom it accuses, nor before."""
    sight = Sight(worker="w1")
    assert not sight.sees({"kind": "complaint", "grid": None})
    assert not sight.sees({"kind": "complaint", "grid": "g1", "hidden_from": ["w1"]})
    assert sight.sees({"kind": "complaint", "worker": "w3", "hidden_from": ["w2"]})
    assert sight.sees({"kind": "issue", "grid": None})
    assert Sight().sees({"kind": "tip", "grid": None, "hidden_from": ["w1"]})

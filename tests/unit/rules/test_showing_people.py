"""Whom the page of people shows, and how much of them."""

from typing import Any

import pytest

from services.console.commanding import build_command
from services.console.people import may_stand_beside_a_person, told
from services.console.sight import EVERYTHING, Sight
from shared.http import ProblemError
from shared.staff import Role, Staff
from shared.words import masked
from tests.fixtures.matter import minutes

SAID = {"code": "C1", "status": "assigned", "kind": "issue", "category": None, "at": minutes(0)}


def person(**more: Any) -> dict[str, Any]:
    bound = {"contact": "k1", "kind": "phone", "since": minutes(0), "until": None}
    known = {
        "person": "p1",
        "into": None,
        "same": [],
        "contacts": [bound],
        "requests": ["r1"],
        "supports": [],
    }
    return known | more


def test_a_number_is_told_apart_and_not_told():
    """Enough for staff to see which of two numbers it is; calling takes a purpose that is on record."""
    seen = told(person(), {"r1": SAID}, {"k1": masked("+8613812345678")})
    assert seen is not None
    assert [each["masked"] for each in seen["contacts"]] == ["+86138****5678"]
    assert "13812345678" not in str(seen)


def test_whoever_is_out_of_sight_is_not_there():
    """A secretary sees people of the own communities, by what they said there."""
    mine, theirs = SAID | {"community": "C-1"}, SAID | {"community": "C-2"}
    sight = Sight(("C-1",))
    assert may_stand_beside_a_person(mine, sight)
    assert not may_stand_beside_a_person(theirs, sight)
    assert told(person(requests=["r2"]), {"r1": SAID}, {}) is None
    assert told(person(requests=[], supports=["r1"]), {"r1": SAID}, {}) is not None


def test_no_tip_stands_beside_whoever_gave_it():
    """Not even for the whole office."""
    assert not may_stand_beside_a_person(SAID | {"kind": "tip"}, EVERYTHING)
    assert may_stand_beside_a_person(SAID, EVERYTHING)


@pytest.mark.parametrize("role", ["worker", "director", "operator"])
def test_who_is_one_person_is_for_staff_and_secretaries_to_say(role: Role):
    staff = Staff(sub="x1", role=role, tenant="demo")
    for name in ("JoinPeople", "PartPeople", "ReleaseContact"):
        with pytest.raises(ProblemError) as problem:
            build_command(name, {"person": "p1"}, staff, None, None)  # pyright: ignore[reportArgumentType]
        assert problem.value.status == 403

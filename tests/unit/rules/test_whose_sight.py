"""Who sees what: whoever is accused, the offices that are, and those who only follow a view."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.console.projection import published
from services.console.sight import Sight
from shared.staff import Role, Staff
from shared.words import About


def of(role: Role, *areas: str, sub: str = "s1") -> Sight:
    return Sight.of(Staff(sub=sub, role=role, tenant="demo", areas=areas))


def test_an_accused_community_s_own_staff_see_nothing_of_it():
    """Before it is decided whose it is, too."""
    said = {"kind": "complaint", "community": "C-1", "worker": "w9", "hidden_offices": ["C-1"]}
    assert not of("secretary", "C-1").sees(said)
    assert not of("secretary", "C-1").sees({"community": "C-1", "about": "community_office"})
    assert of("staff").sees(said)


def test_what_is_secret_is_so_wherever_it_is():
    """And what only lies in another community is none."""
    theirs = of("secretary", "C-1").anywhere()
    assert theirs.sees({"community": "C-2"})
    assert not theirs.sees({"community": "C-1", "about": "community_office"})
    assert not theirs.sees({"community": "C-2", "hidden_offices": ["C-1"]})


def test_what_accuses_the_street_is_its_director_s_to_see():
    """Somebody has to; nobody who answers to the accused is asked to look away."""
    for said in ({"hidden_offices": ["demo"]}, {"about": "street_office"}):
        body = {"kind": "complaint", "community": "C-1", "worker": None} | said
        assert not any(of(role).sees(body) for role in ("staff", "operator", "worker"))
        assert not of("secretary", "C-1").sees(body)
        assert of("director").sees(body)


def test_the_accused_sees_it_under_no_token():
    """Whatever role he signs in with."""
    said = {"community": "C-1", "worker": "w9", "hidden_from": ["w1"]}
    for role in ("worker", "staff", "secretary", "director", "operator"):
        assert not of(role, sub="w1").sees(said)
        assert of(role, sub="w2").sees(said)


_BODIES = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["issue", "complaint", "tip"]),
        "community": st.sampled_from(["C-1", "C-2"]),
        "worker": st.sampled_from([None, "w1", "w2"]),
        "hidden_from": st.lists(st.sampled_from(["w1", "w2"])),
        "hidden_offices": st.lists(st.sampled_from(["C-1", "demo"])),
        "about": st.sampled_from([None, *(about.value for about in About)]),
    },
)


@given(body=_BODIES, sub=st.sampled_from(["w1", "w2", "w3"]), role=st.sampled_from(["worker", "staff"]))
def test_followers_get_nothing_that_somebody_may_not_see(body: dict[str, Any], sub: str, role: Role):
    """The view that anybody may follow is no way around; communities alone are no secret."""
    told = published(body)
    assert told == {"withheld": True} or replace(of(role, "C-1", sub=sub), areas=()).sees(body)
    assert not {"hidden_from", "hidden_offices"} & told.keys()

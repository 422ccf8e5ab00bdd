"""Saved views of the ledger: kept under a name, replaced, forgotten, and nobody else's to change."""

from typing import Any

from services.console.saved_view.keeping import may_see
from shared.commands.saved_view import ForgetView, SaveView
from shared.events.saved_view import ViewForgotten, ViewSaved
from shared.staff import Staff
from tests.fixtures.matter import box, minutes
from tests.fixtures.story import given

AT = minutes(60)


def envelope(who: str) -> dict[str, Any]:
    return {"id": "c1", "tenant": "demo", "actor": who, "at": AT, "view": "v1"}


def save(who: str = "staff:s1", **more: Any):
    return SaveView(**(envelope(who) | {"filters": {"grid": "G-1"}, "sealed": box("k1")} | more))


def saved(**more: Any):
    said = {"keeper": "staff:s1", "filters": {"grid": "G-1"}, "sealed": box("k1"), "at": AT}
    return ViewSaved(**(said | more))


def forget(who: str = "staff:s1"):
    return ForgetView(**envelope(who))


def test_a_view_is_kept_and_the_next_one_of_that_name_takes_its_place():
    given().when(save()).then(saved())
    given(saved()).when(save(shared=True)).then(saved(shared=True))


def test_a_view_that_was_forgotten_may_be_kept_again():
    given(saved()).when(forget()).then(ViewForgotten(at=AT))
    given(saved(), ViewForgotten(at=AT)).when(forget()).then()
    given(saved(), ViewForgotten(at=AT)).when(save()).then(saved())


def test_nobody_else_changes_or_forgets_it():
    given(saved()).when(save("staff:s2")).refused("not_your_view")
    given(saved()).when(forget("staff:s2")).refused("not_your_view")


def staff(name: str, *areas: str) -> Staff:
    return Staff(sub=name, role="secretary", tenant="demo", areas=areas)


def test_what_is_shared_is_seen_by_the_keeper_s_communities_and_by_the_office():
    own = {"keeper": "staff:s1", "shared": False, "communities": []}
    assert may_see(own, staff("s1", "c1"))
    assert not may_see(own, staff("s2", "c1"))
    of_one = own | {"shared": True, "communities": ["c1"]}
    assert may_see(of_one, staff("s2", "c1"))
    assert may_see(of_one, staff("s2"))
    assert not may_see(of_one, staff("s2", "c2"))
    assert may_see(own | {"shared": True}, staff("s2", "c2"))

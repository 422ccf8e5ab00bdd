"""People: met once, reached over contacts that are theirs for a while, one or two as staff see it."""

from itertools import permutations
from typing import Any

from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from services.routing.person.contacts import holding
from services.routing.person.people import representatives
from shared.commands.person import BindContact, JoinPeople, PartPeople, RecognisePerson, ReleaseContact
from shared.commands.support import SupportRequest
from shared.events.person import ContactBound, ContactReleased, PeopleJoined, PeopleParted, PersonRecognised
from shared.events.support import RequestSupported
from tests.fixtures.matter import minutes
from tests.fixtures.story import given

MET = PersonRecognised(at=minutes(0))
BOUND = ContactBound(contact="k1", kind="phone", at=minutes(1))
JOINED = PeopleJoined(into="p2", at=minutes(5))


def wish(model: Any, actor: str = "service:routing", **said: Any) -> Any:
    named = {"id": "c1", "tenant": "demo", "actor": actor, "at": minutes(60)}
    return model.model_validate(named | said)


def person(model: Any, **said: Any) -> Any:
    return wish(model, **({"person": "p1"} | said))


def test_somebody_is_met_once():
    given().when(person(RecognisePerson)).then(PersonRecognised(at=minutes(60)))


def test_a_contact_is_theirs_until_it_is_somebody_elses():
    given().when(person(BindContact, contact="k1", kind="phone")).refused("unknown_person")
    given(MET).when(person(BindContact, contact="k1", kind="phone")).then(
        ContactBound(contact="k1", kind="phone", at=minutes(60))
    )
    given(MET, BOUND).when(person(ReleaseContact, contact="k1")).then(
        ContactReleased(contact="k1", reason="reassigned", at=minutes(60))
    )


def test_staff_say_that_two_are_one_and_take_it_back():
    joining = person(JoinPeople, actor="staff:s1", into="p2")
    given(MET).when(joining).then(PeopleJoined(into="p2", at=minutes(60)))
    given(MET, JOINED).when(person(JoinPeople, actor="staff:s1", into="p3")).refused(
        "joined_already", into="p2"
    )
    given(MET, JOINED).when(person(PartPeople, actor="staff:s1")).then(
        PeopleParted(into="p2", at=minutes(60))
    )
    given(MET).when(person(JoinPeople, actor="staff:s1", into="p1")).refused("same_person")
    given(MET).when(person(JoinPeople, actor="worker:w1", into="p2")).refused("only_staff")


def test_one_person_has_it_too_once():
    support = wish(SupportRequest, support="s1", request="r1", person="p1")
    given().when(support).then(RequestSupported(request="r1", person="p1", at=minutes(60)))
    given().when(wish(SupportRequest, request="r1")).refused("unknown_contact")


def test_a_number_is_whose_it_was_at_the_time():
    """Before the first nobody else is known; after it was released, it is nobody's until somebody speaks from it."""
    first = {"person": "p1", "since": minutes(10), "until": minutes(20)}
    then = {"person": "p2", "since": minutes(30), "until": None}
    assert holding([], minutes(0)) is None
    assert holding([first], minutes(0)) == first
    assert holding([first], minutes(20)) is None
    assert [holding([first, then], minutes(at)) for at in (15, 25, 99)] == [first, then, then]


NAMES = ("a", "b", "c", "d", "e")
lines = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=7)


@settings(deadline=None)
@given_any(lines=lines)
def test_who_is_one_person_depends_on_no_order(lines: list[tuple[str, str]]):
    """Against walking from each to each; circles included."""

    def reached(name: str) -> set[str]:
        found = {name}
        for _ in NAMES:
            found |= {y for x, y in lines if x in found} | {x for x, y in lines if y in found}
        return found

    expected = {name: min(reached(name)) for name in NAMES}
    for order in list(permutations(lines))[:6]:
        assert representatives(NAMES, order) == expected

"""How many people call for a matter: whatever order things were joined, parted and supported in."""

from functools import reduce
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.matter.counting import Voice, counted
from services.routing.matter.domain import State
from services.routing.person.domain import PERSON
from services.routing.person.people import representatives
from services.routing.request.domain import REQUEST
from services.routing.support.domain import SUPPORT
from shared.commands.command import Command
from shared.commands.person import JoinPeople, PartPeople, RecognisePerson
from shared.commands.request import AssignGrid, JoinMatter, LeaveInTriage, LeaveMatter
from shared.commands.support import SupportRequest
from shared.events.event import Event
from shared.refusal import Refused
from tests.fixtures.matter import minutes

REQUESTS = ("r1", "r2", "r3", "r4")
PEOPLE = ("a", "b", "c", "d")
DECIDERS = {decider.aggregate: decider for decider in (REQUEST, PERSON, SUPPORT)}
Histories = dict[tuple[str, str], list[Event]]

wishes = st.lists(
    st.one_of(
        st.tuples(st.just("join"), st.sampled_from(REQUESTS[1:])),
        st.tuples(st.just("leave"), st.sampled_from(REQUESTS[1:])),
        st.tuples(st.just("support"), st.sampled_from(REQUESTS), st.sampled_from(PEOPLE)),
        st.tuples(st.just("same"), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)),
        st.tuples(st.just("two"), st.sampled_from(PEOPLE)),
    ),
    max_size=14,
)


def do(histories: Histories, model: type[Command], **said: Any) -> None:
    envelope = {"id": "c", "tenant": "demo", "actor": "staff:s1", "at": minutes(1)}
    command = model.model_validate(envelope | said)
    decider = DECIDERS[command.aggregate]
    past = histories.setdefault((command.aggregate, command.history), [])
    try:
        event = decider.decide(command, reduce(decider.evolve, past, decider.initial))
    except Refused:
        return
    past += [event] if event is not None else []


def told(reporters: dict[str, str | None], said: list[Any]) -> Histories:
    histories: Histories = {}
    for person in PEOPLE:
        do(histories, RecognisePerson, person=person)
    for request, person in reporters.items():
        do(histories, LeaveInTriage, request=request, reason="no_place", person=person)
        do(histories, AssignGrid, request=request, grid="g1", worker="w1")
    for wish in said:
        match wish:
            case ("join", request):
                do(histories, JoinMatter, request=request, matter="r1")
            case ("leave", request):
                do(histories, LeaveMatter, request=request)
            case ("support", request, person):
                do(histories, SupportRequest, support=f"{request}-{person}", request=request, person=person)
            case ("same", person, into):
                do(histories, JoinPeople, person=person, into=into)
            case (_, person):
                do(histories, PartPeople, person=person)
    return histories


def states(histories: Histories, aggregate: str) -> dict[str, Any]:
    decider = DECIDERS[aggregate]
    return {
        name: reduce(decider.evolve, past, decider.initial)
        for (kind, name), past in histories.items()
        if kind == aggregate
    }


def weighed(histories: Histories) -> State:
    requests = states(histories, "request")
    mine = [Voice(name, state.person) for name, state in requests.items() if "r1" in (name, state.matter)]
    named = {voice.request for voice in mine}
    supporters = [s.person for s in states(histories, "support").values() if s.request in named]
    lines = [(name, state.into) for name, state in states(histories, "person").items() if state.into]
    return counted(mine, supporters, representatives(PEOPLE, lines))


def by_hand(reporters: dict[str, str | None], said: list[Any]) -> tuple[int, int]:
    """Go through what was said as a clerk would, and count groups of ids that hang together."""
    joined: set[str] = set()
    supports: set[tuple[str, str]] = set()
    into: dict[str, str] = {}
    for wish in said:
        match wish:
            case ("join", request):
                joined.add(request)
            case ("leave", request):
                joined.discard(request)
            case ("support", request, person):
                supports.add((request, person))
            case ("same", person, other) if person != other:
                into.setdefault(person, other)
            case ("two", person):
                into.pop(person, None)
            case _:
                pass
    requests = {"r1", *joined}
    unknown = sum(reporters[request] is None for request in requests)
    known = {reporters[request] for request in requests} - {None}
    ids = {str(person) for person in known} | {person for request, person in supports if request in requests}
    groups = [{person} for person in PEOPLE]
    for one, other in into.items():
        mine, theirs = (next(group for group in groups if name in group) for name in (one, other))
        if mine is not theirs:
            groups.remove(theirs)
            mine |= theirs
    return unknown + sum(bool(group & ids) for group in groups), len(requests)


@settings(deadline=None, max_examples=300)
@given(
    reporters=st.fixed_dictionaries({name: st.none() | st.sampled_from(PEOPLE) for name in REQUESTS}),
    said=wishes,
)
def test_any_order_weighs_what_a_clerk_counts(reporters: dict[str, str | None], said: list[Any]):
    state = weighed(told(reporters, said))
    assert (state.people, state.requests) == by_hand(reporters, said)


def test_joins_and_supports_weigh_the_same_in_both_orders():
    reporters: dict[str, str | None] = {"r1": "a", "r2": "b", "r3": None, "r4": "a"}
    one = [("join", "r2"), ("join", "r4"), ("support", "r2", "c"), ("same", "c", "b")]
    for said in (one, one[::-1]):
        assert weighed(told(reporters, said)) == State(people=2, requests=3)


def test_whoever_took_it_back_calls_for_it_no_longer():
    for gone, supported in product((True, False), repeat=2):
        voices = [Voice("r1", "a"), Voice("r2", "b", withdrawn=gone)]
        people = 1 + (not gone) + supported
        expected = State(people=people, requests=2 - gone)
        assert counted(voices, ["c"] if supported else [], {}) == expected


def test_who_needs_looking_after_counts_once_and_is_not_named():
    """By any of the person's ids; who took it back does not count; a request alone may say so, too."""
    assert counted([Voice("r1", "a")], [], {}, {"a"}) == State(vulnerable=1)
    assert counted([Voice("r1", "a")], [], {}, {"b"}) == State()
    assert counted([Voice("r1", "a", withdrawn=True)], [], {}, {"a"}) == State()
    both = [Voice("r1", "a"), Voice("r2", "b")]
    assert counted(both, ["c"], {"a": "a", "b": "a", "x": "a"}, {"x", "c"}) == State(
        people=2, requests=2, vulnerable=2
    )

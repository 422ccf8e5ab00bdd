"""Any state × any command, for every aggregate: what no story thought of."""

from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared import commands, events
from shared.commands.command import Command
from shared.decider import Decider
from shared.events.event import Event
from shared.life import status_after
from shared.refusal import Refused
from shared.words import ENDED, Status
from tests.fixtures.anything import commands_of, events_of
from tests.fixtures.matter import accept
from tests.fixtures.story import DECIDERS

each_aggregate = pytest.mark.parametrize("decider", DECIDERS, ids=lambda d: f"{d.owner}.{d.aggregate}")


def name_of(decider: Decider[Any]) -> str:
    return f"{decider.owner}.{decider.aggregate}"


def state_after(decider: Decider[Any], past: list[Event]) -> Any:
    return reduce(decider.evolve, past, decider.initial)


def decided(decider: Decider[Any], command: Command, state: Any) -> Event | None:
    try:
        return decider.decide(command, state)
    except Refused:
        return None


def test_every_event_and_every_command_has_an_owner_here():
    """So the tests below leave nobody out."""
    known = {name_of(decider) for decider in DECIDERS}
    for catalogue in (events.CATALOGUE, commands.CATALOGUE):
        assert {f"{model.owner}.{model.aggregate}" for model in catalogue.values()} <= known


@each_aggregate
@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_a_command_is_refused_or_decided_and_twice_is_once(decider: Decider[Any], data: st.DataObject):
    """No exception but Refused; and what was decided is silent the second time."""
    past = data.draw(st.lists(events_of(name_of(decider)), max_size=6))
    command = data.draw(commands_of(name_of(decider)))
    state = state_after(decider, past)
    try:
        event = decider.decide(command, state)
    except Refused as refused:
        assert refused.reason.isidentifier()
        return
    if event is not None:
        assert (event.owner, event.aggregate) == (decider.owner, decider.aggregate)
        assert event.at == command.at
        assert decider.decide(command, decider.evolve(state, event)) is None


@each_aggregate
@settings(deadline=None, max_examples=30)
@given(past=st.lists(events_of(), max_size=8))
def test_evolving_never_argues(decider: Decider[Any], past: list[Event]):
    """Any event of the whole catalogue, in any order; and the state comes back from a document as it was."""
    state = state_after(decider, past)
    assert decider.state(state.model_dump()) == state
    assert type(state).model_validate_json(state.model_dump_json()) == state


REQUEST = next(decider for decider in DECIDERS if decider.aggregate == "request")
_ANY_WISHES = st.lists(commands_of("routing.request"), max_size=12)


@settings(deadline=None, max_examples=50)
@given(past=st.lists(events_of("routing.request"), max_size=6))
def test_only_events_move_the_status_and_only_as_life_says(past: list[Event]):
    status = None
    state = REQUEST.initial
    for event in past:
        state = REQUEST.evolve(state, event)
        status = status_after(event) or status
        assert state.status == status


@settings(deadline=None, max_examples=150)
@given(wishes=_ANY_WISHES)
def test_whatever_people_wish_somebody_is_responsible_and_a_clock_runs_down(wishes: list[Command]):
    """Through any life that the rules allow: what is ours lies in a grid, and what is over asks for nothing."""
    state = REQUEST.initial
    for wish in wishes:
        event = decided(REQUEST, wish, state)
        if event is None:
            continue
        assert state.status not in ENDED - {Status.CLOSED} or status_after(event) is None
        state = REQUEST.evolve(state, event)
        waiting = state.status in (None, Status.TRIAGE, Status.RETURNED, Status.DECLINED, Status.WITHDRAWN)
        told_of_the_past = state.done_before and state.status in (Status.RESOLVED, Status.CLOSED)
        assert waiting or told_of_the_past or state.grid is not None
        if state.status in ENDED or state.matter is not None:
            assert state.check_at is None
        if state.status is Status.RETURNED:
            assert state.worker is None


@pytest.mark.parametrize(
    "actor", ["", "worker:", "worker", "nobody:w1", "worker:张三", "staff:s1\r\nlm-cause: x"]
)
def test_an_actor_is_a_role_and_a_name(actor: str):
    """Rules take a worker's name from it, so it is checked before they are asked."""
    with pytest.raises(ValidationError):
        accept(actor)

"""A complaint is never with whoever it accuses, whatever anybody does with it afterwards."""

from functools import reduce
from typing import Any

import pytest
from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from services.routing.request.domain import REQUEST
from services.routing.request.state import OURS, State
from shared.commands.command import Command
from shared.commands.request import CheckDeadline, JoinMatter, LeaveInTriage, NameAccused, ReportUp
from shared.events.event import Event
from shared.events.request import (
    AccusedNamed,
    AssignmentFailed,
    DeadlineMissed,
    RequestEscalated,
    RequestJoinedMatter,
)
from shared.refusal import Refused
from shared.words import Status
from tests.fixtures.anything import commands_of
from tests.fixtures.matter import (
    accept,
    accepted,
    answered,
    assign,
    assigned,
    close,
    command,
    in_triage,
    minutes,
    note,
    reopened,
    resolve,
    resolved,
    transfer,
)
from tests.fixtures.story import given


def accused_before(**more: Any) -> Event:
    """It was told about w1, and the community's head has it."""
    return assigned(worker="w-head", level="community", hidden_from=("w1",), **more)


def name(worker: str = "w1", actor: str = "staff:s1", **said: Any) -> Any:
    """As the grid book completes it."""
    known = {"hidden_from": (worker,), "head": "w-head", "level": "community", "area": "c1"}
    return command(NameAccused, actor, **{"reason": "said on the phone", "worker": worker} | known | said)


def named(**more: Any) -> Event:
    return AccusedNamed.model_validate(
        {"hidden_from": ("w1",), "reason": "said on the phone", "at": minutes(60)} | more
    )


def taken(**more: Any) -> Event:
    to = {"worker": "w-head", "area": "c1", "level": "community", "stands": "assigned"}
    return named(**{"taken": True, "from_worker": "w1"} | to | more)


def state_after(*past: Event) -> State:
    return reduce(REQUEST.evolve, past, REQUEST.initial)


# it is never given to them ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_accused_is_given_it_by_nobody():
    """Neither by a transfer, nor by staff who say that he accepted it, nor out of triage."""
    given(accused_before()).when(transfer("w1")).refused("accused")
    given(assigned(worker=None, hidden_from=("w1",))).when(accept("staff:s1", worker="w1")).refused("accused")
    failed = AssignmentFailed(reason="nobody_left", hidden_from=("w1",), at=minutes(0))
    given(failed).when(assign(worker="w1")).refused("accused")


def test_the_grid_book_assigns_to_no_accused():
    """What the command itself says counts as well as what is known already."""
    wish = assign(rule="position", actor="service:routing", at=0, hidden_from=("w1",), accept_by=None)
    given().when(wish).refused("accused")


def test_nobody_left_waits_in_triage_and_whom_it_accuses_is_remembered():
    """The heads above are accused, too: somebody outside has to find somebody."""
    said = {"reason": "nobody_left", "hidden_from": ("w1", "w2"), "hidden_offices": ("demo",)}
    event = AssignmentFailed.model_validate(said | {"at": minutes(0)})
    given().when(command(LeaveInTriage, "service:routing", at=0, **said)).then(event)
    assert state_after(event).hidden_from == ("w1", "w2")
    assert state_after(event, assigned(worker="w3", hidden_from=("w4",))).hidden_from == ("w1", "w2", "w4")


@pytest.mark.parametrize("role", ["worker", "staff"])
def test_the_accused_does_nothing_with_it(role: str):
    """In whatever role he signs in: he cannot close the complaint against him."""
    given(accused_before(), accepted("w-head")).when(note(f"{role}:w1")).refused("not_for_the_accused")
    given(accused_before(), accepted("w-head")).when(resolve(f"{role}:w1")).refused("not_for_the_accused")
    wish = close("by_staff", actor=f"{role}:w1")
    given(accused_before(), accepted("w-head"), resolved("w-head")).when(wish).refused("not_for_the_accused")


def test_the_head_to_whom_it_is_reported_is_not_the_accused():
    """The street's head is accused: it is refused, and stays with somebody who is not."""
    event = assigned(worker="w1", level="community", hidden_from=("w-street",))
    wish = command(ReportUp, "worker:w1", reason="beyond me", level="street", area="s1", worker="w-street")
    given(event).when(wish).refused("nobody_on_duty")


def test_an_accused_head_is_not_told_what_was_missed():
    """It was missed, and his own head hears of it at the next level."""
    missed = DeadlineMissed(deadline="accept", due_at=minutes(120), escalate_at=minutes(240), at=minutes(120))
    asked = command(CheckDeadline, "service:routing", at=600, level="community", area="c1", head="w-head")
    given(assigned(hidden_from=("w-head",)), missed).when(asked).then(
        RequestEscalated(deadline="accept", level="community", area="c1", head=None, at=minutes(600))
    )


def test_what_accuses_somebody_follows_no_other_request():
    """The lead's worker may be whom it accuses, and would close it with his own."""
    given(accused_before()).when(command(JoinMatter, "staff:s1", matter="r2")).refused("accuses_somebody")


# naming them later ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_is_accused_later_loses_it_to_the_head():
    """The head accepts it anew, in a time of his own."""
    story = given(assigned(), accepted())
    story.when(name(accept_by=minutes(120))).then(taken(accept_by=minutes(120)))
    state = state_after(assigned(), accepted(), taken(accept_by=minutes(120)))
    assert (state.status, state.worker, state.level) == (Status.ASSIGNED, "w-head", "community")
    assert state.accept_by == minutes(120)


def test_nobody_is_left_to_take_it():
    """It waits in triage, and not with him."""
    nobody = {"head": None, "area": None, "level": None}
    given(assigned()).when(name(**nobody)).then(taken(worker=None, area=None, level=None, stands="triage"))
    assert state_after(assigned(), taken(worker=None, stands="triage")).status is Status.TRIAGE


def test_the_head_is_the_accused():
    """A head who is named is not given what accuses him, even where the grid book says so."""
    given(assigned()).when(name("w-head")).then(named(hidden_from=("w-head",)))
    wish = name(hidden_from=("w1", "w-head"))
    gone = {"worker": None, "area": None, "level": None, "stands": "triage"}
    given(assigned()).when(wish).then(taken(hidden_from=("w1", "w-head"), **gone))


def test_somebody_who_does_not_have_it_is_named():
    """It stays where it is."""
    given(assigned(worker="w2"), accepted("w2")).when(name()).then(named())
    given(in_triage()).when(name()).then(named())


def test_what_the_accused_resolved_is_not_his_again_when_it_is_reopened():
    """The resident was not content: the head has it."""
    story = given(assigned(), accepted(), resolved())
    story.when(name()).then(taken(stands=None))
    state = state_after(assigned(), accepted(), resolved(), taken(stands=None), answered(False), reopened())
    assert (state.status, state.worker) == (Status.REOPENED, "w-head")


def test_an_accused_office_loses_it_to_the_head_above():
    """Whoever works below the accused is not asked to look into it."""
    wish = name("w9", hidden_offices=("c1",), head="w-street", level="street", area="s1")
    gone = {"worker": "w-street", "level": "street", "area": "s1", "hidden_from": ("w9",)}
    given(assigned(), accepted()).when(wish).then(taken(hidden_offices=("c1",), **gone))


def test_staff_name_the_accused_and_workers_do_not():
    given(assigned()).when(name("w2", actor="worker:w1")).refused("not_for_workers")
    given(assigned()).when(name(hidden_from=())).refused("nobody_named")
    given().when(name()).refused("not_assigned")


def test_what_follows_another_is_parted_first():
    """Its lead may be with the accused."""
    joined = RequestJoinedMatter(matter="r2", at=minutes(5))
    given(assigned(), joined).when(name()).refused("follows_another")


# whatever comes ────────────────────────────────────────────────────────────────────────────────────────────────────


def _decided(wish: Command, state: State) -> State:
    try:
        event = REQUEST.decide(wish, state)
    except Refused:
        return state
    return state if event is None else REQUEST.evolve(state, event)


@settings(deadline=None, max_examples=300)
@whatever(
    begins=st.sampled_from([accused_before(), assigned(worker="w2", hidden_from=("w1",)), assigned()]),
    wishes=st.lists(commands_of("routing.request"), max_size=15),
)
def test_whoever_is_accused_never_owns_it_whatever_commands_follow(begins: Event, wishes: list[Command]):
    """And whoever was accused once is accused for ever."""
    state = state_after(begins)
    for wish in wishes:
        after = _decided(wish, state)
        assert after.worker not in after.hidden_from
        assert set(state.hidden_from) <= set(after.hidden_from)
        assert set(state.hidden_offices) <= set(after.hidden_offices)
        if after.status in OURS and after.worker != state.worker and state.hidden_from:
            role, _, name = wish.actor.partition(":")
            assert role == "resident" or name not in state.hidden_from, (
                "a resident is no worker of the same name"
            )
        state = after

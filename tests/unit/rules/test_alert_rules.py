"""Warnings (预警): relayed once and in the issuer's name; superseded and cancelled in whatever order they come; seen to."""

from functools import reduce
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from services.notify.alert.domain import ALERT
from services.notify.alert.state import LASTS, State
from shared.commands.alert import (
    AcknowledgeAlert,
    CancelAlert,
    CheckAlert,
    Kin,
    RelayAlert,
    SupersedeAlert,
)
from shared.events.alert import (
    AlertAcknowledged,
    AlertArrivedLate,
    AlertCancelled,
    AlertEscalated,
    AlertRelayed,
    AlertSuperseded,
    Called,
    Ended,
    Hazard,
    Message,
    Reference,
    Wording,
)
from shared.ids import alert_id
from shared.refusal import Refused
from tests.fixtures.matter import minutes
from tests.fixtures.story import given

A, U, C = (alert_id("qx", name) for name in "AUC")
WORKERS = (Called(grid="g1", worker="w1"), Called(grid="g2", worker="w2"))


def message(
    name: str = "A", kind: str = "Alert", *, sent: float = 0, about: str = "", **said: Any
) -> Message:
    """``about``: the names of what it refers to."""
    hazard = {"level": "red", "expires": minutes(600), "grids": ("g1", "g2"), "areas": ("青禾",)} | said
    return Message(
        sender="qx",
        identifier=name,
        sent=minutes(sent),
        kind=kind,  # type: ignore[arg-type]
        references=tuple(Reference(sender="qx", identifier=each, sent=minutes(0)) for each in about),
        hazards=(Hazard.model_validate(hazard),) if said.get("placed", True) else (),
        fingerprint=f"{name}{kind}{sent}",
    )


def wish(model: Any, alert: str = A, *, at: float = 60, actor: str = "service:cap", **said: Any) -> Any:
    return model.model_validate(
        {"id": "c1", "tenant": "demo", "actor": actor, "at": minutes(at), "alert": alert} | said
    )


def relay(said: Message, *kin: Kin, at: float = 60, **more: Any) -> RelayAlert:
    return wish(RelayAlert, alert_id(said.sender, said.identifier), at=at, message=said, kin=kin, **more)


def relayed(said: Message | None = None, *, at: float = 60, **more: Any) -> AlertRelayed:
    said = said or message()
    over = None if said.kind == "Cancel" else minutes(600)
    return AlertRelayed(message=said, over_at=over, at=minutes(at), **more)


def kin_of(*events: Any, alert: str) -> Kin:
    kin = reduce(ALERT.evolve, events, State()).kin(alert)
    assert kin is not None
    return kin


def ended(alert: str, *, by: str, cancelled: bool = False) -> Ended:
    return Ended(alert=alert, by=by, cancelled=cancelled)


def test_the_same_identifier_twice_is_one_broadcast():
    given().when(relay(message())).then(relayed())
    given(relayed()).when(relay(message(), at=90)).then()


def test_another_message_under_the_same_identifier_is_refused():
    given(relayed()).when(relay(message(sent=1), at=90)).refused("alert_differs", identifier="A")


def test_what_is_over_is_not_relayed():
    given().when(relay(message(), at=599)).then(relayed(at=599))
    given().when(relay(message(), at=600)).refused("alert_expired")


def test_what_was_issued_tomorrow_is_a_mistake():
    """No update would ever be newer. A clock that is hours ahead is none."""
    at = 60
    given().when(relay(message(sent=at + 24 * 60 + 1), at=at)).refused("alert_from_the_future")
    ahead = message(sent=at + 8 * 60)
    given().when(relay(ahead, at=at)).then(relayed(ahead, at=at))


def test_what_names_no_end_is_over_after_a_day():
    open_ended = message(expires=None)
    event = ALERT.decide(relay(open_ended), State())
    assert isinstance(event, AlertRelayed)
    assert event.over_at == minutes(0) + LASTS


def test_what_touches_none_of_our_grids_is_nobodys():
    given().when(relay(message(grids=()))).refused("reaches_nobody")


def test_a_worker_relays_nothing():
    given().when(relay(message(), actor="worker:w1")).refused("not_for_workers")


@pytest.mark.parametrize("kind", ["Update", "Cancel"])
def test_a_later_message_ends_what_it_names(kind):
    later = message("U", kind, sent=30, about="A")
    first = kin_of(relayed(), alert=A)
    ends = (ended(A, by=U, cancelled=kind == "Cancel"),)
    given().when(relay(later, first)).then(relayed(later, ends=ends))


def test_a_reference_to_something_unknown_ends_nothing():
    later = message("U", "Update", sent=30, about="X")
    given().when(relay(later)).then(relayed(later))


@pytest.mark.parametrize(("kind", "why"), [("Update", "superseded"), ("Cancel", "cancelled")])
def test_what_comes_after_its_own_end_tells_nobody(kind, why):
    """Whether the one that ended it is found by its references, or has left its mark already."""
    later = message("U", kind, sent=30, about="A")
    kin = kin_of(relayed(later), alert=U)
    late = AlertArrivedLate(message=message(), why=why, by=U, at=minutes(60))
    given().when(relay(message(), kin)).then(late)
    mark = AlertSuperseded(by=U, at=minutes(50)) if kind == "Update" else AlertCancelled(by=U, at=minutes(50))
    given(mark).when(relay(message())).then(late)


def test_an_update_that_is_over_tells_nobody_and_ends_the_first_all_the_same():
    update = message("U", "Update", sent=30, about="A", expires=minutes(50))
    late = AlertArrivedLate(message=update, why="expired", ends=(ended(A, by=U),), at=minutes(60))
    given().when(relay(update, kin_of(relayed(), alert=A))).then(late)


def test_the_first_is_ended_by_the_third_through_a_second_that_came_last():
    """A was relayed; C, which names U alone, came before U: whoever got A hears of C."""
    last = message("C", "Cancel", sent=40, about="U")
    update = message("U", "Update", sent=30, about="A")
    kin = (kin_of(relayed(), alert=A), kin_of(relayed(last), alert=C))
    late = AlertArrivedLate(
        message=update, why="cancelled", by=C, ends=(ended(A, by=C, cancelled=True),), at=minutes(60)
    )
    given().when(relay(update, *kin)).then(late)


def test_an_update_for_other_grids_leaves_its_sibling_alone():
    east = kin_of(relayed(message("U", "Update", sent=30, about="A", grids=("g1",))), alert=U)
    west = message("C", "Update", sent=31, about="A", grids=("g2",))
    first = kin_of(relayed(), alert=A)
    given().when(relay(west, east, first)).then(relayed(west, ends=(ended(A, by=C),)))


def test_a_cancellation_of_the_first_ends_whatever_took_its_place():
    update = kin_of(relayed(message("U", "Update", sent=30, about="A")), alert=U)
    cancel = message("C", "Cancel", sent=40, about="A", placed=False)
    event = ALERT.decide(relay(cancel, update, kin_of(relayed(), alert=A)), State())
    assert isinstance(event, AlertRelayed)
    assert {(each.alert, each.by, each.cancelled) for each in event.ends} == {(A, C, True), (U, C, True)}


def world(order: tuple[Message, ...]) -> dict[str, State]:
    """Relay messages in this order, as the service does: with their kin, and what they end marked at once."""
    states: dict[str, State] = {}
    for number, said in enumerate(order):
        own = alert_id(said.sender, said.identifier)
        kin = [kin for name, state in states.items() if (kin := state.kin(name)) and name != own]
        event = ALERT.decide(relay(said, *kin, at=60 + number), states.get(own, State()))
        assert event is not None
        states[own] = ALERT.evolve(states.get(own, State()), event)
        assert isinstance(event, AlertRelayed | AlertArrivedLate)
        for each in event.ends:
            mark = wish(
                CancelAlert if each.cancelled else SupersedeAlert, each.alert, at=60 + number, by=each.by
            )
            if (ended := ALERT.decide(mark, states[each.alert])) is not None:
                states[each.alert] = ALERT.evolve(states[each.alert], ended)
    return states


THREADS = {
    "an update": (message(), message("U", "Update", sent=30, about="A")),
    "a cancellation": (message(), message("C", "Cancel", sent=30, about="A", placed=False)),
    "a chain": (
        message(),
        message("U", "Update", sent=30, about="A"),
        message("C", "Cancel", sent=40, about="U", placed=False),
    ),
    "two updates of one": (
        message(),
        message("U", "Update", sent=30, about="A"),
        message("V", "Update", sent=40, about="A"),
        message("W", "Update", sent=50, about="V"),
    ),
}


@pytest.mark.parametrize("thread", THREADS.values(), ids=THREADS.keys())
def test_it_ends_right_in_whatever_order_they_come(thread):
    """What holds at the end is the last message alone, and it was relayed."""
    last = alert_id("qx", thread[-1].identifier)
    for order in permutations(thread):
        states = world(order)
        standing = [name for name, state in states.items() if state.kind and state.ended is None]
        assert standing == [last]
        assert states[last].relayed


@whatever(st.data())
def test_any_thread_leaves_the_same_standing_in_any_order(data):
    """Messages with any references to earlier ones: what holds at the end does not hang on the order of their coming."""
    names = "ABCDE"
    thread: list[Message] = [message("A")]
    for number, name in enumerate(names[1:], start=1):
        kind = data.draw(st.sampled_from(("Update", "Update", "Cancel")))
        about = data.draw(st.lists(st.sampled_from(names[:number]), min_size=1, max_size=2, unique=True))
        grids = data.draw(st.sampled_from((("g1",), ("g2",), ("g1", "g2"))))
        placed = kind == "Update" or data.draw(st.booleans())
        thread.append(message(name, kind, sent=number, about="".join(about), grids=grids, placed=placed))
    shuffled = data.draw(st.permutations(thread))

    def standing(order: tuple[Message, ...]) -> set[str]:
        return {name for name, state in world(order).items() if state.relayed and state.ended is None}

    assert standing(tuple(shuffled)) == standing(tuple(thread))


# acknowledging ─────────────────────────────────────────────────────────────────────────────────────────────────────────

ASKED = relayed(called=WORKERS, acknowledge_by=minutes(70))


def test_a_grave_one_is_to_be_acknowledged_within_its_time():
    given().when(relay(message(), called=WORKERS, within=600)).then(ASKED)
    given().when(relay(message(), called=WORKERS)).then(relayed())


def test_whoever_was_asked_says_so_once_and_nobody_for_another():
    seen = AlertAcknowledged(worker="w1", at=minutes(65))
    given(ASKED).when(wish(AcknowledgeAlert, at=65, worker="w1", actor="worker:w1")).then(seen)
    given(ASKED).when(wish(AcknowledgeAlert, at=65, worker="w1", actor="worker:w2")).refused(
        "not_your_answer"
    )
    given(ASKED).when(wish(AcknowledgeAlert, at=65, worker="w3", actor="worker:w3")).refused("not_asked")
    given().when(wish(AcknowledgeAlert, at=65, worker="w1", actor="worker:w1")).refused("no_alert")


def test_where_nobody_has_seen_it_the_deputy_is_called_and_then_the_head():
    deputies = (Called(grid="g1", worker="d1"), Called(grid="g2", worker="d2"))
    check = wish(CheckAlert, at=70, called=deputies, within=600)
    seen = AlertAcknowledged(worker="w2", at=minutes(65))
    first = AlertEscalated(
        to="deputy",
        unseen=("g1",),
        called=(Called(grid="g1", worker="d1"),),
        acknowledge_by=minutes(80),
        at=minutes(70),
    )
    given(ASKED, seen).when(check.model_copy(update={"at": minutes(69)})).then()
    after = given(ASKED, seen).when(check).then(first)
    heads = (Called(grid="g1", worker="h1"),)
    second = AlertEscalated(to="head", unseen=("g1",), called=heads, at=minutes(80))
    after = after.when(wish(CheckAlert, at=80, called=heads, within=600)).then(second)
    after.when(wish(CheckAlert, at=120, called=heads, within=600)).then()
    late = AlertAcknowledged(worker="h1", at=minutes(90))
    done = after.when(wish(AcknowledgeAlert, at=90, worker="h1", actor="worker:h1")).then(late)
    assert reduce(ALERT.evolve, done.events, State()).unseen == ()


def test_nobody_is_called_when_all_have_seen_it_or_it_is_over():
    seen = [AlertAcknowledged(worker=each.worker, at=minutes(65)) for each in WORKERS]
    check = wish(CheckAlert, at=70, within=600)
    given(ASKED, *seen).when(check).then()
    given(ASKED, AlertCancelled(by=C, at=minutes(66))).when(check).then()
    given(ASKED).when(wish(CheckAlert, at=600, within=600)).then()


@whatever(st.lists(st.sampled_from(["w1", "w2", "d1", "check", "cancel"]), max_size=12))
def test_each_step_is_taken_once_and_nobody_after_the_end(steps):
    state, events, at = ALERT.evolve(State(), ASKED), [], 60
    for step in steps:
        at += 10
        command = (
            wish(CheckAlert, at=at, called=(Called(grid="g1", worker="d1"),), within=600)
            if step == "check"
            else wish(CancelAlert, at=at, by=C)
            if step == "cancel"
            else wish(AcknowledgeAlert, at=at, worker=step, actor=f"worker:{step}")
        )
        try:
            event = ALERT.decide(command, state)
        except Refused:
            continue
        if event is not None:
            if isinstance(event, AlertEscalated):
                assert state.ended is None
                assert event.unseen
            events.append(event)
            state = ALERT.evolve(state, event)
    to = [event.to for event in events if isinstance(event, AlertEscalated)]
    assert to in ([], ["deputy"], ["deputy", "head"])


def test_the_issuers_words_are_kept_as_they_are():
    said = message(said=Wording(headline="  红色预警\n第二行"))
    event = ALERT.decide(relay(said), State())
    assert isinstance(event, AlertRelayed)
    assert event.message == said

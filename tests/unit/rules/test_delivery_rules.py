"""One message to one recipient over one channel: tried while nobody took it, and never again once somebody may have."""

from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as some

from services.notify.delivery.domain import DELIVERY, decide
from services.notify.delivery.outcome import LIFETIME
from services.notify.delivery.state import evolve
from shared.commands.delivery import RequestDelivery
from shared.events.delivery import (
    DeliveryAttempted,
    DeliveryConfirmed,
    DeliveryDeferred,
    DeliveryFailed,
    DeliveryRequested,
    DeliveryUnknown,
)
from shared.refusal import Refused
from tests.fixtures.delivery import (
    AT,
    LATER,
    SOON,
    arrived,
    attempt,
    attempted,
    deferred,
    delivery,
    lost,
    outcome,
    requested,
    taken,
)
from tests.fixtures.story import given


def test_a_message_is_requested_and_attempted_once():
    """Whoever finds the attempt on record does not send again."""
    wish = delivery(
        RequestDelivery,
        because="e1",
        recipient="worker:w1",
        channel="chat",
        template="sms.worker.assigned",
    )
    given().when(wish).then(requested).when(attempt()).then(attempted)


def test_nothing_is_sent_that_nobody_requested():
    given().when(attempt()).refused("not_requested")
    given(requested).when(outcome("accepted")).refused("not_attempted")


def test_a_message_to_nobody_fails_without_an_attempt():
    given(requested).when(outcome("failed", "no_address")).then(
        DeliveryFailed(gateway="sandbox", reason="no_address", at=AT)
    )


@pytest.mark.parametrize(
    ("word", "event"),
    [
        ("accepted", taken),
        ("confirmed", arrived),
        ("failed", DeliveryFailed(gateway="sandbox", reason="", at=AT)),
        ("unknown", lost),
    ],
)
def test_what_became_of_it_is_recorded(word, event):
    given(requested, attempted).when(outcome(word)).then(event)


def test_what_was_not_taken_is_tried_again_when_its_time_has_come():
    waiting = given(requested, attempted).when(outcome("deferred", "busy", again_at=SOON)).then(deferred)
    waiting.when(attempt(AT)).then()
    again = DeliveryAttempted(gateway="other", attempt=2, at=SOON)
    waiting.when(attempt(SOON, "other")).then(again).when(outcome("accepted")).then(taken)


def test_news_of_yesterday_are_told_no_more():
    too_late = AT + LIFETIME + timedelta(seconds=1)
    given(requested, attempted).when(outcome("deferred", "busy", again_at=too_late)).then(
        DeliveryFailed(gateway="sandbox", reason="gave up: busy", at=AT)
    )


def test_an_unknown_outcome_is_settled_by_a_late_receipt_and_never_by_sending_again():
    given(requested, attempted, lost).when(attempt(LATER)).then()
    given(requested, attempted, lost).when(outcome("deferred", again_at=SOON)).then()
    given(requested, attempted, lost).when(outcome("confirmed")).then(arrived)


def test_a_gateway_is_asked_again_until_nobody_asks_any_more():
    """Each time that it cannot tell is on record, and so is that it is not asked any more."""
    first = DeliveryUnknown(gateway="sandbox", reason="timeout", again_at=SOON, at=AT)
    second = DeliveryUnknown(gateway="sandbox", reason="timeout", again_at=LATER, at=AT)
    last = DeliveryUnknown(gateway="sandbox", reason="timeout", at=AT)
    story = given(requested, attempted).when(outcome("unknown", "timeout", again_at=SOON)).then(first)
    story = story.when(outcome("unknown", "timeout", again_at=LATER)).then(second)
    story.when(outcome("unknown", "timeout")).then(last).when(outcome("unknown", again_at=LATER)).then()


def test_what_a_gateway_certainly_never_had_is_sent_again():
    """Somebody died between putting the attempt down and calling: the gateway was asked, and knows."""
    missed = DeliveryDeferred(gateway="sandbox", reason="never came", again_at=AT, at=AT)
    again = DeliveryAttempted(gateway="sandbox", attempt=2, at=AT)
    story = given(requested, attempted, lost).when(outcome("absent", "never came", again_at=AT)).then(missed)
    story.when(attempt()).then(again)
    given(requested, attempted, taken).when(outcome("absent", again_at=AT)).then()
    given(requested, attempted).when(outcome("absent", again_at=AT)).then()


def test_a_receipt_out_of_order_unsays_nothing():
    given(requested, attempted, arrived).when(outcome("accepted")).then()
    given(requested, attempted, taken).when(outcome("unknown")).then()


_words = some.sampled_from(["attempt", "deferred", "accepted", "confirmed", "failed", "unknown"])


@any_of(some.lists(some.tuples(_words, some.integers(0, 90 * 3600)), max_size=30))
def test_nobody_sends_again_what_may_have_been_sent(said):
    """Whatever comes in whatever order, late or twice: an attempt only follows where the last one was not taken."""
    state, events = evolve(DELIVERY.initial, requested), []
    for word, seconds in said:
        at = AT + timedelta(seconds=seconds)
        command = attempt(at) if word == "attempt" else outcome(word, at=at, again_at=at)
        try:
            event = decide(command, state)
        except Refused:
            continue
        if event is not None:
            events.append(event)
            state = evolve(state, event)
    for before, after in zip([requested, *events], events, strict=False):
        if isinstance(after, DeliveryAttempted):
            assert isinstance(before, DeliveryRequested | DeliveryDeferred)
        assert not isinstance(before, DeliveryConfirmed), "the end was not the end"
        assert not isinstance(before, DeliveryFailed) or isinstance(after, DeliveryConfirmed)
    assert state == reduce(evolve, [requested, *events], DELIVERY.initial)
    assert (state.check_at is None) == (
        state.status in ("accepted", "confirmed", "failed")
        or (state.status == "unknown" and events[-1].again_at is None)
    ), "what is not at its end is looked at again"

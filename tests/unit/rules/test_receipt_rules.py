"""What a gateway says later: it may come twice, late, out of order, and of an attempt that counts no more."""

from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as some

from services.notify.delivery.domain import DELIVERY, decide
from services.notify.delivery.state import evolve
from shared.commands.delivery import RecordOutcome
from shared.events.delivery import (
    DeliveryAccepted,
    DeliveryAttempted,
    DeliveryConfirmed,
    DeliveryDeferred,
    DeliveryFailed,
    DeliveryPartConfirmed,
    DeliveryRequested,
    DeliveryUnknown,
)
from tests.fixtures.matter import minutes
from tests.fixtures.story import given

AT = minutes(60)
SOON = AT + timedelta(seconds=30)

requested = DeliveryRequested(
    because="e1", recipient="reporter:r1", channel="sms", template="sms.reporter.received", at=AT
)
attempted = DeliveryAttempted(gateway="a", attempt=1, at=AT)
refused = DeliveryDeferred(gateway="a", reason="busy", again_at=SOON, at=AT)
again_by_b = DeliveryAttempted(gateway="b", attempt=2, at=SOON)
again_by_a = DeliveryAttempted(gateway="a", attempt=2, at=SOON)


def taken(gateway="a", reference="1"):
    return DeliveryAccepted(gateway=gateway, reference=reference, at=AT)


lost = DeliveryUnknown(gateway="a", reason="timeout", again_at=SOON, at=AT)
arrived = DeliveryConfirmed(gateway="a", at=AT)
dead = DeliveryFailed(gateway="a", reason="MK:0001", at=AT)


def receipt(outcome: str, gateway="a", reference="", at=AT, **said):
    return RecordOutcome(
        id="c1",
        tenant="demo",
        actor="service:notify",
        at=at,
        delivery="d1",
        gateway=gateway,
        outcome=outcome,
        detail={"failed": "MK:0001", "accepted": reference}.get(outcome, ""),
        reference=reference,
        receipt=True,
        **said,
    )


def test_a_receipt_settles_what_was_accepted_or_unknown():
    given(requested, attempted, taken()).when(receipt("confirmed")).then(arrived)
    given(requested, attempted, lost).when(receipt("failed", reference="1")).then(dead)
    given(requested, attempted, lost).when(receipt("accepted", reference="1")).then(taken())


def test_a_receipt_that_comes_before_the_answer_is_recorded_and_the_answer_unsays_nothing():
    ahead = given(requested, attempted).when(receipt("confirmed", reference="1")).then(arrived)
    ahead.when(receipt("accepted", reference="1")).then()


def test_what_arrived_after_all_has_arrived():
    """Carriers say "failed" of what a telephone that was off gets an hour later."""
    given(requested, attempted, taken(), dead).when(receipt("confirmed", reference="1")).then(arrived)
    given(requested, attempted, taken(), arrived).when(receipt("failed", reference="1")).then()


def test_a_failure_of_an_attempt_that_counts_no_more_fails_nothing():
    """One gateway said "not now", another took it: what the first says later is about nothing."""
    given(requested, attempted, refused).when(receipt("failed")).then()
    given(requested, attempted, refused, again_by_b, taken("b", "7")).when(receipt("failed")).then()
    given(requested, attempted, refused, again_by_a, taken("a", "2")).when(
        receipt("failed", reference="1")
    ).then()
    given(requested, attempted, refused, again_by_b, taken("b", "7")).when(receipt("accepted")).then()


def test_what_arrived_over_the_gateway_that_did_not_take_it_has_arrived_and_is_not_sent_again():
    given(requested, attempted, refused).when(receipt("confirmed")).then(arrived)


@pytest.mark.parametrize("outcome", ["confirmed", "failed", "accepted"])
def test_of_what_was_never_attempted_no_gateway_can_tell(outcome):
    story = given(requested).when(receipt(outcome))
    if outcome == "failed":
        story.then()
    else:
        story.refused("not_attempted")
    nowhere = DeliveryFailed(gateway="none", reason="no_address", at=AT)
    given(requested, nowhere).when(receipt(outcome)).then()


_told = some.sampled_from(["confirmed", "failed", "accepted"])
_answers = some.sampled_from([None, taken(), lost])


@any_of(_answers, some.lists(_told, min_size=1, max_size=12), some.randoms())
def test_in_whatever_order_and_however_often_receipts_come_the_end_is_the_same(answer, told, chance):
    """Arrived beats failed, and failed beats accepted: no order of the same receipts tells another story."""

    def ends(words):
        state = reduce(evolve, [requested, attempted, *([answer] if answer else [])], DELIVERY.initial)
        for word in words:
            event = decide(receipt(word, reference="1"), state)
            state = state if event is None else evolve(state, event)
        return state

    shuffled = [*told, *chance.sample(told, len(told))]
    chance.shuffle(shuffled)
    assert ends(told).status == ends(shuffled).status
    assert ends(told).status == min(set(told), key=["confirmed", "failed", "accepted"].index)


@any_of(
    some.lists(
        some.tuples(_told, some.sampled_from("ab"), some.sampled_from(["1", "2", "7", ""])), max_size=12
    )
)
def test_no_receipt_makes_anybody_send_again(told):
    """Whatever comes after a message was taken: nothing is due any more."""
    before = [requested, attempted, refused, again_by_b, taken("b", "7")]
    state = reduce(evolve, before, DELIVERY.initial)
    for word, gateway, reference in told:
        event = decide(receipt(word, gateway, reference), state)
        assert not isinstance(event, DeliveryAttempted | DeliveryDeferred)
        if isinstance(event, DeliveryFailed):
            assert (gateway, reference) in (("b", "7"), ("b", ""))
        state = state if event is None else evolve(state, event)
        assert state.check_at is None


# a message in parts ──────────────────────────────────────────────────────────────────────────────────────────────────────


def part(name: str, parts: int = 1):
    return receipt("confirmed", part=name, parts=parts)


def one_arrived(name: str):
    return DeliveryPartConfirmed(gateway="a", part=name, at=AT)


in_three = DeliveryAccepted(gateway="a", reference="a b c", parts=3, at=AT)


def test_a_message_in_parts_has_arrived_when_all_of_them_have():
    """Each part has a receipt of its own; they come in any order, and some come twice."""
    given(requested, attempted, in_three).when(part("b")).then(one_arrived("b"))
    two = given(requested, attempted, in_three, one_arrived("b")).when(part("b")).then()
    two.when(part("a")).then(one_arrived("a")).when(part("c")).then(arrived)


def test_one_part_that_failed_is_a_message_that_failed():
    told = given(requested, attempted, in_three, one_arrived("a")).when(receipt("failed"))
    told.then(dead).when(part("b")).then()


def test_a_receipt_of_a_part_that_is_quicker_than_we_are_confirms_no_more_than_that_part():
    """Or what it was cut into is known to whoever tells, or to what was accepted."""
    early = given(requested, attempted).when(part("a", 2)).then(one_arrived("a"))
    early.when(receipt("accepted", reference="a b", parts=2)).then(
        DeliveryAccepted(gateway="a", reference="a b", parts=2, at=AT)
    ).when(part("b")).then(arrived)

"""One message to one recipient over one channel: tried while nobody took it, and never again once somebody may have."""

from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as some

from services.notify.delivery.domain import DELIVERY, PERSON, RELAYED_WITHIN, decide
from services.notify.delivery.folding import Waiting, spoken_for
from services.notify.delivery.outcome import LIFETIME
from services.notify.delivery.state import evolve
from shared.commands.delivery import (
    AttemptDelivery,
    ConfirmRelay,
    FoldDelivery,
    HandOverDelivery,
    RecordOutcome,
    RequestDelivery,
)
from shared.events.delivery import (
    DeliveryAccepted,
    DeliveryAttempted,
    DeliveryConfirmed,
    DeliveryDeferred,
    DeliveryFailed,
    DeliveryFolded,
    DeliveryHandedOver,
    DeliveryPartConfirmed,
    DeliveryRequested,
    DeliveryUnknown,
)
from shared.refusal import Refused
from tests.fixtures.matter import minutes
from tests.fixtures.story import given

AT = minutes(60)
SOON, LATER = AT + timedelta(seconds=30), AT + timedelta(hours=1)


def delivery(model, **said):
    return model.model_validate(
        {"id": "c1", "tenant": "demo", "actor": "service:notify", "at": AT, "delivery": "d1"} | said
    )


def outcome(word: str, detail: str = "", **said):
    return delivery(RecordOutcome, **{"gateway": "sandbox"} | said, outcome=word, detail=detail)


def attempt(at=AT, gateway="sandbox"):
    return delivery(AttemptDelivery, gateway=gateway, at=at)


requested = DeliveryRequested(
    because="e1", recipient="worker:w1", channel="chat", template="sms.worker.assigned", at=AT
)
attempted = DeliveryAttempted(gateway="sandbox", attempt=1, at=AT)
deferred = DeliveryDeferred(gateway="sandbox", reason="busy", again_at=SOON, at=AT)
taken = DeliveryAccepted(gateway="sandbox", at=AT)
lost = DeliveryUnknown(gateway="sandbox", reason="", at=AT)
arrived = DeliveryConfirmed(gateway="sandbox", at=AT)


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


# handed over: somebody has to finish it ────────────────────────────────────────────────────────────────────────────


def hand_over(at=AT, again_at=AT + RELAYED_WITHIN, gateway=PERSON, **said):
    return delivery(HandOverDelivery, gateway=gateway, at=at, again_at=again_at, **said)


def relayed(actor="worker:w1", stands_on=("qinghe-3",), at=LATER):
    return delivery(ConfirmRelay, actor=actor, stands_on=stands_on, at=at)


card = DeliveryHandedOver(
    gateway=PERSON, grid="qinghe-3", group="青禾三号楼", again_at=AT + RELAYED_WITHIN, at=AT
)
asked_of_the_owner = DeliveryHandedOver(gateway="groups", reference="m1", again_at=SOON, at=AT)


def test_what_no_api_reaches_is_handed_to_a_person_without_an_attempt():
    given(requested).when(hand_over(grid="qinghe-3", group="青禾三号楼")).then(card)
    given(requested, card).when(attempt(at=LATER)).then()


def test_a_relay_is_confirmed_by_whoever_says_that_he_sent_it():
    """Twice tapped is once sent."""
    given(requested, card).when(relayed()).then(DeliveryConfirmed(gateway=PERSON, by="w1", at=LATER))
    given(requested, card).when(relayed("staff:s1", ())).then(
        DeliveryConfirmed(gateway=PERSON, by="s1", at=LATER)
    )


def test_a_card_is_of_those_alone_who_stand_on_its_grid():
    given(requested, card).when(relayed(stands_on=("qinghe-4",))).refused("not_your_grid")
    given(requested, card).when(relayed("resident:r1")).refused("not_yours_to_relay")
    given(requested, attempted).when(relayed()).refused("not_handed_over")


def test_a_card_that_nobody_relays_within_a_day_has_failed_and_is_relayed_no_more():
    over = AT + RELAYED_WITHIN
    lapsed = DeliveryFailed(gateway=PERSON, reason="nobody_relayed", at=over)
    given(requested, card).when(
        delivery(RecordOutcome, gateway=PERSON, outcome="failed", detail="nobody_relayed", at=over)
    ).then(lapsed).when(relayed(at=over + timedelta(minutes=1))).refused("relay_too_late")


def test_what_waits_for_a_groups_owner_is_asked_about_again_until_the_day_is_over():
    """It is never created a second time."""
    given(requested, attempted).when(hand_over(gateway="groups", reference="m1", again_at=SOON)).then(
        asked_of_the_owner
    )
    again = hand_over(SOON, LATER, "groups", reference="m1")
    story = given(requested, attempted, asked_of_the_owner).when(again)
    story.then(asked_of_the_owner.model_copy(update={"again_at": LATER, "at": SOON}))
    over = AT + RELAYED_WITHIN
    given(requested, attempted, asked_of_the_owner).when(
        hand_over(over, over + timedelta(hours=1), "groups")
    ).then(DeliveryFailed(gateway="groups", reason="nobody_relayed", at=over))
    given(requested, attempted, asked_of_the_owner).when(attempt(at=LATER)).then()
    given(requested, attempted, asked_of_the_owner).when(outcome("confirmed")).then(arrived)


def test_a_card_is_not_written_before_the_message_may_come():
    waits = requested.model_copy(update={"not_before": LATER, "held": "quiet"})
    given(waits).when(hand_over()).then()


def part(name: str, parts: int = 1):
    return outcome("confirmed", part=name, parts=parts)


def one_arrived(name: str):
    return DeliveryPartConfirmed(gateway="sandbox", part=name, at=AT)


in_three = DeliveryAccepted(gateway="sandbox", reference="a b c", parts=3, at=AT)


def test_a_message_in_parts_has_arrived_when_all_of_them_have():
    """Each part has a receipt of its own; they come in any order, and some come twice."""
    given(requested, attempted, in_three).when(part("b")).then(one_arrived("b"))
    two = given(requested, attempted, in_three, one_arrived("b")).when(part("b")).then()
    two.when(part("a")).then(one_arrived("a")).when(part("c")).then(arrived)


def test_one_part_that_failed_is_a_message_that_failed():
    told = given(requested, attempted, in_three, one_arrived("a")).when(outcome("failed", "UNDELIV"))
    told.then(DeliveryFailed(gateway="sandbox", reason="UNDELIV", at=AT)).when(part("b")).then()


def test_a_receipt_of_a_part_that_is_quicker_than_we_are_confirms_no_more_than_that_part():
    """Or what it was cut into is known to whoever tells, or to what was accepted."""
    early = given(requested, attempted).when(part("a", 2)).then(one_arrived("a"))
    early.when(outcome("accepted", "a b", parts=2)).then(
        DeliveryAccepted(gateway="sandbox", reference="a b", parts=2, at=AT)
    ).when(part("b")).then(arrived)


def waiting(held: str = "window", **said):
    return requested.model_copy(update={"not_before": SOON, "held": held, **said})


def test_what_waits_is_not_sent_before_its_time():
    story = given(waiting())
    story.when(attempt(AT)).then()
    story.when(attempt(SOON)).then(DeliveryAttempted(gateway="sandbox", attempt=1, at=SOON))


def test_what_waits_may_be_said_by_another_message_and_then_is_over():
    fold = delivery(FoldDelivery, into="d2")
    story = given(waiting()).when(fold).then(DeliveryFolded(into="d2", at=AT))
    story.when(attempt(SOON)).then()
    story.when(outcome("failed", "opted_out")).then()


def test_nothing_is_folded_into_itself_or_after_somebody_may_have_sent_it():
    given(waiting()).when(delivery(FoldDelivery, into="d1")).then()
    given(requested, attempted).when(delivery(FoldDelivery, into="d2")).then()
    given(requested, attempted, deferred).when(delivery(FoldDelivery, into="d2")).then()
    given().when(delivery(FoldDelivery, into="d2")).refused("not_requested")


def test_what_was_held_up_until_the_night_waits_for_the_morning():
    """No gateway was called, so it is no attempt; and its day counts from when it was to be sent."""
    night = DeliveryDeferred(gateway="none", reason="quiet", again_at=LATER, at=AT)
    story = given(requested).when(outcome("deferred", "quiet", gateway="none", again_at=LATER)).then(night)
    story.when(attempt(AT)).then()
    story.when(attempt(LATER)).then(DeliveryAttempted(gateway="sandbox", attempt=1, at=LATER))
    tomorrow = AT + LIFETIME
    digest = waiting("digest", not_before=tomorrow)
    busy = outcome("deferred", "busy", at=tomorrow, again_at=tomorrow + timedelta(hours=1))
    given(digest, DeliveryAttempted(gateway="sandbox", attempt=1, at=tomorrow)).when(busy).then(
        DeliveryDeferred(
            gateway="sandbox", reason="busy", again_at=tomorrow + timedelta(hours=1), at=tomorrow
        )
    )


def test_somebody_counts_as_told_from_the_attempt_on():
    """What waits, or was kept back, told nobody anything: news that follow need not wait for it."""

    def told_at(*events):
        return reduce(evolve, events, DELIVERY.initial).told_at

    assert told_at(requested) == AT, "it is on its way"
    assert told_at(waiting()) is None
    assert told_at(waiting(), DeliveryAttempted(gateway="sandbox", attempt=1, at=SOON)) == SOON
    assert told_at(requested, DeliveryFailed(gateway="none", reason="opted_out", at=AT)) is None


# who speaks for whom ───────────────────────────────────────────────────────────────────────────────────────────────────

_DUE = some.lists(
    some.tuples(
        some.sampled_from(("quiet", "window", "digest")),
        some.sampled_from((None, "A", "B")),
        some.integers(0, 5),
    ),
    min_size=1,
    max_size=8,
)


@any_of(_DUE, some.booleans())
def test_whatever_is_due_together_somebody_speaks_for_everybody(due, staff):
    """Each is sent or taken in by one that is newer: nobody waits for ever, and no two take in each other."""
    there = [Waiting(str(n), held, code, AT + timedelta(seconds=s)) for n, (held, code, s) in enumerate(due)]
    speaks = {mine.id: spoken_for(mine, there, staff=staff) for mine in there}
    assert any(others is not None for others in speaks.values())
    newest = max(there, key=lambda each: (each.since, each.id))
    assert speaks[newest.id] is not None
    for mine in there:
        for other in speaks[mine.id] or ():
            assert (other.since, other.id) < (mine.since, mine.id)
            assert staff or other.code == mine.code or other.held == mine.held == "digest"


def test_a_resident_hears_of_two_matters_in_two_messages_unless_a_digest_was_chosen():
    one, two = (Waiting(code, "quiet", code, AT) for code in "AB")
    assert spoken_for(two, [one, two], staff=False) == []
    assert spoken_for(two, [one, two], staff=True) == [one]
    one, two = (Waiting(code, "digest", code, AT) for code in "AB")
    assert spoken_for(two, [one, two], staff=False) == [one]

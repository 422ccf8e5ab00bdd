"""What waits until a time: it may be said by another message, and who counts as told when."""

from datetime import timedelta
from functools import reduce

from hypothesis import given as any_of
from hypothesis import strategies as some

from services.notify.delivery.domain import DELIVERY
from services.notify.delivery.folding import Waiting, spoken_for
from services.notify.delivery.outcome import LIFETIME
from services.notify.delivery.state import evolve
from shared.commands.delivery import FoldDelivery
from shared.events.delivery import DeliveryAttempted, DeliveryDeferred, DeliveryFailed, DeliveryFolded
from tests.fixtures.delivery import (
    AT,
    LATER,
    SOON,
    attempt,
    attempted,
    deferred,
    delivery,
    outcome,
    requested,
)
from tests.fixtures.story import given


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

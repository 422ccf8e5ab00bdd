"""What no program can finish is handed over: somebody has a day to relay it, and says so."""

from datetime import timedelta

from services.notify.delivery.domain import PERSON, RELAYED_WITHIN
from shared.commands.delivery import ConfirmRelay, HandOverDelivery, RecordOutcome
from shared.events.delivery import DeliveryConfirmed, DeliveryFailed, DeliveryHandedOver
from tests.fixtures.delivery import AT, LATER, SOON, arrived, attempt, attempted, delivery, outcome, requested
from tests.fixtures.story import given


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

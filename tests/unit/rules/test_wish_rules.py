"""A micro-wish (微心愿): offered help, one claim at a time, staff's yes, done, thanked; and it climbs while it waits."""

from functools import reduce
from typing import Any

import pytest
from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st

from services.routing.offer.domain import OFFER
from services.routing.wish.domain import WISH
from services.routing.wish.state import CLAIM_LASTS
from shared.commands.offer import DrawOnOffer, GiveBackOffer, OfferHelp, WithdrawOffer
from shared.commands.wish import (
    CheckWish,
    ClaimWish,
    ConfirmClaim,
    EndWish,
    FulfilWish,
    OpenWish,
    PublishWish,
    ReleaseClaim,
    ReopenWish,
    TakeDownWish,
    ThankForWish,
)
from shared.events.offer import HelpOffered, OfferDrawnOn, OfferGivenBack, OfferWithdrawn
from shared.events.wish import (
    ClaimConfirmed,
    ClaimExtended,
    ClaimReleased,
    WishClaimed,
    WishEnded,
    WishFulfilled,
    WishOpened,
    WishPublished,
    WishReopened,
    WishTakenDown,
    WishThanked,
    WishWaited,
)
from shared.help import Giver
from shared.refusal import Refused
from tests.fixtures.anything import commands_of
from tests.fixtures.matter import box, minutes
from tests.fixtures.story import given

DAY = 24 * 60
AT = minutes(60)
LASTS = AT + CLAIM_LASTS


def ask(model: Any, *, at: float = 60, actor: str = "staff:s1", **said: Any) -> Any:
    target = {} if model.target in said else {model.target: "r1" if model.target == "request" else "o1"}
    return model.model_validate(
        {"id": "c1", "tenant": "demo", "actor": actor, "at": minutes(at)} | target | said
    )


opened = WishOpened(at=minutes(0))
public = WishPublished(wording="想有人陪着散散步", category="company", area="c1", at=minutes(30))
waiting = WishClaimed(offer="o1", giver=Giver.VOLUNTEER, confirmed=False, until=LASTS, at=AT)
held = WishClaimed(offer="o1", giver=Giver.SHOP, confirmed=True, until=LASTS, at=AT)
done = WishFulfilled(offer="o1", giver=Giver.SHOP, note=box("k1"), at=minutes(90))


# the wish ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def publish(**said: Any) -> Any:
    return ask(PublishWish, **({"wording": public.wording, "category": "company", "area": "c1"} | said))


def test_staff_let_the_public_see_a_wish_in_words_that_name_nobody():
    given(opened).when(publish(at=30)).then(public)
    given(opened).when(publish(actor="worker:w1")).refused("not_for_workers")
    given(opened).when(publish(category="gold")).refused("unknown_help")
    gone = WishTakenDown(reason="改一改", at=AT)
    given(opened, public).when(ask(TakeDownWish, reason="改一改")).then(gone)
    given(opened).when(ask(TakeDownWish, reason="改一改")).then()


@pytest.mark.parametrize(
    "wording",
    ["王奶奶 13800001234 想散步", "住3号楼的老人想散步", "602室想修灯", "１３８－０００－０１２３４"],
)
def test_no_telephone_and_no_door_is_shown_to_the_public(wording: str):
    given(opened).when(publish(wording=wording)).refused("wording_names_somebody")


def claim(offer: str = "o1", actor: str = "staff:s1", **said: Any) -> Any:
    return ask(ClaimWish, actor=actor, offer=offer, **({"giver": "shop"} | said))


def test_whoever_staff_claim_for_may_go_ahead():
    given(opened).when(claim()).then(held)
    given(opened).when(claim(until=minutes(59))).refused("time_is_past")
    given(opened).when(claim(giver=None)).refused("no_offer")


def test_a_stranger_waits_for_a_yes_before_going_to_anybody_s_door():
    theirs = claim(actor="resident:o1", giver="volunteer")
    story = given(opened, public).when(theirs).then(waiting)
    story.when(ask(FulfilWish)).refused("claim_not_confirmed")
    yes = ask(ConfirmClaim, offer="o1")
    story.when(ask(ConfirmClaim, offer="o1", actor="worker:w1")).refused("not_for_workers")
    story = story.when(yes).then(ClaimConfirmed(offer="o1", until=LASTS, at=AT))
    longer = ask(ConfirmClaim, offer="o1", until=minutes(40 * DAY))
    story.when(longer).then(ClaimExtended(offer="o1", until=minutes(40 * DAY), at=AT))


def test_nobody_vouches_for_himself():
    given(opened, public).when(claim(actor="worker:w1", giver="volunteer")).then(waiting)
    given(opened, public).when(claim("o2", actor="resident:o1")).refused("not_your_offer")
    given(opened).when(claim(actor="resident:o1")).refused("wish_not_public")


def test_of_two_who_claim_at_once_the_second_is_told():
    given(opened, public, waiting).when(claim("o2", actor="resident:o2")).refused("wish_claimed")
    given(opened, public, waiting).when(claim("o2")).refused("wish_claimed")
    given(opened, public, waiting).when(ask(ConfirmClaim, offer="o2")).refused("wish_claimed")


def test_a_claim_is_let_go_and_the_next_may_come():
    released = ClaimReleased(offer="o1", confirmed=True, reason="given_up", at=AT)
    story = given(opened, held).when(ask(ReleaseClaim, offer="o1", reason="given_up")).then(released)
    story.when(claim("o2")).then(held.model_copy(update={"offer": "o2"}))
    given(opened, held).when(ask(ReleaseClaim, offer="o1", reason="given_up", actor="resident:o2")).refused(
        "not_your_offer"
    )


def test_a_claim_lapses_when_its_time_is_over_and_not_before():
    over = CLAIM_LASTS.total_seconds() / 60 + 60
    lapsed = ClaimReleased(offer="o1", confirmed=True, reason="lapsed", at=minutes(over))
    given(opened, held).when(ask(CheckWish, about="claim", at=over, actor="service:routing")).then(lapsed)
    given(opened, held).when(ask(CheckWish, about="claim", at=over - 1, actor="service:routing")).then()
    given(opened, held, done).when(ask(CheckWish, about="claim", at=over)).then()


def test_it_is_fulfilled_once_and_only_by_whoever_claims_it():
    fulfil = ask(FulfilWish, note=box("k1"), at=90, actor="worker:w1")
    given(opened, held).when(fulfil).then(done)
    given(opened).when(fulfil).refused("wish_unclaimed")
    given(opened, held, done).when(claim("o2")).refused("wish_over")
    given(opened, held, done).when(publish()).refused("wish_over")


def test_the_resident_s_thanks_are_passed_on_and_shown_when_staff_say_so():
    story = given(opened, held, done)
    private = WishThanked(offer="o1", at=AT)
    story = story.when(ask(ThankForWish, words=box("k9"))).then(private)
    shown = WishThanked(offer="o1", words=box("k9"), at=AT)
    story = story.when(ask(ThankForWish, words=box("k9"), public=True)).then(shown)
    story.when(ask(ThankForWish, words=box("k9"))).then(private)
    given(opened, held).when(ask(ThankForWish)).refused("wish_not_fulfilled")
    given(opened, held, done).when(ask(ThankForWish, actor="resident:r1")).refused("not_for_workers")


def test_it_ends_with_its_request_and_opens_again_with_it():
    service = {"actor": "service:routing"}
    ended = WishEnded(offer="o1", confirmed=True, reason="closed", at=AT)
    story = given(opened, held).when(ask(EndWish, reason="closed", **service)).then(ended)
    story.when(claim()).refused("wish_over")
    story.when(ask(ReopenWish, **service)).then(WishReopened(at=AT)).when(claim()).then(held)
    given(opened, held, done).when(ask(EndWish, reason="resolved", **service)).then()
    given(opened).when(ask(ReopenWish, **service)).then()


@pytest.mark.parametrize(("days", "counted"), [(2.9, None), (3, 3), (6, 3), (8, 7), (400, 28)])
def test_what_nobody_claims_climbs_step_by_step(days: float, counted: int | None):
    """One that was forgotten for a month takes all its steps at once."""
    check = ask(CheckWish, about="wait", at=days * DAY, actor="service:routing")
    expected = [] if counted is None else [WishWaited(days=counted, at=minutes(days * DAY))]
    given(opened).when(check).then(*expected)
    given(opened, held).when(check).then()


def test_it_is_looked_for_once():
    given().when(ask(OpenWish, at=0)).then(opened)
    assert reduce(WISH.evolve, [opened], WISH.initial).check_at == minutes(3 * DAY)


# the offer ─────────────────────────────────────────────────────────────────────────────────────────────────────────

offered = HelpOffered(
    giver=Giver.SHOP, category="haircut", areas=("g1",), times=1, sealed=box("k1"), fingerprint="f", at=AT
)


def offer(**said: Any) -> Any:
    fields = {
        "giver": "shop",
        "category": "haircut",
        "areas": ["g1"],
        "sealed": box("k1"),
        "fingerprint": "f",
    }
    return ask(OfferHelp, **(fields | said))


def test_help_is_offered_once_under_one_key():
    given().when(offer()).then(offered)
    given(offered).when(offer(fingerprint="g")).refused("another_body")
    given().when(offer(category="gold")).refused("unknown_help")
    given().when(offer(until=minutes(59))).refused("over_before_it_begins")
    given().when(offer(begins=minutes(90), until=minutes(80))).refused("over_before_it_begins")


def test_an_offer_is_drawn_on_as_often_as_it_says_and_given_back():
    draw = ask(DrawOnOffer, wish="r1")
    drawn = OfferDrawnOn(wish="r1", at=AT)
    story = given(offered).when(draw).then(drawn)
    story.when(ask(DrawOnOffer, wish="r2")).refused("offer_used_up")
    story = story.when(ask(GiveBackOffer, wish="r1")).then(OfferGivenBack(wish="r1", at=AT))
    story.when(ask(DrawOnOffer, wish="r2")).then(OfferDrawnOn(wish="r2", at=AT))
    given(offered).when(ask(GiveBackOffer, wish="r1")).then()
    given().when(draw).refused("no_offer")


def test_an_offer_for_one_wish_or_for_a_time_is_for_no_other():
    for_one = offered.model_copy(update={"wish": "r2"})
    given(for_one).when(ask(DrawOnOffer, wish="r1")).refused("offer_for_another")
    over = offered.model_copy(update={"until": minutes(59)})
    given(over).when(ask(DrawOnOffer, wish="r1")).refused("offer_over")


def test_whoever_offered_or_staff_withdraw_it():
    withdrawn = OfferWithdrawn(reason="", at=AT)
    given(offered).when(ask(WithdrawOffer, actor="resident:o1")).then(withdrawn)
    given(offered).when(ask(WithdrawOffer, actor="resident:o2")).refused("not_your_offer")
    given(offered, withdrawn).when(ask(DrawOnOffer, wish="r1")).refused("offer_withdrawn")
    given().when(ask(WithdrawOffer)).refused("no_offer")


# whatever people do ────────────────────────────────────────────────────────────────────────────────────────────────


@settings(deadline=None, max_examples=200)
@each(asked=st.lists(commands_of("routing.wish"), max_size=14))
def test_whatever_people_wish_nobody_fulfils_without_staff_s_yes(asked: list[Any]):
    """Through any life: one claim at a time, and before it is fulfilled staff said yes to that very offer."""
    state, vouched = WISH.initial, None
    for one in asked:
        try:
            event = WISH.decide(one, state)
        except Refused:
            continue
        if event is None:
            continue
        if isinstance(event, WishClaimed):
            assert state.offer is None
            assert not event.confirmed or one.actor.startswith(("staff:", "import:"))
            vouched = event.offer if event.confirmed else None
        if isinstance(event, ClaimConfirmed):
            assert one.actor.startswith(("staff:", "import:"))
            vouched = event.offer
        if isinstance(event, WishFulfilled):
            assert event.offer == vouched
        state = WISH.evolve(state, event)
        assert (state.stands == "claimed") <= (state.offer is not None and state.until is not None)


@settings(deadline=None, max_examples=150)
@each(
    times=st.integers(1, 3),
    asked=st.lists(
        st.tuples(st.sampled_from((DrawOnOffer, GiveBackOffer)), st.sampled_from(("r1", "r2", "r3", "r4"))),
        max_size=16,
    ),
)
def test_nobody_gives_more_often_than_he_offered(times: int, asked: list[Any]):
    state = OFFER.evolve(OFFER.initial, offered.model_copy(update={"times": times}))
    for model, name in asked:
        try:
            event = OFFER.decide(ask(model, wish=name), state)
        except Refused as refused:
            assert refused.reason == "offer_used_up"
            assert state.left == 0
            continue
        state = state if event is None else OFFER.evolve(state, event)
        assert len(state.drawn) <= times
        assert state.open == (state.left > 0)

"""The demo street's micro-wishes: the same everywhere, a few in each state, and nothing in them that names anybody."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from lastmile.demo import street
from lastmile.demo.wishes import wish_lives
from services.routing.wish.domain import WISH
from shared.commands.command import CATALOGUE
from shared.help import Giver, kinds_of_help

ANCHOR = datetime(2026, 3, 1, 4, tzinfo=UTC)
TOLD = wish_lives(ANCHOR)
STEPS = [step for life in TOLD for step in life.steps]


def test_there_is_one_in_each_state_and_something_on_offer():
    endings = Counter(life.ending for life in TOLD)
    assert set(endings) == {*("unclaimed", "quiet", "waiting", "held", "lapsed", "fulfilled", "thanked")}
    offers = [step for step in STEPS if step.command == "OfferHelp"]
    assert len(offers) > sum(1 for step in STEPS if step.command == "ClaimWish")
    assert len({step.fields["offer"] for step in offers}) == len(offers)


def test_the_same_anchor_tells_the_same_and_all_of_it_lies_in_the_past():
    assert wish_lives(ANCHOR) == TOLD
    assert all(life.at + step.after < ANCHOR for life in TOLD for step in life.steps)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.command)
def test_each_step_is_a_command_that_exists_and_its_codes_are_known(step):
    assert {*step.fields, *step.seal} <= set(CATALOGUE[step.command].model_fields)
    assert step.fields.get("category", "other-help") in kinds_of_help()
    assert step.fields.get("giver", "shop") in set(Giver)
    codes = {community["code"] for community in street.communities()}
    assert set(step.fields.get("areas", ())) <= codes


def test_what_the_public_reads_names_nobody():
    """The rule that staff's wording has to pass."""
    model = CATALOGUE["PublishWish"]
    for step in STEPS:
        if step.command == "PublishWish":
            said = {"id": "c", "tenant": "demo", "actor": "import:demo", "at": ANCHOR, "request": "r"}
            assert WISH.decide(model.model_validate(said | step.fields), WISH.initial) is not None

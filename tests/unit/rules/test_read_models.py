"""What people look at does not depend on how two histories of one request interleave on their way there."""

import json
from dataclasses import replace

import bson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.console.projection import LEDGER
from services.console.topic_model import TOPICS
from services.deliberation.projection import CALL
from services.intake.projection import PUBLIC, public
from services.notify.delivery.projection import OUTBOX
from services.notify.projection import MATTER
from shared.documents import Document, Model, advance, blank
from shared.envelope import Fact, History
from shared.events.event import Event
from shared.views import view_of
from tests.fixtures import facts
from tests.fixtures.anything import events_of

a_few = settings(deadline=None, max_examples=40)
SAID = History("demo", "intake", "submission", "r1")
DONE = History("demo", "routing", "request", "r1")
WEIGHED = History("demo", "routing", "matter", "r1")


def told(history: History, events: list[Event], first_revision: int) -> list[Fact]:
    """A history's facts, at every other place of the journal."""
    return [
        replace(facts.fact(history, version, event), revision=first_revision + 2 * version)
        for version, event in enumerate(events, 1)
    ]


def folded(model: Model, in_order: list[Fact]) -> Document:
    document = blank("demo", in_order[0].history.id)
    for fact in in_order:
        advance(document, fact, model)
    return document


@pytest.mark.parametrize("model", [LEDGER, PUBLIC, MATTER, CALL], ids=lambda model: model.name)
@a_few
@given(data=st.data())
def test_any_interleaving_of_the_two_histories_gives_the_same_document(model: Model, data: st.DataObject):
    """Each history comes in order; which of them comes first, nobody promises."""
    said = told(SAID, data.draw(st.lists(events_of("intake.submission"), min_size=1, max_size=4)), 1)
    done = told(DONE, data.draw(st.lists(events_of("routing.request"), max_size=6)), 2)
    turns = data.draw(st.permutations([True] * len(said) + [False] * len(done)))
    one, other = iter(said), iter(done)
    mixed = folded(model, [next(one) if turn else next(other) for turn in turns])
    assert mixed == folded(model, said + done)
    assert bson.encode(mixed), "MongoDB can keep it"
    assert json.loads(view_of(model, mixed))["revision"] == mixed["r"]


@a_few
@given(data=st.data())
def test_the_order_does_not_depend_on_when_a_matter_was_weighed(data: st.DataObject):
    """The weight is a third history of the ledger's document."""
    said = told(SAID, data.draw(st.lists(events_of("intake.submission"), min_size=1, max_size=3)), 1)
    done = told(DONE, data.draw(st.lists(events_of("routing.request"), max_size=4)), 100)
    weighed = told(WEIGHED, data.draw(st.lists(events_of("routing.matter"), max_size=3)), 200)
    turns = data.draw(st.permutations([0] * len(said) + [1] * len(done) + [2] * len(weighed)))
    each = [iter(said), iter(done), iter(weighed)]
    mixed = folded(LEDGER, [next(each[turn]) for turn in turns])
    assert mixed == folded(LEDGER, said + done + weighed)
    assert bson.encode(mixed)


@a_few
@given(data=st.data())
def test_the_public_state_holds_nothing_of_a_person(data: st.DataObject):
    """Neither sealed boxes nor who worked on it."""
    said = told(SAID, data.draw(st.lists(events_of("intake.submission"), min_size=1, max_size=4)), 1)
    done = told(DONE, data.draw(st.lists(events_of("routing.request"), max_size=6)), 2)
    found = public(folded(PUBLIC, said + done)["body"])
    shown = json.dumps(found, default=str, ensure_ascii=False)
    assert not any(word in shown for word in ("sealed", "worker", "satisfaction", "fingerprint", "box"))


@pytest.mark.parametrize(
    ("model", "history"),
    [
        (OUTBOX, History("demo", "notify", "delivery", "d1", "delivery")),
        (TOPICS, History("demo", "deliberation", "topic", "t1")),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
@a_few
@given(data=st.data())
def test_any_past_of_one_history_can_be_kept(model: Model, history: History, data: st.DataObject):
    past = data.draw(st.lists(events_of(f"{history.owner}.{history.aggregate}"), min_size=1, max_size=6))
    assert bson.encode(folded(model, told(history, past, 0)))

"""The kill test (docs/reliability.md): whatever dies, a request that was acknowledged is kept, assigned and told of once.

``LASTMILE_STORM=full`` makes it 2,000 submissions and five rounds of kills; the short form kills everything once.
"""

import json
from collections import Counter

import pytest

from lastmile.models import kept
from lastmile.stack import find
from services.console.projection import LEDGER
from services.console.topic_model import TOPICS
from services.notify.gateways.sandbox import Sandbox
from shared.events.delivery import (
    DeliveryAccepted,
    DeliveryAttempted,
    DeliveryDeferred,
    DeliveryRequested,
    DeliveryUnknown,
)
from shared.events.request import (
    AssignmentFailed,
    FeedbackRecorded,
    GridAssigned,
    RequestAccepted,
    RequestResolved,
)
from shared.events.submission import RequestSubmitted
from shared.projection import count_held
from shared.store import Store
from shared.vault import Vault
from shared.views import view_of
from tests.chaos.evidence import PERSONAL, Evidence
from tests.chaos.storm import TARGETS, size
from tests.fixtures.running import answered

pytestmark = [pytest.mark.storm, pytest.mark.timeout(1200)]


def test_everybody_was_answered_in_the_end_and_nobody_strangely(aftermath: Evidence):
    """A door says 201, or 503 with Retry-After, or is gone; nothing else happens to anybody."""
    told = aftermath.crowd.told.values()
    assert aftermath.crowd.strange == []
    assert len(told) == size().submissions
    assert all(one.answer["status"] == "submitted" for one in told)
    assert aftermath.figures["kills"] == len(TARGETS) * size().rounds
    assert aftermath.crowd.counted["refused"] + aftermath.crowd.counted["lost"] > 0, "the storm was none"


async def test_what_was_acknowledged_is_in_the_journal_once_and_says_what_was_said(aftermath: Evidence):
    told = {one.answer["id"]: one for one in aftermath.crowd.told.values()}
    submitted = [fact for fact in aftermath.journal if isinstance(fact.event, RequestSubmitted)]
    assert Counter(fact.history.id for fact in submitted) == Counter(told.keys())

    settings = find(aftermath.data).settings()
    store = Store(settings, "admin")
    boxes = [(fact.history.subject, fact.event.sealed) for fact in submitted]
    opened = await Vault(store, settings.master, "admin").open_many(boxes)
    store.close()
    for fact, personal in zip(submitted, opened, strict=True):
        one, event = told[fact.history.id], fact.event
        body = one.saying.body
        assert personal == one.saying.personal
        assert (event.code, event.kind, event.category) == (
            one.answer["code"],
            body["kind"],
            body["category"],
        )
        assert (event.place.lon, event.place.lat) == (
            body["location"].get("lon"),
            body["location"].get("lat"),
        )
        assert event.reachable == ("reporter" in body)


def test_every_request_has_its_one_grid_or_waits_in_triage(aftermath: Evidence):
    for one in aftermath.crowd.told.values():
        found = aftermath.events(one.answer["id"], GridAssigned, AssignmentFailed)
        assert len(found) == 1, f"{one.saying.body['location']}: {found}"
        grid = found[0].grid if isinstance(found[0], GridAssigned) else None
        assert grid == one.saying.grid, one.saying.body["location"]


def test_nobody_waits_much_longer_than_the_outage(aftermath: Evidence):
    """What a killed process had in hand comes to its successor soon, not when everybody has forgotten it."""
    outage = max(kind["longest"] for kind in aftermath.figures["ready again after"].values())
    for what, waits in aftermath.figures["seconds until"].items():
        assert waits["longest"] < 3 * outage + 15, what


def test_work_that_was_acknowledged_was_done_once(aftermath: Evidence):
    """Workers accept and resolve through the console, residents answer: each of them once in the journal."""
    done = Counter(type(fact.event) for fact in aftermath.journal)
    counted = aftermath.crowd.counted
    assert counted["AcceptRequest"] > 0
    assert done[RequestAccepted] == counted["AcceptRequest"]
    assert done[RequestResolved] == counted["ResolveRequest"]
    assert done[FeedbackRecorded] == counted["feedback"]
    for history in aftermath.histories.values():
        repeats = Counter(fact.id for fact in history)
        assert max(repeats.values()) == 1


def test_what_many_call_for_is_a_topic(aftermath: Evidence):
    """Whatever was seen late or twice: enough open requests of one kind in one grid are put to the neighbours, once."""
    called_for, proposed = aftermath.called_for(), aftermath.proposed()
    assert set(proposed.values()) == {1}
    assert called_for <= set(proposed)


def test_everybody_who_must_be_told_is_told_once(aftermath: Evidence):
    """One DeliveryRequested per fact, recipient and channel: none is missing, and none is too many."""
    owed, requested = aftermath.owed(), aftermath.requested()
    assert set(owed.values()) == {1}
    assert requested == owed


def test_every_delivery_was_attempted_once_and_has_its_outcome(aftermath: Evidence):
    """Unknown is an outcome, too: somebody died while the gateway had it. It is sent again only where the gateway was asked
    and knows that it never came.
    """
    outcomes = ("DeliveryAccepted", "DeliveryFailed", "DeliveryUnknown")
    open_ended = {
        delivery: [fact.type for fact in history]
        for delivery, history in aftermath.histories.items()
        if history[0].history.aggregate == "delivery"
        and (
            len(aftermath.events(delivery, DeliveryRequested)) != 1
            or len(aftermath.events(delivery, DeliveryAttempted))
            != 1 + sum(each.reason == "never came" for each in aftermath.events(delivery, DeliveryDeferred))
            or history[-1].type not in outcomes
        )
    }
    assert open_ended == {}


async def test_what_a_gateway_took_is_what_was_accepted(aftermath: Evidence):
    store = Store(find(aftermath.data).settings(), "notify")
    sent = await Sandbox(store.collection("sandbox")).kept(list(aftermath.histories))
    store.close()
    accepted = {f.history.id for f in aftermath.deliveries if isinstance(f.event, DeliveryAccepted)}
    unknown = {f.history.id for f in aftermath.deliveries if isinstance(f.event, DeliveryUnknown)}
    assert accepted <= set(sent) <= accepted | unknown


async def test_a_repeat_gets_the_first_answer_and_other_words_are_refused(aftermath: Evidence):
    """Also whoever was told 503, or heard nothing: their key stands for one request, for ever."""
    for one in aftermath.crowd.told.values():
        again = await aftermath.crowd.repeat(one)
        assert (again.status_code, again.json()) == (201, one.answer)
    refused = [one for one in aftermath.crowd.told.values() if one.refused or one.lost]
    for one in refused:
        other = await aftermath.crowd.repeat(one, one.saying.body | {"text": "别的话"})
        assert (other.status_code, other.json()["reason"]) == (422, "another_body")


def test_every_read_model_is_what_the_journal_says(aftermath: Evidence):
    """Of every service, document by document: what operators ask with `lastmile verify`."""
    found = answered("verify", f"--data={aftermath.data}")
    assert len(found) >= 10
    assert [model for model in found if model["differences"]] == []


async def test_followers_of_the_views_see_the_present_state(aftermath: Evidence):
    """The last message of each view is the document as it is."""
    store = Store(find(aftermath.data).settings(), "console")
    models = {model.view: model for model in (LEDGER, TOPICS)}
    await store.follow_generations([model.name for model in models.values()])
    present = {
        f"view.{document['tenant']}.{view}.{document['id']}": view_of(model, document)
        for view, model in models.items()
        async for document in store.documents(model.name).find({})
    }
    store.close()
    assert aftermath.views == present


async def test_nothing_is_parked_and_nothing_is_held(aftermath: Evidence):
    assert aftermath.spoken["PARKED"] == []
    models = kept(find(aftermath.data).settings(), [])
    for one in models:
        assert await count_held(one.service.name, [one.model], one.service.store) == 0, one.model.name
    for service in {one.service.name: one.service for one in models}.values():
        service.store.close()


def test_no_service_met_an_error_that_is_more_than_absence(aftermath: Evidence):
    assert aftermath.unexpected() == []


def test_nothing_personal_stands_in_clear(aftermath: Evidence):
    """No phone, name, address or word of a resident or a worker: in no stream, no file of NATS, no log."""
    one = aftermath.crowd.told[0].saying.body
    assert PERSONAL.search(json.dumps(one).encode()), "blind"
    assert any(b"GridAssigned" in path.read_bytes() for path in aftermath.files("nats")), "looked in vain"
    assert aftermath.leaks() == []

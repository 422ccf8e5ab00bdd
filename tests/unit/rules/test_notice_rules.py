"""A notice goes to a frozen list once; cancelled, it stops where it is."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from services.notify.notice.saying import message_of, shortened
from shared.commands.notice import (
    AdvanceNotice,
    CancelNotice,
    DropAudience,
    FinishNotice,
    PublishNotice,
    SaveAudience,
    StartNotice,
)
from shared.events.notice import (
    Audience,
    AudienceDropped,
    AudienceSaved,
    NoticeAdvanced,
    NoticeCancelled,
    NoticeFinished,
    NoticePublished,
    NoticeStarted,
    Words,
)
from shared.messages import Messages
from tests.fixtures.matter import minutes
from tests.fixtures.story import given

AT = minutes(60)
STREET = Audience(everyone=True)
TITLE, TEXT = Words(zh="停水通知"), Words(zh="明日九时至十二时停水。", en="No water tomorrow from 9 to 12.")


def wish(model, **said):
    return model.model_validate(
        {"id": "c1", "tenant": "demo", "actor": "staff:s1", "at": AT, "notice": "n1"} | said
    )


def publish(**said):
    return wish(PublishNotice, **({"title": TITLE, "text": TEXT, "audience": STREET} | said))


published = NoticePublished(title=TITLE, text=TEXT, audience=STREET, starts=AT, publisher="staff:s1", at=AT)
started = NoticeStarted(pages=("p1", "p2"), recipients=3, deliveries=4, at=AT)
half, whole = NoticeAdvanced(upto=1, at=AT), NoticeAdvanced(upto=2, at=AT)
finished, cancelled = NoticeFinished(at=AT), NoticeCancelled(at=AT)


def test_a_notice_is_published_once_under_its_id():
    given().when(publish()).then(published)
    given(published).when(publish()).then()
    given(published).when(publish(text=Words(zh="别的话"))).refused("notice_published")


def test_it_starts_when_it_says_and_never_in_the_past():
    tomorrow = AT + timedelta(days=1)
    later = published.model_copy(update={"starts": tomorrow})
    given().when(publish(starts=tomorrow)).then(later)
    given().when(publish(starts=AT - timedelta(days=1))).then(published)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"title": Words(zh=" ")}, "notice_without_words"),
        ({"text": Words(zh="")}, "notice_without_words"),
        ({"audience": Audience()}, "audience_empty"),
        ({"audience": Audience(grids=("g1",), roles=())}, "audience_empty"),
        ({"actor": "worker:w1"}, "not_for_workers"),
    ],
)
def test_a_notice_without_words_readers_or_an_office_is_none(said, why):
    given().when(publish(**said)).refused(why)


def test_the_list_is_frozen_once():
    """Two replicas that froze at once: the second one's list is nobody's."""
    pages = {"pages": ("p1", "p2"), "recipients": 3, "deliveries": 4}
    given(published).when(wish(StartNotice, **pages)).then(started)
    given(published, started).when(wish(StartNotice, pages=("p9",))).then()


def test_the_list_is_worked_through_in_order_and_to_its_end():
    given(published, started).when(wish(AdvanceNotice, upto=1)).then(half)
    given(published, started, half).when(wish(AdvanceNotice, upto=1)).then()
    given(published, started).when(wish(AdvanceNotice, upto=3)).then()
    given(published, started, half).when(wish(FinishNotice)).refused("notice_runs")
    given(published, started, whole).when(wish(FinishNotice)).then(finished)
    given(published, started, whole, finished).when(wish(FinishNotice)).then()


def test_what_is_cancelled_goes_no_further():
    for past in ((published,), (published, started, half), (published, started, whole, finished)):
        given(*past).when(wish(CancelNotice)).then(cancelled)
    over = (published, started, half, cancelled)
    given(*over).when(wish(CancelNotice)).then()
    given(*over).when(wish(AdvanceNotice, upto=2)).then()
    given(*over).when(wish(FinishNotice)).then()
    given(published, cancelled).when(wish(StartNotice)).then()
    given(published).when(wish(CancelNotice, actor="worker:w1")).refused("not_for_workers")


@pytest.mark.parametrize("model", [CancelNotice, StartNotice, AdvanceNotice, FinishNotice])
def test_nothing_happens_to_a_notice_that_is_not_there(model):
    said = {"upto": 1} if model is AdvanceNotice else {}
    given().when(wish(model, **said)).refused("notice_not_there")


def audience(model, **said):
    return model.model_validate(
        {"id": "c1", "tenant": "demo", "actor": "staff:s1", "at": AT, "audience": "a1"} | said
    )


saved = AudienceSaved(name="一号楼", audience=Audience(buildings=("b1",)), at=AT)


def test_an_audience_is_saved_under_a_name_changed_and_dropped():
    save = audience(SaveAudience, name="一号楼", who=Audience(buildings=("b1",)))
    given().when(save).then(saved)
    given(saved).when(save).then()
    other = Audience(buildings=("b1", "b2"))
    wider = saved.model_copy(update={"audience": other})
    given(saved).when(audience(SaveAudience, name="一号楼", who=other)).then(wider)
    given(saved).when(audience(DropAudience)).then(AudienceDropped(at=AT))
    given(saved, AudienceDropped(at=AT)).when(audience(DropAudience)).then()


def test_a_saved_audience_names_places_and_people_not_another_saved_one():
    given().when(audience(SaveAudience, name="x", who=Audience(saved="a2"))).refused("audience_of_audience")
    given().when(audience(SaveAudience, name="x", who=Audience())).refused("audience_empty")
    worker = audience(SaveAudience, name="x", who=STREET, actor="worker:w1")
    given().when(worker).refused("not_for_workers")


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("明日九时停水。" * 70, "停水。"),
        ("明日九时停水。" * 200, "停水。…"),
        ("水" * 501, "水…"),
        ("Water is off. " * 100, "off.…"),
    ],
)
def test_a_long_text_is_cut_at_the_end_of_a_sentence_and_says_so(text: str, ends: str):
    """Its page has all of it. Nobody pays for eighty SMS, and a group's robot takes it."""
    said = shortened(text)
    assert said.endswith(ends)
    assert len(said) <= 500
    assert said.rstrip("…") in text


def test_a_message_says_in_brief_what_its_page_says_at_length():
    """A warning is relayed with its issuer's name, however much it says."""
    here: Any = SimpleNamespace(tenant_name="街道", public_url="https://12345.example.org")
    told = published.model_copy(
        update={"text": Words(zh="停止户外作业。" * 200), "brief": Words(zh="市气象台，8:00发布")}
    )
    assert message_of(Messages(), here, told, "zh", "n1").text == (
        "【街道】停水通知：市气象台，8:00发布 详情：https://12345.example.org/n/n1"
    )

"""Worded replies: fixed texts with nothing of a person, chosen by category and words, sent once and on record."""

from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as some

from services.notify.guidance.domain import LONGEST, mistakes
from services.notify.guidance.matching import fitting
from services.notify.guidance.shipped import SHIPPED
from services.notify.template.length import length
from shared.commands.guidance import AdoptGuidance
from shared.commands.request import SendGuidance
from shared.events.guidance import GuidanceAdopted, GuidanceEntry
from shared.events.request import GuidanceSent
from tests.fixtures.matter import accepted, assigned, closed, command, in_triage, minutes, resolved
from tests.fixtures.story import given


def entry(code: str = "lamp", **said: Any) -> GuidanceEntry:
    head = {
        "code": code,
        "any": ("灯不亮", "lamp"),
        "title_zh": "灯",
        "title_en": "Lamp",
        "zh": "收到",
        "en": "Noted",
    }
    return GuidanceEntry.model_validate(head | said)


def adopt(*entries: GuidanceEntry, **said: Any) -> AdoptGuidance:
    head = {"id": "c1", "tenant": "demo", "actor": "staff:s1", "at": minutes(60), "guidance": "demo"}
    return AdoptGuidance.model_validate(head | {"entries": entries} | said)


def adopted(*entries: GuidanceEntry) -> GuidanceAdopted:
    return GuidanceAdopted(entries=entries, at=minutes(60))


def chosen(text: str, category: str | None = None, *entries: GuidanceEntry) -> list[str]:
    return [fit.entry.code for fit in fitting(entries or SHIPPED, text, category)]


# the set ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_set_is_adopted_whole_and_the_same_again_is_quiet():
    given().when(adopt(entry())).then(adopted(entry()))
    given().when(adopt(*SHIPPED)).then()


def test_nobody_overwrites_a_set_that_he_has_not_read():
    given(adopted(entry())).when(adopt(entry("other"), on=0)).refused("guidance_changed_meanwhile", version=1)


@pytest.mark.parametrize(
    ("said", "field", "problem"),
    [
        ({"zh": " "}, "zh", "empty"),
        ({"en": "x" * (LONGEST + 1)}, "en", "too_long"),
        ({"zh": "请找{worker}"}, "zh", "placeholder"),
        ({"zh": "请打老李13800138000"}, "zh", "personal_number"),
        ({"any": ("13800138000",)}, "any", "personal_number"),
        ({"any": ()}, "any", "fits_everything"),
    ],
)
def test_what_cannot_be_sent_says_why(said: dict[str, Any], field: str, problem: str):
    wrong = [{"entry": "lamp", "field": field, "problem": problem}]
    given().when(adopt(entry(**said))).refused("guidance_impossible", mistakes=wrong)


def test_two_entries_of_one_name_are_refused():
    wrong = [{"entry": "lamp", "field": "code", "problem": "twice"}]
    given().when(adopt(entry(), entry(zh="另一条"))).refused("guidance_impossible", mistakes=wrong)


def test_the_set_that_the_house_brings_keeps_its_own_rules_and_fits_into_five_parts():
    assert mistakes(SHIPPED) == []
    assert max(length(each.zh).parts for each in SHIPPED) <= 5


# choosing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("我的车昨晚停在楼下被划了一道", "scratched_car"),
        ("车被划了，气死我了", "scratched_car"),
        ("隔壁半夜唱卡拉OK，太吵睡不着", "night_noise"),
        ("卧室天花板一直在滴水", "leaking_ceiling"),
        ("三号楼楼道灯坏了", "broken_lamp"),
        ("小区里有好几只流浪狗", "stray_dog"),
        ("邻居家打老婆打得很凶", "domestic"),
        ("有人冒充公检法让我把钱转到安全账户", "scam"),
        ("我妈的社保卡丢了怎么补", "lost_card"),
        ("刮风大树倒了压着路", "fallen_tree"),
        ("楼道里有很重的燃气味", "gas"),
        ("我家老人走失了", "lost_person"),
        ("There is a smell of gas in the stairwell", "gas"),
    ],
)
def test_everyday_words_find_their_reply_first(text: str, code: str):
    assert chosen(text)[:1] == [code]


@pytest.mark.parametrize("text", ["请打我电话", "想问问图书馆几点开门", "Please clamp the pipe", ""])
def test_what_nothing_is_worded_for_finds_nothing(text: str):
    assert chosen(text) == []


def test_the_words_that_called_for_it_are_told_and_no_other():
    [fit] = fitting([entry()], "灯不亮，张三家门口，LAMP is out", None)
    assert fit.words == ("灯不亮", "lamp")


def test_full_width_and_upper_case_are_one():
    assert chosen("ＬＡＭＰ", None, entry()) == ["lamp"]


def test_category_and_all_words_narrow_and_order_stands():
    car = entry("car", categories=("parking",), any=(), title_zh="车")
    both = entry("both", any=(), all=("车", "划"))
    assert chosen("车被划", "parking", car, both, entry()) == ["both", "car"]
    assert chosen("车", "noise", car, both, entry()) == []


@any_of(some.text(max_size=80), some.sampled_from([None, "parking", "noise"]))
def test_whatever_is_said_only_the_sets_own_words_come_back(text: str, category: str | None):
    for fit in fitting(SHIPPED, text, category):
        assert set(fit.words) <= {*fit.entry.any, *fit.entry.all}


# sending ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def send(actor: str = "worker:w1", guidance: str = "lamp", **said: Any) -> Any:
    return command(SendGuidance, actor, guidance=guidance, guidance_version=2, **said)


def sent(worker: str | None = "w1", **said: Any) -> GuidanceSent:
    head = {"guidance": "lamp", "guidance_version": 2, "worker": worker, "at": minutes(60)}
    return GuidanceSent.model_validate(head | said)


def test_a_worker_sends_with_one_tap_and_a_second_tap_sends_nothing():
    given(assigned(), accepted()).when(send()).then(sent())


def test_what_a_colleague_sent_is_not_sent_again():
    story = given(assigned(), accepted(), sent())
    story.when(send("staff:s1")).then()
    story.when(send("staff:s1", guidance="gas")).then(sent(guidance="gas"))


def test_staff_may_send_before_anybody_has_it_and_a_worker_only_in_what_is_his():
    given(in_triage()).when(send("staff:s1")).then(sent(worker=None))
    given(assigned()).when(send("worker:w2")).refused("not_your_request")
    given(assigned(), accepted()).when(send("worker:w2", stands_in_for="w1")).then(sent(stand_in="w2"))


def test_whoever_is_accused_sends_nothing():
    given(assigned(hidden_from=("w9",))).when(send("staff:w9")).refused("not_for_the_accused")


def test_what_is_over_gets_no_more_replies():
    given(assigned(), accepted(), resolved()).when(send()).refused("already_resolved")
    given(assigned(), accepted(), resolved(), closed()).when(send()).refused("already_closed")


def test_being_given_to_somebody_else_forgets_nothing_that_was_sent():
    given(in_triage(), sent(worker=None), assigned()).when(send()).then()

"""A message's wording: it says what it must, has nothing of a person in it, and nobody overwrites what he has not read."""

from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as some

from services.notify.template.checking import LONGEST, is_personal, mistakes
from services.notify.template.placeholders import DECLARED, PERSONAL, TYPES, used
from shared.commands.message_template import ReviseTemplate
from shared.events.message_template import TemplateRevised
from tests.fixtures.matter import minutes
from tests.fixtures.story import given

RECEIVED = "sms.reporter.received"
ZH = "【{sender}】收到了，编号{code}，点此查看：{url}"
EN = "[{sender}] Received: {code}. {url}"


def revise(zh: str = ZH, en: str = EN, **said: Any) -> ReviseTemplate:
    head = {"id": "c1", "tenant": "demo", "actor": "staff:s1", "at": minutes(60), "template": RECEIVED}
    return ReviseTemplate.model_validate(head | {"zh": zh, "en": en} | said)


def revised(zh: str = ZH, en: str = EN, **said: Any) -> TemplateRevised:
    return TemplateRevised.model_validate(
        {"template": RECEIVED, "zh": zh, "en": en, "at": minutes(60)} | said
    )


def wrong(zh: str, en: str = EN, template: str = RECEIVED) -> list[tuple[str, str, str]]:
    found = mistakes(DECLARED[template], {"zh": zh, "en": en})
    return [(each["field"], each["problem"], each["about"]) for each in found]


def test_a_change_is_a_fact_and_the_same_again_is_none():
    given().when(revise(note="更短")).then(revised(note="更短"))


def test_a_history_is_named_by_its_template_in_one_token_of_a_subject():
    assert revise().history == "sms-reporter-received"


def test_the_text_of_the_catalogue_is_version_0_and_changes_nothing():
    texts = DECLARED[RECEIVED].texts
    given().when(revise(texts["zh"], texts["en"])).then()


def test_the_text_of_the_catalogue_comes_back_as_a_version_of_its_own():
    texts = DECLARED[RECEIVED].texts
    back = revised(texts["zh"], texts["en"])
    given(revised()).when(revise(texts["zh"], texts["en"])).then(back)


def test_nobody_overwrites_what_he_has_not_read():
    other = revise("【{sender}】{code}收到 {url}", on=0)
    given(revised()).when(other).refused("template_changed_meanwhile", version=1)
    given(revised()).when(other.model_copy(update={"on": 1})).then(revised("【{sender}】{code}收到 {url}"))


def test_a_text_that_nobody_sends_is_refused():
    given().when(revise(template="sms.reporter.nonsense")).refused(
        "template_unknown", template="sms.reporter.nonsense"
    )


def test_a_refusal_names_every_mistake_by_language():
    given().when(revise("【{sender}】{phone}，{url}", "")).refused(
        "template_impossible",
        mistakes=[
            {"field": "zh", "problem": "personal_placeholder", "about": "phone"},
            {"field": "zh", "problem": "missing_placeholder", "about": "code"},
            {"field": "en", "problem": "empty", "about": ""},
        ],
    )


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("【{sender}】{code}{url}{colour}", ("unknown_placeholder", "colour")),
        ("【{sender}】{code}{url}{time}", ("not_at_hand", "time")),
        ("【{sender}】{code}{url}{地址}", ("personal_placeholder", "地址")),
        ("【{sender}】{code}{url}{Name}", ("personal_placeholder", "Name")),
        ("【{sender}】{code}{url}{", ("braces", "")),
        ("【{sender}】{code}{url}{code!r}", ("braces", "")),
        ("【{sender}】{code}{url}{code:>9999999}", ("braces", "")),
        ("【{sender}】{code}{url}{sender.__class__}", ("braces", "sender.__class__")),
        ("【{sender}】{code}{url}{0}", ("unknown_placeholder", "0")),
        ("【{sender}】{code}", ("missing_placeholder", "url")),
        ("您好，{sender}：{code}{url}", ("signature", "【{sender}】")),
        ("【{sender}】{code}{url}找老李13800138000", ("personal_number", "")),
        ("【{sender}】{code}{url}找老李 138-0013-8000", ("personal_number", "")),
        ("【{sender}】{code}{url}310101199001011234", ("personal_number", "")),
        ("【{sender}】{code}{url}" + "长" * LONGEST, ("too_long", str(LONGEST))),
        ("   ", ("empty", "")),
    ],
)
def test_what_cannot_be_sent_says_why(text: str, mistake: tuple[str, str]):
    assert wrong(text) == [("zh", *mistake)]


@pytest.mark.parametrize(
    "text", ["拨 12345", "021-62345678", "1.5 米，2026 年 11 月 28 日", "编号 1234567890123456789"]
)
def test_a_number_of_an_office_is_nobodys(text: str):
    assert not is_personal(text)


def test_every_text_of_the_catalogue_keeps_its_own_rules():
    for template, declared in DECLARED.items():
        assert mistakes(declared, dict(declared.texts)) == [], template
        assert set(declared.needs) <= set(declared.offers), template


def test_no_placeholder_is_about_a_person():
    assert not PERSONAL & TYPES.keys()
    assert {name for declared in DECLARED.values() for name in declared.offers} <= TYPES.keys()


@any_of(
    some.sampled_from(sorted(DECLARED)), some.text("【】{}!:.code sender url phone 1380013800", max_size=60)
)
def test_whatever_is_saved_asks_for_nothing_but_what_is_at_hand(template: str, text: str):
    """Whatever somebody types: it is refused with a reason, or every placeholder in it is one of this message's."""
    found = mistakes(DECLARED[template], {"zh": text, "en": text})
    if not found:
        assert set(used(text)) <= set(DECLARED[template].offers)
        assert set(DECLARED[template].needs) <= set(used(text))
    assert all(each["problem"] and each["field"] in ("zh", "en") for each in found)


def test_whatever_a_message_puts_between_its_words_has_a_type():
    """Whoever adds a message with something new in it says what that is (``TYPES``), or thinks again."""
    for template, declared in DECLARED.items():
        assert {name for text in declared.texts.values() for name in used(text)} <= TYPES.keys(), template

"""Whoever reads us reads words, in every language that we offer, never a slug."""

import re
from string import Formatter

import pytest

from shared.events.event import CATALOGUE
from shared.messages import LANGUAGES, LOCALE, Messages, choose
from shared.words import About, Channel, Duty, Kind, Severity, Status

ROOT = LOCALE.parent.parent
MESSAGES = Messages()
FIRST = MESSAGES.slugs(LANGUAGES[0])
OF_RESIDENTS_INTEREST = ("intake", "routing")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def sources(*patterns: str) -> str:
    return "\n".join(
        path.read_text(encoding="utf-8") for pattern in patterns for path in sorted(ROOT.glob(pattern))
    )


def test_every_language_has_the_same_slugs_with_the_same_placeholders():
    for language in LANGUAGES:
        texts = MESSAGES.slugs(language)
        assert texts.keys() == FIRST.keys()
        differing = {slug for slug, text in texts.items() if placeholders(text) != placeholders(FIRST[slug])}
        assert not differing


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("about", About),
        ("status", Status),
        ("kind", Kind),
        ("channel", Channel),
        ("severity", Severity),
        ("duty", Duty),
    ],
)
def test_every_word_of_the_field_has_a_text(prefix, words):
    assert not {f"{prefix}.{word}" for word in words} - FIRST.keys()


def test_every_event_has_a_sentence_for_staff_and_a_request_s_events_one_for_residents():
    told = {
        f"told.{name}"
        for name, event in CATALOGUE.items()
        if event.owner in OF_RESIDENTS_INTEREST and event.aggregate in ("submission", "request")
    }
    assert not (told | {f"event.{name}" for name in CATALOGUE}) - FIRST.keys()


def test_every_refusal_and_every_problem_has_a_text():
    """A rule refuses with a slug; whoever meets it reads a sentence."""
    code = sources("services/**/*.py", "shared/*.py")
    slugs = re.findall(r'\bRefused\(\s*"([a-z_]+)"', code)
    slugs += re.findall(r'\bProblemError\(\s*\d{3},\s*"([a-z_]+)"', code)
    assert not {f"problem.{slug}" for slug in slugs} - FIRST.keys()


def test_every_text_that_a_page_or_a_script_asks_for_exists():
    asked = re.findall(
        r"""\bt\(["']([a-z_]+(?:\.[A-Za-z_]+)+)["']""",
        sources(
            "services/*/pages/*.html",
            "services/*/static/*.js",
            "shared/templates/*.html",
            "shared/static/*.js",
        ),
    )
    assert asked
    assert not set(asked) - FIRST.keys()


def test_messages_to_people_are_signed_and_lead_to_the_matter():
    for language in LANGUAGES:
        for slug, text in MESSAGES.words(language, "sms.").items():
            assert {"sender", "url"} <= placeholders(text), slug
            allowed = {"sender", "url", "code", "grid", "category", "reason", "time", "count"}
            allowed |= {
                "lines",
                "title",
                "text",
                "guidance",
            }  # several messages in one; a notice; a worded reply
            assert placeholders(text) <= allowed, slug


def test_values_are_filled_in():
    assert "K7Q2" in MESSAGES.text("zh", "sms.reporter.received", sender="梧桐里街道", code="K7Q2", url="")


def test_a_text_that_nobody_wrote_shows_as_its_slug_and_a_foreign_language_reads_chinese():
    assert MESSAGES.text("zh", "status.lost") == "status.lost"
    assert MESSAGES.text("fr", "status.closed") == "结案"


def test_a_missing_value_leaves_a_gap_and_stops_no_message():
    assert MESSAGES.text("en", "sms.reporter.received", sender="Wutongli", code="K7Q2").startswith(
        "[Wutongli]"
    )


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        ((None, None, None), "zh"),
        (("en", "zh", None), "en"),
        ((None, "en", "zh"), "en"),
        ((None, None, "fr-FR,fr;q=0.9,en-GB;q=0.8"), "en"),
        (("xx", None, "zh-CN"), "zh"),
        ((None, None, ";;,="), "zh"),
    ],
)
def test_the_first_language_asked_for_that_we_have_is_taken(wishes, language):
    assert choose(*wishes) == language


def test_each_language_has_the_same_catalogues():
    """A room's texts stand in one file of the same name in every language."""
    files = [{path.name for path in (LOCALE / language).glob("*.po")} for language in LANGUAGES]
    assert files[0]
    assert all(names == files[0] for names in files)


def test_two_catalogues_of_a_language_cannot_say_the_same_text(tmp_path):
    """Otherwise the order of two files would decide what people read."""
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
        for name in ("one", "two"):
            (tmp_path / language / f"{name}.po").write_text(
                'msgid "app.name"\nmsgstr "x"\n', encoding="utf-8"
            )
    with pytest.raises(ValueError, match=r"app\.name"):
        Messages(tmp_path)

"""What people read about Lastmile: links lead somewhere, and both languages show the same commands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def heading_anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+://|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{page.name}: {target}"
        if anchor and found.suffix == ".md":
            assert anchor in heading_anchors(found), f"{page.name}: {target}"


def test_every_decision_is_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for record in (ROOT / "docs" / "adr").glob("*.md"):
        assert f"adr/{record.name}" in index, record.name


def test_both_languages_show_the_same_commands():
    english, chinese = (
        re.findall(r"^```sh\n(.+?)^```", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for page in ("README.md", "README.zh-CN.md")
    )
    assert english == chinese


def test_the_changelog_says_what_is_unreleased_first():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "[Unreleased]"


def test_the_operations_book_names_settings_that_exist():
    """A misspelled one would be ignored in silence."""
    from shared.settings import Settings  # noqa: PLC0415

    known = {f"LASTMILE_{name.upper()}" for name in Settings.model_fields}
    book = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = book.partition("## Settings")[2].partition("## Alive")[0]
    named = set(re.findall(r"LASTMILE_\w+\b(?!_)", table))
    assert named <= known

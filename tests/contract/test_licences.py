"""docs/adr/0007: what the image holds, and under which licences."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECORD = (ROOT / "docs" / "adr" / "0007-dependencies-and-their-licences.md").read_text(encoding="utf-8")
RUNTIME = (ROOT / "requirements-runtime.lock").read_text(encoding="utf-8")
PACKAGES = sorted(set(re.findall(r"^([\w.-]+)==", RUNTIME, re.MULTILINE)))
STRONG = re.compile(r"(?<!L)GPL|AGPL|SSPL|BUSL|Commercial|Proprietary", re.IGNORECASE)


def test_the_record_names_every_package_of_the_image():
    table = RECORD.partition("## What the image holds")[2].partition("## What runs beside it")[0]
    assert set(PACKAGES) <= set(re.findall(r"[a-z0-9-]+", table))


@pytest.mark.parametrize("name", PACKAGES)
def test_no_package_of_the_image_asks_for_more_than_the_record_allows(name: str):
    try:
        about = metadata(name)
    except PackageNotFoundError:
        assert re.search(rf"^{name}==.*; (sys_platform|python_full_version)", RUNTIME, re.MULTILINE), name
        return
    classifiers = [c for c in about.get_all("Classifier") or [] if c.startswith("License")]
    own_words = about.get("License", "").strip().partition("\n")[0]  # some put the whole text there
    stated = " ".join([about.get("License-Expression", own_words), *classifiers])
    assert stated.strip(), f"{name} states no licence"
    assert not STRONG.search(stated), stated

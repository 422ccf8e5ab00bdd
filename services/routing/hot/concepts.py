"""What the field's words mean: concepts.txt says what is called differently and means the same."""

import re
from functools import cache
from pathlib import Path


@cache
def _lexicon() -> tuple[re.Pattern[str], dict[str, str], frozenset[str]]:
    """One pattern of all forms, the concept of each form, and which concern whole quarters."""
    forms: dict[str, str] = {}
    wide: set[str] = set()
    for line in (Path(__file__).parent / "concepts.txt").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, _, listed = line.partition(":")
        if name.endswith("*"):
            name = name[:-1]
            wide.add(name)
        for form in listed.split():
            forms[form.replace("*", " ")] = name
    longest_first = sorted(forms, key=len, reverse=True)
    han = "|".join(map(re.escape, (form for form in longest_first if form[0] >= "㐀")))
    latin = "|".join(map(re.escape, (form for form in longest_first if form[0] < "㐀")))
    return re.compile(rf"({han})|\b({latin})(?:s|es|ing|ed|y)?\b"), forms, frozenset(wide)


def concepts_of(said: str) -> set[str]:
    pattern, forms, _ = _lexicon()
    return {forms[han or latin] for han, latin in pattern.findall(said.replace("-", " "))}


def wide() -> frozenset[str]:
    """Concepts that concern whole quarters."""
    return _lexicon()[2]

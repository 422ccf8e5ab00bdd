"""What is wrong with a wording, before anybody is sent it."""

import re
from typing import Final, TypedDict

from services.notify.template.placeholders import PERSONAL, TYPES, Declared, used
from shared.messages import LANGUAGES

LONGEST: Final = 500
"""Characters as written: what all gateways take of one SMS, whatever its parts cost."""
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_NAME = re.compile(r"^\w+$")


class Mistake(TypedDict):
    """``about``: the placeholder, or what else the sentence is about."""

    field: str
    problem: str
    about: str


def mistakes(declared: Declared, texts: dict[str, str]) -> list[Mistake]:
    """Every mistake of a wording, by language."""
    return [
        {"field": language, "problem": problem, "about": about}
        for language in LANGUAGES
        for problem, about in _of(declared, texts[language], declared.texts[language])
    ]


def _of(declared: Declared, text: str, catalogue: str) -> list[tuple[str, str]]:
    if not text.strip():
        return [("empty", "")]
    if len(text) > LONGEST:
        return [("too_long", str(LONGEST))]
    try:
        names = used(text)
    except ValueError:
        return [("braces", "")]
    found = [mistake for name in dict.fromkeys(names) if (mistake := _unusable(declared, name))]
    found += [("missing_placeholder", name) for name in declared.needs if name not in names]
    signature = re.match(r"^[【\[]{sender}[】\]]", catalogue)
    if signature and "sender" in names and not re.match(r"^[【\[]{sender}[】\]]", text):
        found.append(("signature", signature.group()))
    if is_personal(text):
        found.append(("personal_number", ""))
    return found


def _unusable(declared: Declared, name: str) -> tuple[str, str] | None:
    if name in declared.offers:
        return None
    if name.casefold() in PERSONAL:
        return "personal_placeholder", name
    if name in TYPES:
        return "not_at_hand", name
    return ("unknown_placeholder" if _NAME.match(name) else "braces"), name[:64]


def is_personal(text: str) -> bool:
    """Whether somebody's own number stands in it: a mobile phone's, or an identity card's."""
    return bool(_MOBILE.search(text) or _IDENTITY.search(text))

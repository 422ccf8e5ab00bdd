"""What people can give each other: the kinds of help, which are data, and who gives it."""

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal


class Giver(StrEnum):
    """Who offers: 志愿者, 党员, 商户, 驻地单位, 社会组织."""

    VOLUNTEER = "volunteer"
    PARTY_MEMBER = "party_member"
    SHOP = "shop"
    RESIDENT_UNIT = "resident_unit"
    SOCIAL_ORGANISATION = "social_organisation"


@dataclass(frozen=True)
class Help:
    """One kind of help. ``words`` are what wishes for it are likely to say, in any language."""

    code: str
    what: Literal["time", "skill", "thing"]
    zh: str
    en: str
    words: tuple[str, ...] = ()


@cache
def kinds_of_help() -> dict[str, Help]:
    """By code, in the order in which people choose."""
    listed = json.loads((Path(__file__).parent / "help.json").read_text(encoding="utf-8"))
    return {one["code"]: Help(**one | {"words": tuple(one.get("words", ()))}) for one in listed}

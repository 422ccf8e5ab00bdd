"""What a reply means: a word on its own that says stop, or start again. Anything else is for people to read."""

import re
import unicodedata
from typing import Literal

Meaning = Literal["stop", "start", "other"]

_STOP = frozenset({"stop", "unsubscribe", "退订", "取消订阅", "拒收", "td", "t", "n"})
_START = frozenset({"start", "恢复", "恢复订阅", "订阅"})
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


def meaning_of(text: str) -> Meaning:
    """Case, full-width letters, spaces and marks around it do not count: `` ＴＤ。`` is a TD."""
    word = _AROUND.sub("", unicodedata.normalize("NFKC", text)).casefold()
    if word in _STOP:
        return "stop"
    return "start" if word in _START else "other"

"""What a reply means: a word on its own that says stop, or start again. Anything else is for people to read."""

import re
import unicodedata
from typing import Literal

Meaning = Literal["stop", "start", "other"]

_STOP = frozenset({"stop", "unsubscribe", "退订", "退訂", "取消订阅", "拒收", "td", "t", "r", "n"})
_START = frozenset({"start", "恢复", "恢复订阅", "订阅"})
_SIGNED = re.compile(r"【[^】]*】|\[[^\]]*\]")
"""What a provider, a telephone or a quoted message of ours puts before or behind the words."""
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


def meaning_of(text: str) -> Meaning:
    """Case, full-width letters, spaces, marks and signatures around it do not count: `` ＴＤ。【李】`` is a TD."""
    plain = unicodedata.normalize("NFKC", text)
    word = _AROUND.sub("", _SIGNED.sub("", plain).strip() or plain).casefold()
    if word in _STOP:
        return "stop"
    return "start" if word in _START else "other"

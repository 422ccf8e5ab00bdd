"""How long an SMS is and how many parts it is paid for: GSM 03.38 and UCS-2, as 3GPP TS 23.040 cuts them.

One part holds 160 septets or 70 UCS-2 units; of several each holds 153 or 67, the rest of it says which part it is.
A character of two units is never cut in two.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")
"""These take an escape before them: two septets."""
_ALONE: Final = {"gsm7": 160, "ucs2": 70}
_OF_SEVERAL: Final = {"gsm7": 153, "ucs2": 67}
_BEYOND_ONE_UNIT = 0xFFFF
_SIGNATURE = re.compile(r"^(?:【[^】]*】|\[[^\]]*\])")


@dataclass(frozen=True)
class Length:
    """``units``: septets, or 16-bit units of UCS-2; the signature counts."""

    characters: int
    units: int
    encoding: Literal["gsm7", "ucs2"]
    parts: int


def length(text: str) -> Length:
    encoding: Literal["gsm7", "ucs2"] = "gsm7" if set(text) <= _BASIC | _EXTENDED else "ucs2"
    sizes = [_size(character, encoding) for character in text]
    units = sum(sizes)
    parts = 1 if units <= _ALONE[encoding] else _parts(sizes, _OF_SEVERAL[encoding])
    return Length(len(text), units, encoding, parts)


def _size(character: str, encoding: Literal["gsm7", "ucs2"]) -> int:
    two = character in _EXTENDED if encoding == "gsm7" else ord(character) > _BEYOND_ONE_UNIT
    return 2 if two else 1


def _parts(sizes: Iterable[int], room: int) -> int:
    parts, left = 1, room
    for size in sizes:
        if size > left:
            parts, left = parts + 1, room
        left -= size
    return parts


def signed(text: str, sign: str) -> str:
    """The text as a provider sends it that puts its approved signature (签名) before every message, in place of ours."""
    return f"【{sign}】{_SIGNATURE.sub('', text)}" if sign else text

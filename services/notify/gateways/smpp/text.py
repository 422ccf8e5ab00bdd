"""Texts as a phone gets them: in the GSM alphabet where it fits, else in UCS-2, and in parts where one SMS is too short.

3GPP TS 23.038 (alphabets), 23.040 section 9.2.3.24 (the header that tells parts apart).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Long = Literal["parts", "payload"]
"""Of what does not fit into one SMS: in parts of ours, or whole in ``message_payload``, which the SMSC cuts."""

GSM, LATIN, UCS2 = 0, 3, 8
"""data_coding."""
HAS_HEADER = 0x40
"""Of esm_class: the text begins with a user data header."""

_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPE = 0x1B
_ESCAPED = {"\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65}  # fmt: skip
_GSM = {sign: bytes((code,)) for code, sign in enumerate(_ALPHABET) if code != _ESCAPE} | {
    sign: bytes((_ESCAPE, code)) for sign, code in _ESCAPED.items()
}
_UNESCAPED = {code: sign for sign, code in _ESCAPED.items()}
_WHOLE = {GSM: 160, UCS2: 140}
_PART = {GSM: 153, UCS2: 134}
"""Octets, as SMPP counts them (a septet is one): the header of a part costs seven septets or six octets."""
_MOST_PARTS = 255
_CONCATENATED, _CONCATENATED_WIDE = 0x00, 0x08


@dataclass(frozen=True)
class Part:
    """What one ``submit_sm`` carries. ``esm_class`` says whether a header stands before the text."""

    octets: bytes
    data_coding: int
    esm_class: int = 0
    payload: bool = False
    """In ``message_payload`` instead of ``short_message``."""


class TooLongError(Exception):
    """More than 255 parts."""


def parts_of(text: str, long: Long, reference: int) -> list[Part]:
    """Cut a text into what is submitted. ``reference``, 0 to 255, tells the parts of one message from another's to
    the same number. Raises TooLongError.
    """
    coding = GSM if _GSM.keys() >= set(text) else UCS2
    whole = b"".join(map(_GSM.__getitem__, text)) if coding == GSM else _ucs2(text)
    if len(whole) <= _WHOLE[coding]:
        return [Part(whole, coding)]
    if long == "payload":
        return [Part(whole, coding, payload=True)]
    # None is ever cut in two, neither an escaped one nor a pair of surrogates
    cut = _cut([_GSM[sign] if coding == GSM else _ucs2(sign) for sign in text], _PART[coding])
    if len(cut) > _MOST_PARTS:
        raise TooLongError(len(cut))
    return [
        Part(bytes((5, _CONCATENATED, 3, reference, len(cut), number)) + octets, coding, HAS_HEADER)
        for number, octets in enumerate(cut, start=1)
    ]


def _ucs2(text: str) -> bytes:
    return text.encode("utf-16-be", "replace")


def _cut(signs: Sequence[bytes], most: int) -> list[bytes]:
    cut = [bytearray()]
    for sign in signs:
        if len(cut[-1]) + len(sign) > most:
            cut.append(bytearray())
        cut[-1] += sign
    return [bytes(each) for each in cut]


@dataclass(frozen=True)
class Piece:
    """What one SMS that came in says: ``number`` of ``total``, of what has this ``reference``."""

    text: str
    reference: int = 0
    number: int = 1
    total: int = 1


def read(octets: bytes, data_coding: int, esm_class: int) -> Piece:
    """Never raises: what cannot be read shows as such."""
    reference, number, total = 0, 1, 1
    if esm_class & HAS_HEADER and octets:
        header, octets = octets[1 : 1 + octets[0]], octets[1 + octets[0] :]
        while len(header) >= 2:
            kind, value, header = header[0], header[2 : 2 + header[1]], header[2 + header[1] :]
            if kind == _CONCATENATED and len(value) == 3:
                reference, total, number = value
            elif kind == _CONCATENATED_WIDE and len(value) == 4:
                reference, total, number = value[0] << 8 | value[1], value[2], value[3]
    if not 1 <= number <= total:
        number, total = 1, 1
    return Piece(_decoded(octets, data_coding), reference, number, total)


def _decoded(octets: bytes, data_coding: int) -> str:
    if data_coding == UCS2:
        return octets.decode("utf-16-be", "replace")
    if data_coding == LATIN:
        return octets.decode("latin-1")
    said, escaped = "", False
    for code in octets:
        if escaped:
            said, escaped = said + _UNESCAPED.get(code, " "), False
        elif code == _ESCAPE:
            escaped = True
        else:
            said += _ALPHABET[code] if code < len(_ALPHABET) else "\ufffd"
    return said

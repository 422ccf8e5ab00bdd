"""Ids: made at the edges, never inside a rule."""

import hashlib
import hmac
import os
import re
import time
from uuid import UUID, uuid5

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_CODE_DIGITS = 12  # 60 bits
_CODE = re.compile(rf"^[{_ALPHABET}]{{{_CODE_DIGITS + 1}}}$")
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", " ": ""})
_NAMESPACE = UUID("6f0e3c5a-5d0b-5c7e-9a51-6c6173746d69")


def new_id() -> str:
    """Return a UUIDv7 (RFC 9562): ordered by the millisecond in which it was made."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (
        milliseconds << 80 | 0x7 << 76 | (random >> 68 & 0xFFF) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    )
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def named_id(*parts: str) -> str:
    """Return the UUIDv5 of what makes a thing unique, e.g. ``named_id(event, recipient, channel)``."""
    return str(uuid5(_NAMESPACE, "\x1f".join(parts)))


def keyed_hash(secret: bytes, *parts: str | bytes) -> bytes:
    """HMAC-SHA256 over length-prefixed parts, so that no two lists of parts can collide by concatenation."""
    mac = hmac.new(secret, digestmod=hashlib.sha256)
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        mac.update(len(raw).to_bytes(4, "big"))
        mac.update(raw)
    return mac.digest()


def tracking_code(entropy: bytes) -> str:
    """Return 60 bits of ``entropy`` as 12 characters a person can read out, and a check character."""
    value = int.from_bytes(entropy[:8], "big") >> 4
    digits = [_ALPHABET[value >> shift & 31] for shift in range(55, -1, -5)]
    return "".join(digits) + _check_character(digits)


def read_code(text: str) -> str | None:
    """Return the tracking code somebody typed, or None when it cannot be one."""
    code = text.strip().upper().translate(_MISREAD)
    if not _CODE.match(code) or _check_character(list(code[:-1])) != code[-1]:
        return None
    return code


def _check_character(digits: list[str]) -> str:
    """Luhn mod N (ISO/IEC 7812-1, generalised): catches every single error and most swaps."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = _ALPHABET.index(digit) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return _ALPHABET[-total % 32]


def request_id(tenant: str, code: str) -> str:
    return named_id("request", tenant, code)


def post_id(tenant: str, grid: str, duty: str) -> str:
    """A post is one duty in one grid: there is one of each."""
    return named_id("post", tenant, grid, duty)

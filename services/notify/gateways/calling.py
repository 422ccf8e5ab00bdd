"""One call to a provider over HTTP, and what it proves.

A call that never got through sent nothing and may be tried again. One that got through and brought no usable answer
may have sent something: unknown. The answer itself is read in the provider's own file.
"""

from collections.abc import Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from pydantic_core import from_json

from services.notify.gateways.gateway import Rejected, RetryLater, Unknown

_NOTHING_WAS_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NO_REQUEST = (httpx.InvalidURL, ValueError)
_NO_ADDRESS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
"""What was set is no address, or cannot stand in a header: nothing was sent either, and somebody has to mend it."""
_LARGEST_ANSWER = 64 * 1024  # bytes
_TOO_MANY, _ABSENT, _BROKEN = 429, 503, 500
_LONGEST_REST = timedelta(days=1)
"""Whoever says more means never; no news waits so long."""

Json = dict[str, Any]
JSON_HEADERS = {"content-type": "application/json; charset=utf-8"}


@dataclass(frozen=True)
class Codes:
    """What a provider's words of refusal prove. ``of_the_message``: another gateway would not take it either.
    ``of_our_settings`` and ``nobody_knows`` begin so; of two that do, the longer one counts. Whatever else has a code is this
    account's trouble: it can be tried again.
    """

    of_the_message: Collection[str]
    of_our_settings: tuple[str, ...]
    nobody_knows: tuple[str, ...]

    def outcome(self, code: str) -> Rejected | RetryLater | Unknown:
        if not code:
            return Unknown("no code")
        if code in self.of_the_message:
            return Rejected(code)
        ours, doubt = _longest(code, self.of_our_settings), _longest(code, self.nobody_knows)
        return Unknown(code) if doubt > ours else RetryLater(code, ours=ours > 0)


def _longest(code: str, beginnings: tuple[str, ...]) -> int:
    return max((len(each) for each in beginnings if code.startswith(each)), default=0)


async def call(
    http: httpx.AsyncClient,
    url: str,
    *,
    content: bytes,
    headers: Mapping[str, str],
    timeout: float,
    method: str = "POST",
    rest_in: str | None = None,
) -> Json | RetryLater | Unknown:
    """Make the call, and return the object that was answered, whatever the status says beside it. ``rest_in`` names what in
    the body says for how many milliseconds to rest, where no header does.

    Getting through has a part of the time: whoever waits no longer than ``timeout`` for all of it still hears that
    nothing was sent.
    """
    patience = httpx.Timeout(timeout, pool=timeout / 3, connect=timeout / 3)
    try:
        request = http.build_request(method, url, content=content, headers=headers, timeout=patience)
    except _NO_REQUEST as mistaken:
        return RetryLater(type(mistaken).__name__, ours=True)
    try:
        async with aclosing(await http.send(request, stream=True)) as response:
            answer = bytearray()
            async for part in response.aiter_bytes():
                answer += part
                if len(answer) > _LARGEST_ANSWER:
                    return Unknown("answer too long")
    except _NOTHING_WAS_SENT as absent:
        return RetryLater(type(absent).__name__)
    except _NO_ADDRESS as mistaken:
        return RetryLater(type(mistaken).__name__, ours=True)
    except httpx.HTTPError as lost:
        return Unknown(type(lost).__name__)
    if response.status_code == _TOO_MANY or (
        response.status_code == _ABSENT and "retry-after" in response.headers
    ):
        rest = _retry_after(response.headers.get("retry-after"))
        if rest is None and rest_in is not None:
            rest = _milliseconds((_read(answer) or {}).get(rest_in))
        return RetryLater(f"HTTP {response.status_code}", rest)
    if (said := _read(answer)) is not None:
        return said
    if (
        400 <= response.status_code < _BROKEN
    ):  # refused before anything was done, in words that we cannot read
        return RetryLater(f"HTTP {response.status_code}")
    return Unknown(f"HTTP {response.status_code}, no JSON object")


def _read(answer: bytearray) -> Json | None:
    try:
        said = from_json(bytes(answer))
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _milliseconds(said: object) -> timedelta | None:
    return min(timedelta(milliseconds=said), _LONGEST_REST) if isinstance(said, int) and said >= 0 else None


def _retry_after(said: str | None) -> timedelta | None:
    """Seconds, or a date (RFC 9110, section 10.2.3)."""
    if said is None:
        return None
    try:
        rest = timedelta(seconds=max(0, min(int(said), _LONGEST_REST // timedelta(seconds=1))))
    except ValueError:
        try:
            rest = parsedate_to_datetime(said) - datetime.now(UTC)
        except (ValueError, TypeError):
            return None
    return min(max(timedelta(), rest), _LONGEST_REST)

"""What comes in over HTTP: no more than the door takes, never half of it, and JSON that says each thing once."""

import json
from collections.abc import Mapping, MutableMapping
from typing import Any

from shared.commands.alert import LARGEST_FILE
from shared.http import AsgiApp, ProblemError, Receive, Scope, Send
from shared.pictures import KINDS, LARGEST
from shared.sheets.package import LARGEST_PACKED

LARGEST_TABLE = LARGEST_PACKED * 4 // 3 + 64 * 1024
"""Bytes of JSON that holds the largest table that is filled, in base64."""
LARGEST_CALLBACK = 512 * 1024
"""Bytes of what a provider of messages brings at a time: some thousand receipts. It fits into one message of the bus."""
_HEARD_OUT = 1024 * 1024
"""Bytes more than the door takes that are heard out before it hangs up: whoever sends a little too much can still
read why not.
"""


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], largest: int) -> bytes:
    """Read a request's body of at most ``largest`` bytes. Raises ProblemError."""
    declared = headers.get(b"content-length", b"")
    length = int(declared) if declared.isdigit() else None
    body, size, heard_out = bytearray(), 0, largest + _HEARD_OUT
    while length is None or size < length <= heard_out:
        message = await receive()
        if message["type"] == "http.disconnect":  # whoever hung up was told nothing, so nothing was said
            raise ProblemError(400, "broken_off", "The body ended before it was whole.")
        part: bytes = message.get("body", b"")
        size += len(part)
        body += part if size <= largest else b""
        if size > heard_out or not message.get("more_body"):
            break
    if max(size, length or 0) > largest:
        raise ProblemError(413, "too_large", f"At most {largest} bytes.")
    return bytes(body)


def check_json(headers: Mapping[bytes, bytes], body: bytes) -> None:
    """JSON, by its type and by itself. Raises ProblemError."""
    check_type(headers)
    check_once(body)


def check_type(headers: Mapping[bytes, bytes]) -> None:
    """Raises ProblemError."""
    if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != b"application/json":
        raise ProblemError(415, "not_json", "Send the body as application/json.")


def check_picture(headers: Mapping[bytes, bytes]) -> None:
    """Raises ProblemError."""
    if headers.get(b"content-type", b"").partition(b";")[0].strip().decode("latin-1").lower() not in KINDS:
        raise ProblemError(415, "not_a_picture", f"Send the picture itself: {', '.join(KINDS)}.")


def check_xml(headers: Mapping[bytes, bytes]) -> None:
    """A warning comes as it was issued. Raises ProblemError."""
    said = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if said not in (b"application/cap+xml", b"application/xml", b"text/xml"):
        raise ProblemError(415, "not_xml", "Send the CAP file itself, as application/cap+xml.")


def check_once(body: bytes) -> None:
    """JSON in UTF-8 (RFC 8259), and no name twice in one object: readers would differ in what was said.

    Raises ProblemError.
    """
    try:
        _ONCE.decode(body.decode())
    except _TwiceError:
        raise ProblemError(400, "said_twice", "A name stands twice in one object.") from None
    except (ValueError, RecursionError):
        raise ProblemError(400, "malformed", "The body is not JSON in UTF-8.") from None


class _TwiceError(Exception):
    pass


def _each_once(pairs: list[tuple[str, Any]]) -> None:
    if len(pairs) != len({name for name, _ in pairs}):
        raise _TwiceError


def _no_number(word: str) -> None:
    message = f"{word} is no number"
    raise ValueError(message)


_ONCE = json.JSONDecoder(object_pairs_hook=_each_once, parse_constant=_no_number)


_LARGER = {
    "/v1/record-templates/": LARGEST_TABLE,
    "/v1/alerts": LARGEST_FILE,
    "/callbacks/": LARGEST_CALLBACK,
}


def _room(path: str) -> str:
    return next((room for room in _LARGER if path.startswith(room)), "")


class Limited:
    """Reads a body before any route behind it does. Under /v1/ it is JSON, whatever the route makes of it; where an
    address ends in ``/pictures``, it is a picture, which may be larger; so may a superior's table be, a provider's
    callback, and a warning, which is XML.
    """

    def __init__(self, app: AsgiApp, largest: int) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        try:
            if scope["path"].endswith("/pictures"):
                body = await read_body(receive, headers, LARGEST)
                check_picture(headers)
            else:
                body = await read_body(receive, headers, _LARGER.get(_room(scope["path"]), self._largest))
                if body and scope["path"] == "/v1/alerts":
                    check_xml(headers)
                elif body and scope["path"].startswith("/v1/"):
                    check_json(headers, body)
        except ProblemError as problem:
            await problem.response()(scope, receive, send)
            return
        pending = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> MutableMapping[str, Any]:
            return pending.pop() if pending else await receive()

        await self._app(scope, again, send)

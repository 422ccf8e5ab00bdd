"""POST /v1/requests without a framework between the socket and the journal (docs/adr/0002): it takes the most traffic.

The framework's route answers through the same function, and describes it for OpenAPI.
"""

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from services.intake.places import Places
from services.intake.submitting import Origin, Submitting
from services.intake.wording import Submission
from shared.answering import plain_errors
from shared.bodies import check_once, check_type, read_body
from shared.http import (
    PROBLEM,
    AsgiApp,
    ProblemError,
    Receive,
    Scope,
    Send,
    unavailable,
)
from shared.journal import UnavailableError
from shared.observability import HTTP_SECONDS, TRACEPARENT, child_of, new_traceparent
from shared.refusal import Refused
from shared.settings import Settings
from shared.vault import VaultEmptyError

PATH = "/v1/requests"
_KEY = re.compile(r"^[\x21-\x7e]{16,256}$")
"""From an anonymous caller 128 bits at least: whoever guesses a key could learn a token."""
_TRACEPARENT = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    @classmethod
    def of(cls, problem: ProblemError) -> "Answer":
        named = [(name.encode(), value.encode()) for name, value in problem.headers.items()]
        return cls(problem.status, problem.body, [(b"content-type", PROBLEM.encode()), *named])


class Door:
    def __init__(self, settings: Settings, submitting: Submitting, places: Places) -> None:
        self._largest = settings.largest_body
        self._public_url = to_json(settings.public_url.rstrip("/"))[1:-1]
        self._submitting = submitting
        self._places = places

    def shortcut(self, app: AsgiApp) -> AsgiApp:
        """Answer submissions here and pass everything else on."""
        measured = HTTP_SECONDS.labels("intake", PATH, "201")

        async def door(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
                await app(scope, receive, send)
                return
            started = time.perf_counter()
            answer = await self.answer(scope["headers"], receive)
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            await send({"type": "http.response.body", "body": answer.body})
            took = time.perf_counter() - started
            if answer.status == 201:
                measured.observe(took)
            else:
                HTTP_SECONDS.labels("intake", PATH, str(answer.status)).observe(took)

        return door

    async def answer(self, raw_headers: Sequence[tuple[bytes, bytes]], receive: Receive) -> Answer:
        """Read, check, store; every way out is an answer."""
        headers = dict(raw_headers)
        try:
            if len(headers) != len(raw_headers):
                _refuse_two_keys(raw_headers)
            return await self._accept(headers, receive)
        except ProblemError as problem:
            return Answer.of(problem)
        except Refused as refused:
            words = "The same Idempotency-Key was used with another body."
            return Answer.of(ProblemError(422, refused.reason, words))
        except (UnavailableError, VaultEmptyError):
            return Answer.of(unavailable())

    async def _accept(self, headers: dict[bytes, bytes], receive: Receive) -> Answer:
        key = _key_of(headers)
        given = headers.get(b"traceparent", b"").decode("latin-1")
        TRACEPARENT.set(child_of(given) if _TRACEPARENT.match(given) else new_traceparent())
        body = await read_body(receive, headers, self._largest)
        check_type(headers)
        try:
            said = Submission.model_validate_json(body)
        except ValidationError as invalid:
            raise _why(invalid) from None
        if (
            body.count(b":") != said.names
        ):  # as many colons as names: nothing is said twice, and nobody need look
            check_once(body)
        origin = Origin(key=key, building=self._places.named_in(said.location.address))
        accepted = await self._submitting.submit(said, origin)
        location = f"{PATH}/{accepted.code}".encode()
        return Answer(
            201,
            accepted.body(self._public_url),
            [
                (b"content-type", b"application/json"),
                (b"location", location),
                (b"cache-control", b"no-store"),
            ],
        )


def _key_of(headers: dict[bytes, bytes]) -> str | None:
    if (raw := headers.get(b"idempotency-key")) is None:
        return None
    key = raw.decode("latin-1")
    if not _KEY.match(key):
        words = "Idempotency-Key: 16 to 256 printable ASCII characters, at least 128 bits of chance."
        raise ProblemError(400, "bad_key", words)
    return key


def _refuse_two_keys(headers: Sequence[tuple[bytes, bytes]]) -> None:
    if [name for name, _ in headers].count(b"idempotency-key") > 1:
        raise ProblemError(400, "bad_key", "One Idempotency-Key names one intent.")


def _why(invalid: ValidationError) -> ProblemError:
    if any(error["type"] == "json_invalid" for error in invalid.errors(include_input=False)):
        return ProblemError(400, "malformed", "The body is not JSON in UTF-8.")
    return ProblemError(422, "invalid", "Some fields cannot be used.", errors=plain_errors(invalid))


def openapi_extra() -> dict[str, Any]:
    """What OpenAPI says of the body and the key, with the schemas that it names written into it."""
    schema = Submission.model_json_schema()
    parts: dict[str, Any] = schema.pop("$defs", {})
    text = json.dumps(schema)
    while "#/$defs/" in text:
        for name, part in parts.items():
            text = text.replace(f'{{"$ref": "#/$defs/{name}"}}', json.dumps(part))
            text = text.replace(f'"$ref": "#/$defs/{name}"', json.dumps(part)[1:-1])
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Names the intent: the same key and body again get the same answer, and nothing happens twice.",
        "schema": {"type": "string", "pattern": _KEY.pattern},
    }
    body = {"required": True, "content": {"application/json": {"schema": from_json(text)}}}
    return {"parameters": [key], "requestBody": body}

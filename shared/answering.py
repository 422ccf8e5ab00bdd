"""How a service answers: every sender hears something, nothing that came is lost, and the next one is handled."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from nats.aio.msg import Msg
from pydantic import ValidationError
from pydantic_core import from_json

from shared import commands
from shared.commands.command import Command
from shared.consumer import acknowledge, give_back_later
from shared.journal import UnavailableError
from shared.observability import log
from shared.refusal import NOT_NOW, Refused, Reply
from shared.store import StoreError
from shared.vault import VaultEmptyError

Answer = Callable[[Command, str], Awaitable[Reply]]
Ask = Callable[[dict[str, Any]], Awaitable[Any]]
Park = Callable[[str], Awaitable[None]]
"""Parks the message at hand, for this reason."""

ABSENT = (UnavailableError, StoreError, VaultEmptyError, TimeoutError)
"""Somebody we need is away: the same message may well be answered later."""


class BadRequestError(Exception):
    """A question or an inbound message that cannot be used; the message says why, without quoting it."""


async def answer_command(message: Msg, answer: Answer, park: Park, *, service: str) -> Reply:
    name = message.subject.rpartition(".")[2]
    model = commands.CATALOGUE.get(name)
    if model is None or model.owner != service:
        await park("unknown_command")
        return Reply(ok=False, reason="unknown_command", detail={"command": name[:64]})
    try:
        command = model.model_validate_json(message.data)
    except ValidationError as invalid:
        await park("malformed")
        return Reply(ok=False, reason="malformed", detail={"errors": plain_errors(invalid)})
    if (datetime.now(UTC) - command.at).days >= 1 and not command.actor.startswith("import:"):
        return Reply(ok=False, reason="too_old", detail={"at": command.at.isoformat()})
    try:
        return await answer(command, (message.headers or {}).get("lm-cause", ""))
    except Exception as error:  # noqa: BLE001 - whatever it was, the sender hears of it
        return _explained(error, name)


async def answer_question(message: Msg, answer: Ask, park: Park) -> dict[str, Any]:
    """``{"ok": true, "answer": …}`` or the reason why not. Only what other systems send is worth parking."""
    malformed: list[Any]
    try:
        return {"ok": True, "answer": await answer(read_question(message.data))}
    except ValidationError as invalid:
        malformed = list(plain_errors(invalid))
    except BadRequestError as bad:
        malformed = [str(bad)]
    except Exception as error:  # noqa: BLE001 - whatever it was, the sender hears of it
        return _explained(error, message.subject).model_dump(include={"ok", "reason", "detail"})
    if message.subject.startswith("inbound."):
        await park("malformed")
    return {"ok": False, "reason": "malformed", "detail": {"errors": malformed}}


def read_question(data: bytes) -> dict[str, Any]:
    """Raises BadRequestError."""
    try:
        question = from_json(data or b"{}")
    except ValueError as unreadable:
        raise BadRequestError("not JSON in UTF-8") from unreadable
    if not isinstance(question, dict):
        raise BadRequestError("a JSON object is expected")
    return question


async def answer_timer(message: Msg, ask: Ask, park: Park) -> None:
    """A timer is only a question: asking twice is harmless, and the answer may be that the rules have moved on."""
    try:
        await ask(read_question(message.data))
    except (BadRequestError, ValidationError, KeyError):
        await park("malformed")
        await acknowledge([message])
    except Exception as error:  # noqa: BLE001 - whatever it was, the question comes again, and others go on
        reply = _explained(error, message.subject)
        await (give_back_later(message) if reply.reason in NOT_NOW else acknowledge([message]))
    else:
        await acknowledge([message])


def _explained(error: Exception, asked: str) -> Reply:
    if isinstance(error, Refused):
        return Reply(ok=False, reason=error.reason, detail=dict(error.detail))
    if isinstance(error, ABSENT):
        return Reply(ok=False, reason="unavailable")
    log.error("answer_failed", asked=asked[:64], error=type(error).__name__, exc_info=error)
    return Reply(ok=False, reason="failed")


def first_error(invalid: ValidationError) -> str:
    """Which field cannot be used and what is expected instead; without the value."""
    first = invalid.errors()[0]
    said = first["msg"].removeprefix("Value error, ")
    names = f": {said[:1].lower()}{said[1:]}"
    return f"{first['loc'][0] if first['loc'] else 'the question'} cannot be used{names}"


def plain_errors(invalid: ValidationError) -> list[dict[str, str]]:
    """Where and why, without the value: it could be somebody's."""
    return [{"field": ".".join(map(str, e["loc"])), "why": e["msg"][:200]} for e in invalid.errors()[:10]]

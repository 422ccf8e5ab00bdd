"""The corridor between the rooms: commands to the one owner, questions to whoever knows, timers, the parking lot.

FastStream carries commands and queries (request-reply); facts come through shared/consumer.py.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from faststream.nats import NatsBroker, NatsMessage
from faststream.nats.security import NatsUserPassword
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from shared import commands
from shared.commands import Command
from shared.consumer import Consumer, Handle, acknowledge, give_back
from shared.ids import new_id
from shared.journal import Journal, UnavailableError
from shared.observability import (
    COMMAND_SECONDS,
    COMMANDS,
    PARKED,
    TRACEPARENT,
    child_of,
    log,
    new_traceparent,
)
from shared.publisher import NotAcknowledgedError, Publisher, RefusedByJournalError
from shared.refusal import Refused, Reply
from shared.settings import Settings
from shared.store import StoreError
from shared.vault import Locksmith

Answer = Callable[[Command, str], Awaitable[Reply]]


class BadRequestError(Exception):
    """A question or an inbound message that cannot be used; the message says why, without quoting it."""


class Bus:
    """One service's connection, under its own identity: it can publish on its own histories and nobody else's."""

    def __init__(self, service: str, settings: Settings) -> None:
        self.service = service
        self._settings = settings
        options: dict[str, Any] = {"reconnect_time_wait": 0.25}
        if settings.nats_user and settings.nats_password:
            password = settings.nats_password.get_secret_value()
            options["security"] = NatsUserPassword(settings.nats_user, password)
        self.broker = NatsBroker(
            settings.nats_url.split(","),
            name=f"lastmile-{service}",
            max_reconnect_attempts=-1,
            ping_interval=5,
            max_outstanding_pings=2,
            inbox_prefix=f"_INBOX.{service}",
            logger=None,
            graceful_timeout=5,
            **options,
        )
        self.client: Client
        self.publisher: Publisher
        self.journal: Journal
        self.deliveries: Journal
        self._running: list[asyncio.Task[None]] = []
        self.consumers: list[Consumer] = []

    async def connect(self) -> None:
        """Connect, however long it takes: without NATS a service is alive but not ready."""
        while True:
            try:
                self.client = await self.broker.connect()
                break
            except (NatsError, OSError) as error:
                log.warning("nats_unreachable", error=type(error).__name__)
                await asyncio.sleep(0.5)
        self.publisher = Publisher(self.client, timeout=self._settings.append_timeout)
        await self.publisher.start()
        self.journal = Journal(self.client, self.publisher)
        self.deliveries = Journal(self.client, self.publisher, "DELIVERIES")

    async def start(self) -> None:
        """Begin to answer what was registered with ``answer_…``."""
        await self.broker.start()

    @property
    def connected(self) -> bool:
        return hasattr(self, "client") and self.client.is_connected

    async def stop(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if hasattr(self, "publisher"):
            with suppress(NatsError, OSError):
                await self.client.flush(timeout=1)
            await self.publisher.stop()
        with suppress(NatsError, OSError):
            await self.broker.stop()

    # facts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def consume(self, stream: str, name: str, handle: Handle) -> Consumer:
        """Hand every batch of a declared consumer to ``handle``, from now until the bus stops."""
        consumer = Consumer(self.client, stream, name, handle, batch=self._settings.batch)
        self.consumers.append(consumer)
        self._running.append(asyncio.create_task(self._keep_running(consumer)))
        return consumer

    async def _keep_running(self, consumer: Consumer) -> None:
        while True:
            try:
                await consumer.run()
            except Exception as error:  # noqa: BLE001 - a service that follows nothing any more looks well and is not
                log.warning("consumer_interrupted", consumer=consumer.name, error=type(error).__name__)
                await asyncio.sleep(0.5)

    async def publish(
        self, subject: str, payload: bytes, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Publish into a stream and wait until it is stored. Raises UnavailableError."""
        block = "NATS/1.0\r\n" + "".join(f"{k}: {v}\r\n" for k, v in (headers or {}).items()) + "\r\n"
        try:
            return await self.publisher.publish(subject, block.encode(), payload)
        except (NotAcknowledgedError, RefusedByJournalError, NatsError, OSError) as error:
            raise UnavailableError(str(error)) from error

    # commands ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def answer_commands(self, answer: Answer) -> None:
        """Answer every command sent to this service. ``answer`` gets the command and what caused it."""

        @self.broker.subscriber(f"command.{self.service}.*", queue=self.service, max_workers=64)
        async def on_command(message: NatsMessage) -> bytes:
            raw = message.raw_message
            name = raw.subject.rpartition(".")[2]
            headers = message.headers
            TRACEPARENT.set(child_of(headers.get("traceparent", "")))
            started = asyncio.get_running_loop().time()
            reply = await self._answer(name, headers, raw.data, answer)
            known = name if name in commands.CATALOGUE else "unknown"
            COMMANDS.labels(self.service, known, reply.reason or "done").inc()
            COMMAND_SECONDS.labels(self.service, known).observe(asyncio.get_running_loop().time() - started)
            return to_json(reply)

    async def _answer(self, name: str, headers: dict[str, str], data: bytes, answer: Answer) -> Reply:
        model = commands.CATALOGUE.get(name)
        if model is None or model.owner != self.service:
            await self.park("unknown_command", f"command.{self.service}.{name}", headers, data)
            return Reply(ok=False, reason="unknown_command", detail={"command": name[:64]})
        try:
            command = model.model_validate_json(data)
        except ValidationError as invalid:
            await self.park("malformed", f"command.{self.service}.{name}", headers, data)
            return Reply(ok=False, reason="malformed", detail={"errors": plain_errors(invalid)})
        if (datetime.now(UTC) - command.at).days >= 1 and not command.actor.startswith("import:"):
            return Reply(ok=False, reason="too_old", detail={"at": command.at.isoformat()})
        try:
            return await answer(command, headers.get("lm-cause", ""))
        except Refused as refused:
            return Reply(ok=False, reason=refused.reason, detail=dict(refused.detail))
        except UnavailableError:
            return Reply(ok=False, reason="unavailable")

    async def send(self, command: Command, *, cause: str = "", timeout: float | None = None) -> Reply:
        """Send a command to its owner and wait for the answer. Raises UnavailableError; repeating is safe."""
        subject = f"command.{command.owner}.{type(command).__name__}"
        headers = {"traceparent": TRACEPARENT.get() or new_traceparent(), "lm-cause": cause}
        return Reply.model_validate_json(
            await self._request(subject, to_json(command, bytes_mode="base64"), headers, timeout)
        )

    # questions ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def answer_queries(self, name: str, answer: Callable[[dict[str, Any]], Awaitable[Any]]) -> None:
        """Answer ``query.<service>.<name>``: read-only, asked with a JSON object, answered with JSON."""
        self._answer_requests(f"query.{self.service}.{name}", answer)

    def answer_inbound(self, subject: str, answer: Callable[[dict[str, Any]], Awaitable[Any]]) -> None:
        """Answer other systems' events on ``inbound.<source>.<type>`` when the journal has them."""
        self._answer_requests(subject, answer)

    def _answer_requests(self, subject: str, answer: Callable[[dict[str, Any]], Awaitable[Any]]) -> None:
        @self.broker.subscriber(subject, queue=self.service, max_workers=64)
        async def on_request(message: NatsMessage) -> bytes:
            raw = message.raw_message
            TRACEPARENT.set(child_of(message.headers.get("traceparent", "")))
            try:
                asked = from_json(raw.data or b"{}")
                if not isinstance(asked, dict):
                    raise BadRequestError("a JSON object is expected")  # noqa: TRY301
                return to_json({"ok": True, "answer": await answer(asked)}, bytes_mode="base64")
            except ValidationError as invalid:
                if raw.subject.startswith("inbound."):
                    await self.park("malformed", raw.subject, message.headers, raw.data)
                return to_json(
                    {"ok": False, "reason": "malformed", "detail": {"errors": plain_errors(invalid)}}
                )
            except (BadRequestError, ValueError) as bad:
                if raw.subject.startswith("inbound."):
                    await self.park("malformed", raw.subject, message.headers, raw.data)
                detail = str(bad) if isinstance(bad, BadRequestError) else "not JSON in UTF-8"
                return to_json({"ok": False, "reason": "malformed", "detail": {"errors": [detail]}})
            except Refused as refused:
                return to_json({"ok": False, "reason": refused.reason, "detail": refused.detail})
            except UnavailableError:
                return to_json({"ok": False, "reason": "unavailable"})

    async def ask(
        self, subject: str, question: BaseModel | dict[str, Any], timeout: float | None = None
    ) -> Any:
        """Ask ``query.…`` or tell ``inbound.…`` and return the answer. Raises Refused, UnavailableError."""
        headers = {"traceparent": TRACEPARENT.get() or new_traceparent()}
        reply = from_json(
            await self._request(subject, to_json(question, bytes_mode="base64"), headers, timeout)
        )
        if reply["ok"]:
            return reply["answer"]
        if reply["reason"] == "unavailable":
            raise UnavailableError(subject)
        raise Refused(reply["reason"], **reply.get("detail", {}))

    async def _request(
        self, subject: str, payload: bytes, headers: dict[str, str], timeout: float | None
    ) -> bytes:
        if not self.connected:
            raise UnavailableError("not connected")
        try:
            message = await self.client.request(
                subject, payload, timeout=timeout or self._settings.command_timeout, headers=headers
            )
        except (NatsError, OSError) as error:
            raise UnavailableError(f"{subject} does not answer") from error
        return message.data

    # timers ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def set_timer(self, name: str, when: datetime, question: dict[str, Any]) -> None:
        """Ask ``question`` of this service at ``when``. The same name again sets the same timer anew; none is cancelled."""
        await self.publish(
            f"sched.{self.service}.{name}",
            to_json(question),
            {
                "Nats-Schedule": f"@at {max(when, datetime.now(UTC)).astimezone(UTC).isoformat().replace('+00:00', 'Z')}",
                "Nats-Schedule-Target": f"timer.{self.service}.{name}",
                "Nats-Schedule-TTL": "24h",
            },
        )

    def answer_timers(self, ask: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        """Ask ``ask`` each question whose time has come. A timer is only a question: asking twice is harmless."""

        async def handle(messages: list[Msg]) -> None:
            await asyncio.gather(*(self._ask_timer(message, ask) for message in messages))

        self.consume("TIMERS", f"{self.service}_timers", handle)

    async def _ask_timer(self, message: Msg, ask: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        try:
            question = from_json(message.data)
            if not isinstance(question, dict):
                raise BadRequestError("a JSON object is expected")  # noqa: TRY301
            await ask(question)
        except (UnavailableError, StoreError, TimeoutError):
            await give_back([message], delay=2.0)
        except (BadRequestError, ValueError, KeyError, Refused):
            await self.park("malformed", message.subject, message.headers, message.data)
            await acknowledge([message])
        else:
            await acknowledge([message])

    # the parking lot ───────────────────────────────────────────────────────────────────────────────────────────────

    async def park(self, reason: str, subject: str, headers: dict[str, str] | None, data: bytes) -> None:
        """Keep a message that could not be used, sealed, with the reason, for 30 days; count it."""
        PARKED.labels(self.service, reason).inc()
        box = self.locksmith.seal_for_parking(data)
        parked = {
            "id": new_id(),
            "at": datetime.now(UTC),
            "reason": reason,
            "subject": subject[:256],
            "headers": {
                k: v for k, v in (headers or {}).items() if k.startswith(("lm-", "ce-", "traceparent"))
            },
            "box": box,
        }
        log.warning("parked", reason=reason, subject=subject[:256], size=len(data))
        with suppress(UnavailableError):  # the sender was told; the parking lot is for people to look at
            await self.publish(f"parked.{self.service}", to_json(parked, bytes_mode="base64"))

    @property
    def locksmith(self) -> Locksmith:
        return Locksmith(self._settings.master)


def plain_errors(invalid: ValidationError) -> list[dict[str, str]]:
    """Where and why, without the value: it could be somebody's."""
    return [{"field": ".".join(map(str, e["loc"])), "why": e["msg"][:200]} for e in invalid.errors()[:10]]

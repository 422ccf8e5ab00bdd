"""The corridor between the rooms: commands to the one owner, questions to whoever knows, timers, the parking lot.

FastStream carries commands and queries (request-reply); facts come through shared/consumer.py.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from faststream.nats import NatsBroker
from faststream.nats.message import NatsMessage
from faststream.nats.security import NatsUserPassword
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pydantic import BaseModel
from pydantic_core import from_json, to_json

from shared import commands
from shared.answering import (
    Answer,
    Ask,
    Park,
    answer_command,
    answer_question,
    answer_timer,
)
from shared.commands.command import Command
from shared.consumer import Consumer, Handle
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
from shared.parking import label
from shared.publisher import NotAcknowledgedError, Publisher, RefusedByJournalError
from shared.refusal import Refused, Reply
from shared.settings import Settings
from shared.tasks import end
from shared.vault import Locksmith

_AT_ONCE = 64  # messages of one kind that a replica answers; more wait their turn


async def _as_it_came(message: NatsMessage) -> NatsMessage:
    """We read it ourselves: what cannot be read is parked whole."""
    return message


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
            apply_types=False,  # a parameter that it fills in costs a visit to a thread at each message
            decoder=_as_it_came,
            **options,
        )
        self.client: Client
        self.publisher: Publisher
        self.journal: Journal
        self.deliveries: Journal
        self._locksmith = Locksmith(settings.master)
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
        """Begin to answer what was registered with ``answer_…``; the server knows of it when this returns."""
        await self.broker.start()
        # The ping of a flush overtakes what the client has yet to write, and makes it write that: the second comes after it.
        for _ in range(2):
            await self.client.flush()

    @property
    def connected(self) -> bool:
        return hasattr(self, "client") and self.client.is_connected

    @property
    def closed(self) -> bool:
        """Whether the client has given up for good, as it does when the server ends the conversation with an error."""
        return hasattr(self, "client") and self.client.is_closed

    async def stop(self) -> None:
        await end(self._running)
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
        """Publish into a stream and wait until it is stored. Raises UnavailableError, ValueError."""
        lines = [f"{name}: {value}" for name, value in (headers or {}).items()]
        if not all(map(str.isprintable, lines)):
            raise ValueError("a header must be printable")
        block = "\r\n".join(["NATS/1.0", *lines, "", ""])
        try:
            return await self.publisher.publish(subject, block.encode(), payload)
        except (NotAcknowledgedError, RefusedByJournalError, NatsError, OSError) as error:
            raise UnavailableError(str(error)) from error

    # commands ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def answer_commands(self, answer: Answer) -> None:
        """Answer every command sent to this service. ``answer`` gets the command and what caused it."""

        @self.broker.subscriber(f"command.{self.service}.*", queue=self.service, max_workers=_AT_ONCE)
        async def on_command(message: NatsMessage) -> bytes:
            raw, loop = message.raw_message, asyncio.get_running_loop()
            name, started = raw.subject.rpartition(".")[2], loop.time()
            TRACEPARENT.set(child_of(message.headers.get("traceparent", "")))
            reply = await answer_command(raw, answer, self._park_this(raw), service=self.service)
            known = name if name in commands.CATALOGUE else "unknown"
            COMMANDS.labels(self.service, known, reply.reason or "done").inc()
            COMMAND_SECONDS.labels(self.service, known).observe(loop.time() - started)
            return to_json(reply)

    async def send(self, command: Command, *, cause: str = "", timeout: float | None = None) -> Reply:
        """Send a command to its owner and wait for the answer. Raises UnavailableError; repeating is safe."""
        subject = f"command.{command.owner}.{type(command).__name__}"
        headers = {"traceparent": TRACEPARENT.get() or new_traceparent(), "lm-cause": cause}
        return Reply.model_validate_json(
            await self._request(subject, to_json(command, bytes_mode="base64"), headers, timeout)
        )

    # questions ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def answer_queries(self, name: str, answer: Ask) -> None:
        """Answer ``query.<service>.<name>``: read-only, asked with a JSON object, answered with JSON."""
        self._answer_requests(f"query.{self.service}.{name}", answer)

    def answer_inbound(self, subject: str, answer: Ask) -> None:
        """Answer other systems' events on ``inbound.<source>.<type>`` when the journal has them."""
        self._answer_requests(subject, answer)

    def _answer_requests(self, subject: str, answer: Ask) -> None:
        @self.broker.subscriber(subject, queue=self.service, max_workers=_AT_ONCE)
        async def on_request(message: NatsMessage) -> bytes:
            raw = message.raw_message
            TRACEPARENT.set(child_of(message.headers.get("traceparent", "")))
            reply = await answer_question(raw, answer, self._park_this(raw))
            return to_json(reply, bytes_mode="base64")

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

    def answer_timers(self, ask: Ask) -> None:
        """Ask ``ask`` each question whose time has come."""

        async def handle(messages: list[Msg]) -> None:
            await asyncio.gather(*(answer_timer(one, ask, self._park_this(one)) for one in messages))

        self.consume("TIMERS", f"{self.service}_timers", handle)

    # the parking lot ───────────────────────────────────────────────────────────────────────────────────────────────

    def _park_this(self, message: Msg) -> Park:
        return lambda reason: self.park(reason, message.subject, message.headers, message.data)

    async def park(self, reason: str, subject: str, headers: Mapping[str, str] | None, data: bytes) -> None:
        """Keep a message that could not be used, sealed, with the reason; count it."""
        PARKED.labels(self.service, reason).inc()
        log.warning("parked", reason=reason, subject=subject[:64], size=len(data))
        with suppress(UnavailableError):  # the sender was told; the parking lot is for people to look at
            await self.publish(
                f"parked.{self.service}", label(self._locksmith, reason, subject, headers, data)
            )

"""Publishing with acknowledgements, pipelined: one inbox, a future a message, one sweep for time-outs.

nats-py's own ``js.publish`` formats headers and arms a timer for each message; on the intake path that costs a third
of the rate (docs/benchmarks.md).
"""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from nats.aio.client import Client
from pydantic_core import from_json

from shared.wire import Raw, take

_WORD = r"[!-)+-\-/-=?-~]+"
_SUBJECT = re.compile(rf"{_WORD}(?:\.{_WORD})*")
"""Printable ASCII but for the wildcards: a space or a line break would end the subject and begin a command."""
_MOST_UNSENT = 1024 * 1024  # bytes; a connection that is this far behind takes nothing more
_SWEEPS = 20  # a time-out


class NotAcknowledgedError(Exception):
    """Nobody knows whether it was stored: read the journal, or tell the caller to repeat."""


class RefusedByJournalError(Exception):
    """The server answered with an error."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code


class TooLargeError(ValueError):
    """More than the server takes in one message: sent all the same, it would cost the connection."""


@dataclass(slots=True)
class _Waiting:
    deadline: float
    connection: int
    """The how-manieth connection it was sent on: with that one, its acknowledgement is lost."""
    future: asyncio.Future[bytes]


class Publisher:
    def __init__(self, client: Client, *, timeout: float = 5.0) -> None:
        self._client = client
        self._timeout = timeout
        self._waiting: dict[bytes, _Waiting] = {}
        self._last = 0
        self._reply_to = b""
        self._sweep: asyncio.Task[None] | None = None

    async def start(self) -> None:
        inbox = self._client.new_inbox()
        self._reply_to = inbox.encode()
        take(self._client, await self._client.subscribe(f"{inbox}.*"), self._answered)
        self._sweep = asyncio.create_task(self._give_up_on_the_late())

    async def stop(self) -> None:
        if self._sweep:
            self._sweep.cancel()
        for waiting in self._waiting.values():
            if not waiting.future.done():
                waiting.future.set_exception(NotAcknowledgedError("stopping"))
        self._waiting.clear()

    async def publish(self, subject: str, headers: bytes, payload: bytes) -> dict[str, Any]:
        """Return the server's acknowledgement, e.g. ``{"stream": "JOURNAL", "seq": 7}``.

        Raises NotAcknowledgedError (nobody knows), RefusedByJournalError (10071: somebody was first), TooLargeError,
        and ValueError for what is no subject.
        """
        if not _SUBJECT.fullmatch(subject):
            message = "not a subject to publish on"
            raise ValueError(message)
        size = len(headers)
        if size + len(payload) > self._client.max_payload:
            raise TooLargeError(f"{size + len(payload)} bytes, and {self._client.max_payload} are taken")
        deadline = asyncio.get_running_loop().time() + self._timeout
        await self._room(deadline)
        self._last += 1
        token = b"%d" % self._last
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[token] = _Waiting(deadline, self._client.stats["reconnects"], future)
        frame = b"HPUB %b %b.%b %d %d\r\n%b%b\r\n" % (
            subject.encode(),
            self._reply_to,
            token,
            size,
            size + len(payload),
            headers,
            payload,
        )
        try:
            await self._client._send_command(frame)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            if self._client._flush_queue is not None and self._client._flush_queue.empty():  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
                await self._client._flush_pending()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            return _read(await future)
        finally:
            self._waiting.pop(token, None)

    async def _room(self, deadline: float) -> None:
        """Wait while the connection is far behind, and no longer than a caller would."""
        while self._client.pending_data_size > _MOST_UNSENT and self._client.is_connected:
            if asyncio.get_running_loop().time() > deadline:
                raise NotAcknowledgedError("the connection is congested")
            await asyncio.sleep(0.005)
        if not self._client.is_connected:
            # A message buffered for a reconnect would be stored long after the caller was told that it was not.
            raise NotAcknowledgedError("not connected")

    def _answered(self, message: Raw) -> None:
        waiting = self._waiting.get(message.subject.rpartition(b".")[2])
        if waiting is not None and not waiting.future.done():
            waiting.future.set_result(message.data)

    async def _give_up_on_the_late(self) -> None:
        while True:
            await asyncio.sleep(self._timeout / _SWEEPS)
            now = asyncio.get_running_loop().time()
            connection = self._client.stats["reconnects"] if self._client.is_connected else -1
            for waiting in list(self._waiting.values()):
                if waiting.future.done():
                    continue
                if waiting.connection != connection:
                    waiting.future.set_exception(NotAcknowledgedError("the connection broke"))
                elif waiting.deadline < now:
                    waiting.future.set_exception(NotAcknowledgedError("timed out"))


def _read(answer: bytes) -> dict[str, Any]:
    if not answer:  # 503: no stream listens on this subject (a fail-over, or no migration)
        raise NotAcknowledgedError("nobody stored it")
    read: dict[str, Any] = from_json(answer)
    if error := read.get("error"):
        raise RefusedByJournalError(error.get("err_code", 0), error.get("description", ""))
    return read

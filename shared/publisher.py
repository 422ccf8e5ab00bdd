"""Publishing with acknowledgements, pipelined: one inbox, a future a message, one sweep for time-outs.

nats-py's own ``js.publish`` formats headers and arms a timer for each message; on the intake path that costs a third
of the rate (docs/benchmarks.md). This file is the only place that reaches into nats-py's client.
"""

import asyncio
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic_core import from_json


class NotAcknowledgedError(Exception):
    """Nobody knows whether it was stored: read the journal, or tell the caller to repeat."""


class RefusedByJournalError(Exception):
    """The server answered with an error."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code


class Publisher:
    def __init__(self, client: Client, *, timeout: float = 5.0) -> None:
        self._client = client
        self._timeout = timeout
        self._waiting: dict[str, tuple[float, asyncio.Future[dict[str, Any]]]] = {}
        self._last = 0
        self._inbox = ""
        self._sweep: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._inbox = self._client.new_inbox()
        await self._client.subscribe(
            f"{self._inbox}.*", cb=self._answered, pending_msgs_limit=-1, pending_bytes_limit=-1
        )
        self._sweep = asyncio.create_task(self._give_up_on_the_late())

    async def stop(self) -> None:
        if self._sweep:
            self._sweep.cancel()
        for _, future in self._waiting.values():
            if not future.done():
                future.set_exception(NotAcknowledgedError("stopping"))
        self._waiting.clear()

    async def publish(self, subject: str, headers: bytes, payload: bytes) -> dict[str, Any]:
        """Return the server's acknowledgement, e.g. ``{"stream": "JOURNAL", "seq": 7}``.

        Raises NotAcknowledgedError (nobody knows) or RefusedByJournalError (10071: somebody was first).
        """
        if not self._client.is_connected:
            # A message buffered for a reconnect would be stored long after the caller was told that it was not.
            raise NotAcknowledgedError("not connected")
        self._last += 1
        token = str(self._last)
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[token] = (asyncio.get_running_loop().time() + self._timeout, future)
        size = len(headers)
        frame = b"".join(
            (
                f"HPUB {subject} {self._inbox}.{token} {size} {size + len(payload)}\r\n".encode(),
                headers,
                payload,
                b"\r\n",
            )
        )
        await self._client._send_command(frame)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        if self._client._flush_queue is not None and self._client._flush_queue.empty():  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            await self._client._flush_pending()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        try:
            return await future
        finally:
            self._waiting.pop(token, None)

    async def _answered(self, message: Msg) -> None:
        _, future = self._waiting.get(message.subject.rpartition(".")[2], (0.0, None))
        if future is None or future.done():
            return
        if not message.data:  # 503: no stream listens on this subject (a fail-over, or no migration)
            future.set_exception(NotAcknowledgedError("nobody stored it"))
            return
        answer: dict[str, Any] = from_json(message.data)
        if error := answer.get("error"):
            future.set_exception(
                RefusedByJournalError(error.get("err_code", 0), error.get("description", ""))
            )
        else:
            future.set_result(answer)

    async def _give_up_on_the_late(self) -> None:
        while True:
            await asyncio.sleep(self._timeout / 10)
            now = asyncio.get_running_loop().time()
            for deadline, future in list(self._waiting.values()):
                if deadline < now and not future.done():
                    future.set_exception(NotAcknowledgedError("timed out"))

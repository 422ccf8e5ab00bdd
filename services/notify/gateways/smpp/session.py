"""One connection to an SMSC: what is asked over it and answered, how much is on its way, and whether it is alive.

``smpp34`` codes the messages; its own session acknowledges a ``deliver_sm`` before anybody has kept it, so the
session is ours (docs/adr/0010).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count

import smpp34

from services.notify.gateways.smpp.pdu import (
    ALERT_NOTIFICATION,
    DELIVER_SM,
    ENQUIRE_LINK,
    GENERIC_NACK,
    RESPONSE,
    UNBIND,
    Frame,
    Frames,
    GarbageError,
    pdu,
)
from services.notify.gateways.smpp.status import NO_SUCH_COMMAND, OK, TRY_AGAIN, UNREADABLE
from shared.observability import log

Hear = Callable[[smpp34.DeliverSm], Awaitable[None]]
"""Keep what came. Whatever it raises, the SMSC is told to bring it again."""
Late = Callable[[Frame], Awaitable[None]]

_READ_AT_ONCE = 64 * 1024
_IN_HAND = 200
"""So much that came may be waiting to be kept; more is to come again."""
_REMEMBERED = 10_000
"""So many that nobody answered in time may still be answered."""
_LAST_SEQUENCE = 0x7FFFFFFF
_GOODBYE_WITHIN = 1.0  # seconds


class LostError(Exception):
    """The connection ended before the answer came: what was asked may have been done."""


class NotSentError(Exception):
    """The connection was gone before anything was written."""


class Session:
    """``window``: so many may be asked and not yet answered."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        hear: Hear,
        *,
        window: int,
        enquire_every: float,
        timeout: float,
    ) -> None:
        self._reader, self._writer, self._hear = reader, writer, hear
        self.window = asyncio.Semaphore(window)
        self._enquire_every, self._timeout = enquire_every, timeout
        self._sequences = count(1)
        self._asked: dict[int, asyncio.Future[Frame]] = {}
        self._late: dict[int, Late] = {}
        self._in_hand: set[asyncio.Task[None]] = set()
        self._unwritten: list[bytes] = []
        self._last_heard = 0.0
        self.lost = False

    async def serve(self) -> str:
        """Read until the connection ends, and return why it did."""
        alive = asyncio.create_task(self._stay_alive(), name="smpp_enquire")
        why = "hung up"
        try:
            await self._read()
        except GarbageError as garbage:
            why = str(garbage)
        except OSError as broken:
            why = type(broken).__name__
        finally:
            alive.cancel()
            self._end(why)
        return why

    async def ask(self, body: Callable[[int], bytes], within: float, late: Late | None = None) -> Frame:
        """Ask, and wait ``within`` seconds for the answer. ``body`` makes the PDU for a sequence number; ``late``
        hears of an answer that comes after that.

        Raises NotSentError, LostError, TimeoutError.
        """
        if self.lost or self._writer.is_closing():
            raise NotSentError
        sequence = next(self._sequences) & _LAST_SEQUENCE or next(self._sequences)
        answer = self._asked[sequence] = asyncio.get_running_loop().create_future()
        self._write(body(sequence))
        try:
            async with asyncio.timeout(within):
                return await answer
        except (TimeoutError, asyncio.CancelledError):
            if late is not None and len(self._late) < _REMEMBERED:
                self._late[sequence] = late
            raise
        finally:
            self._asked.pop(sequence, None)

    async def unbind(self) -> None:
        with suppress(NotSentError, LostError, TimeoutError):
            await self.ask(lambda sequence: pdu(UNBIND, sequence), _GOODBYE_WITHIN)

    async def close(self) -> None:
        for task in self._in_hand:
            task.cancel()
        self._writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_GOODBYE_WITHIN):
                await self._writer.wait_closed()

    # within ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _read(self) -> None:
        frames = Frames()
        while came := await self._reader.read(_READ_AT_ONCE):
            self._last_heard = asyncio.get_running_loop().time()
            for frame in frames.feed(came):
                if frame.command & RESPONSE:
                    self._answered(frame)
                elif not self._requested(frame):
                    return
            await self._writer.drain()

    def _answered(self, frame: Frame) -> None:
        if (answer := self._asked.pop(frame.sequence, None)) is not None:
            if not answer.done():
                answer.set_result(frame)
        elif (late := self._late.pop(frame.sequence, None)) is not None:
            self._take_in_hand(late(frame))

    def _requested(self, frame: Frame) -> bool:
        """Return whether the conversation goes on."""
        match frame.command:
            case command if command == DELIVER_SM:
                if len(self._in_hand) < _IN_HAND:
                    self._take_in_hand(self._keep(frame))
                else:
                    self._answer(frame, TRY_AGAIN)
            case command if command == ENQUIRE_LINK:
                self._answer(frame, OK)
            case command if command == UNBIND:
                self._answer(frame, OK)
                return False
            case command if command == ALERT_NOTIFICATION:
                pass
            case _:
                self._write(pdu(GENERIC_NACK, frame.sequence, status=NO_SUCH_COMMAND))
        return True

    async def _keep(self, frame: Frame) -> None:
        """It is acknowledged when we have it, and not before."""
        try:
            heard = smpp34.decode(frame.whole)
            assert isinstance(heard, smpp34.DeliverSm)
        except smpp34.SmppError as unreadable:
            log.warning("smpp_unreadable", error=str(unreadable))
            self._answer(frame, UNREADABLE)
            return
        try:
            await self._hear(heard)
        except Exception as absent:  # noqa: BLE001 - the journal, the store or a mistake of ours: it comes again
            log.warning("smpp_not_kept", error=type(absent).__name__)
            self._answer(frame, TRY_AGAIN)
            return
        self._answer(frame, OK)

    def _answer(self, frame: Frame, status: int) -> None:
        body = b"\0" if frame.command == DELIVER_SM and status == OK else b""
        self._write(pdu(frame.command | RESPONSE, frame.sequence, body, status))

    def _write(self, octets: bytes) -> None:
        """What one turn of the loop has to say goes in one write: most of the cost is the calls."""
        if not self._unwritten:
            asyncio.get_running_loop().call_soon(self._flush)
        self._unwritten.append(octets)

    def _flush(self) -> None:
        octets = b"".join(self._unwritten)
        self._unwritten.clear()
        if not self._writer.is_closing():
            self._writer.write(octets)

    def _take_in_hand(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._in_hand.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Future[None]) -> None:
        self._in_hand.discard(task)  # pyright: ignore[reportArgumentType]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("smpp_not_kept", error=type(error).__name__)

    async def _stay_alive(self) -> None:
        """Who says nothing is asked whether he is there; who does not answer is gone."""
        loop = asyncio.get_running_loop()
        self._last_heard = loop.time()
        while True:
            silent = loop.time() - self._last_heard
            await asyncio.sleep(max(0.0, self._enquire_every - silent))
            if loop.time() - self._last_heard < self._enquire_every:
                continue
            try:
                await self.ask(lambda sequence: pdu(ENQUIRE_LINK, sequence), self._timeout)
            except (TimeoutError, LostError, NotSentError):
                self._writer.transport.abort()
                return

    def _end(self, why: str) -> None:
        self.lost = True
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(LostError(why))
        self._asked.clear()

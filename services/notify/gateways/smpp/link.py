"""Keeps one connection to an SMSC bound: connects, binds, comes again with longer and longer pauses."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from random import SystemRandom

from services.notify.gateways.smpp.account import Account
from services.notify.gateways.smpp.pdu import bind_body, pdu
from services.notify.gateways.smpp.session import Hear, LostError, NotSentError, Session
from services.notify.gateways.smpp.status import OK
from shared.observability import GATEWAY_BOUND, log

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 60.0  # seconds
_PROVEN_AFTER = 10.0
"""Seconds: who stayed so long is well, and the pauses begin anew."""
_CHANCE = SystemRandom()


class RefusedError(Exception):
    """The SMSC did not let us bind."""


def pause_after(failures: int) -> float:
    """Seconds: twice as long each time, and never all at once."""
    return min(_FIRST_PAUSE * 2.0 ** min(failures - 1, 10), _LONGEST_PAUSE) * _CHANCE.uniform(0.5, 1.0)


class Link:
    """``command``: which bind. ``session`` is there while it is bound; ``tried`` is set as soon as it is known whether
    anybody is there.
    """

    def __init__(self, account: Account, command: int, hear: Hear, tried: asyncio.Event) -> None:
        self._account, self._command, self._hear = account, command, hear
        self.session: Session | None = None
        self._tried = tried

    async def run(self) -> None:
        """For ever."""
        loop, failures = asyncio.get_running_loop(), 0
        bound = GATEWAY_BOUND.labels(self._account.name)
        while True:
            since = loop.time()
            try:
                async with self._bound() as (session, serving):
                    self.session = session
                    bound.inc()
                    log.info("smpp_bound", gateway=self._account.name)
                    self._tried.set()
                    try:
                        await asyncio.wait([serving])
                        why = serving.result()
                    finally:
                        self.session = None
                        bound.dec()
            except (OSError, ValueError, TimeoutError, RefusedError, LostError, NotSentError) as absent:
                why = f"{type(absent).__name__} {absent}".strip()
            self._tried.set()
            failures = 1 if loop.time() - since > _PROVEN_AFTER else failures + 1
            log.warning("smpp_not_bound", gateway=self._account.name, why=why, failures=failures)
            await asyncio.sleep(pause_after(failures))

    @asynccontextmanager
    async def _bound(self) -> AsyncGenerator[tuple[Session, asyncio.Task[str]]]:
        said = self._account
        async with asyncio.timeout(said.timeout):
            context = ssl.create_default_context(cafile=said.ca) if said.tls else None
            reader, writer = await asyncio.open_connection(said.host, said.port, ssl=context)
        session = Session(
            reader,
            writer,
            self._hear,
            window=said.window,
            enquire_every=said.enquire_every,
            timeout=said.timeout,
        )
        serving = asyncio.create_task(session.serve(), name="smpp_session")
        try:
            body = bind_body(said.system_id, said.password.get_secret_value(), said.system_type)
            answer = await session.ask(lambda sequence: pdu(self._command, sequence, body), said.timeout)
            if answer.status != OK:
                raise RefusedError(f"0x{answer.status:X}")
            yield session, serving
        finally:
            try:
                await session.unbind()
            finally:  # whoever is told to stop meanwhile still hangs up
                serving.cancel()
                await session.close()

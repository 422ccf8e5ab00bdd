"""SMS over SMPP 3.4: an SMSC of an operator's, over a connection that stays."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from itertools import count
from random import SystemRandom
from typing import Literal

import smpp34
from aiolimiter import AsyncLimiter

from services.notify.gateways.ears import Ears
from services.notify.gateways.gateway import (
    Accepted,
    Confirmed,
    Message,
    News,
    Outcome,
    Parts,
    Rejected,
    RetryLater,
    Unknown,
)
from services.notify.gateways.smpp.account import Account
from services.notify.gateways.smpp.hearing import Hearing
from services.notify.gateways.smpp.link import Link
from services.notify.gateways.smpp.pdu import (
    BIND_RECEIVER,
    BIND_TRANSCEIVER,
    BIND_TRANSMITTER,
    MESSAGE_PAYLOAD,
    QUERY_SM,
    USER_MESSAGE_REFERENCE,
    Frame,
    first_text_field,
    pdu,
    queried_state,
    query_body,
)
from services.notify.gateways.smpp.receipt import state_news
from services.notify.gateways.smpp.sent import Sent, SentLately, mark_of
from services.notify.gateways.smpp.session import LostError, NotSentError, Session
from services.notify.gateways.smpp.status import OK, outcome_of
from services.notify.gateways.smpp.text import Part, TooLongError, parts_of

_TO_GET_THROUGH, _TO_BE_ANSWERED = 1 / 3, 0.9
"""Of the time-out: as long a message waits for its turn, and for its last answer."""
_PAUSE = 0.5
"""Seconds: a part that was not taken is tried again, when others of its message were."""


class SmppSettings(Account):
    kind: Literal["smpp"]

    def open(self, _parts: Parts) -> "Smpp":
        return Smpp(self)


class Smpp:
    def __init__(self, account: Account) -> None:
        self._account = account
        self._lately = SentLately(account.receipt_ids)
        self._references = count(SystemRandom().randrange(256))
        self._pace = AsyncLimiter(max(1.0, account.per_second), max(1.0, 1 / account.per_second))
        self._tried = asyncio.Event()
        self._sender: Link | None = None
        self._hearing: Hearing | None = None

    async def run(self, ears: Ears | None) -> None:
        """Stay bound, for ever. Without ears it only sends, and what the SMSC has to tell waits for whoever listens."""
        account = self._account
        hearing = self._hearing = Hearing(account, self._lately, ears) if ears else None

        async def hear(heard: smpp34.DeliverSm) -> None:
            if hearing is None:
                raise TimeoutError("nobody listens")
            await hearing.hear(heard)

        both = hearing is not None and account.bind == "transceiver"
        self._sender = Link(account, BIND_TRANSCEIVER if both else BIND_TRANSMITTER, hear, self._tried)
        async with asyncio.TaskGroup() as links:
            links.create_task(self._sender.run())
            if hearing is not None and not both:
                links.create_task(Link(account, BIND_RECEIVER, hear, asyncio.Event()).run())

    @property
    def bound(self) -> bool:
        return self._sender is not None and self._sender.session is not None

    async def send(self, message: Message) -> Outcome:
        ends = asyncio.get_running_loop().time() + self._account.timeout * _TO_BE_ANSWERED
        session = await self._session()
        if session is None:
            return RetryLater("not bound")
        try:
            parts = parts_of(message.text, self._account.long, next(self._references) % 256)
        except TooLongError:
            return Rejected("too long")
        sent = self._lately.begin(message.id, message.to, len(parts))
        first, *others = parts
        outcome = await self._submit(session, sent, first, ends)
        if not others or not isinstance(outcome, Accepted):
            return outcome
        # Somebody has the first: from now on all of it goes, or it counts as failed
        rest = await asyncio.gather(*(self._insist(sent, part, ends) for part in others))
        return _of_all([outcome, *rest])

    async def became_of(self, message: Message, sent_at: datetime) -> News:
        """Ask with the ids that the SMSC gave; of what had no answer there is none."""
        del sent_at
        sent, session = self._lately.of(message.id), await self._session()
        if not self._account.query or sent is None or session is None or len(sent.names) < sent.parts:
            return Unknown("nothing to ask with")
        news = [await self._query(session, name) for name in sent.names]
        for kind in (Rejected, Unknown, Accepted):
            if found := next((each for each in news if isinstance(each, kind)), None):
                return found
        return Confirmed()

    # within ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _session(self) -> Session | None:
        """Whoever comes in the first moment waits until it is known whether anybody is there."""
        if not self._tried.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._account.timeout * _TO_GET_THROUGH):
                    await self._tried.wait()
        return self._sender.session if self._sender else None

    async def _submit(self, session: Session, sent: Sent, part: Part, ends: float) -> Outcome:
        loop = asyncio.get_running_loop()
        turn = min(ends, loop.time() + self._account.timeout * _TO_GET_THROUGH)
        try:
            async with asyncio.timeout_at(turn):
                await self._pace.acquire()
                await session.window.acquire()
        except TimeoutError:
            return RetryLater("no turn")
        try:
            answer = await session.ask(
                lambda sequence: self._submit_sm(sent, part, sequence),
                ends - loop.time(),
                lambda late: self._answered_late(sent, late),
            )
        except NotSentError:
            return RetryLater("not bound")
        except LostError as lost:
            return Unknown(f"connection lost: {lost}")
        except TimeoutError:
            return Unknown("no answer in time")
        finally:
            session.window.release()
        if answer.status != OK:
            return outcome_of(answer.status)
        return Accepted(self._lately.taken(sent, first_text_field(answer.body)))

    async def _insist(self, sent: Sent, part: Part, ends: float) -> Outcome:
        """Over another connection, too, if this one is lost before the part went."""
        while True:
            session = await self._session()
            outcome = await self._submit(session, sent, part, ends) if session else RetryLater("not bound")
            if not isinstance(outcome, RetryLater) or asyncio.get_running_loop().time() + 2 * _PAUSE > ends:
                return outcome
            await asyncio.sleep(_PAUSE)

    def _submit_sm(self, sent: Sent, part: Part, sequence: int) -> bytes:
        account = self._account
        tlvs = [smpp34.Tlv(USER_MESSAGE_REFERENCE, mark_of(sent.delivery).to_bytes(2, "big"))]
        if part.payload:
            tlvs.append(smpp34.Tlv(MESSAGE_PAYLOAD, part.octets))
        return smpp34.SubmitSm(
            account.source,
            sent.to.removeprefix("+"),
            b"" if part.payload else part.octets,
            service_type=account.service_type,
            source_addr_ton=account.source_ton,
            source_addr_npi=account.source_npi,
            dest_addr_ton=account.dest_ton,
            dest_addr_npi=account.dest_npi,
            esm_class=part.esm_class,
            registered_delivery=int(account.receipts),
            data_coding=part.data_coding,
            tlvs=tlvs,
            sequence_number=sequence,
        ).encode()

    async def _answered_late(self, sent: Sent, answer: Frame) -> None:
        """It was unknown, and now it is known whether they have it."""
        if self._hearing is None:
            return
        if answer.status == OK:
            self._lately.taken(sent, first_text_field(answer.body))
            if len(sent.names) == sent.parts:
                await self._hearing.taken_after_all(sent)
        elif sent.parts == 1 and not isinstance(outcome := outcome_of(answer.status), Unknown):
            await self._hearing.not_taken_after_all(sent, outcome)

    async def _query(self, session: Session, name: str) -> News:
        account = self._account
        body = query_body(name, account.source, account.source_ton, account.source_npi)
        try:
            answer = await session.ask(
                lambda sequence: pdu(QUERY_SM, sequence, body), account.timeout * _TO_BE_ANSWERED
            )
        except (NotSentError, LostError, TimeoutError) as absent:
            return Unknown(type(absent).__name__)
        state = queried_state(answer.body) if answer.status == OK else None
        news = state_news(state[0], str(state[1])) if state else None
        return news or Unknown(f"0x{answer.status:X}")


def _of_all(outcomes: Sequence[Outcome]) -> Outcome:
    """Of a message in parts. A part that is missing is missed: whole it is not sent again, for they have the others."""
    taken = [each.reference for each in outcomes if isinstance(each, Accepted)]
    if len(taken) == len(outcomes):
        return Accepted(" ".join(taken), len(taken))
    doubtful = next((each for each in outcomes if isinstance(each, Unknown)), None)
    refused = next(each for each in outcomes if not isinstance(each, Accepted))
    why = f"{len(taken)} of {len(outcomes)} parts taken: {(doubtful or refused).why}"  # pyright: ignore[reportAttributeAccessIssue]
    return Unknown(why) if doubtful else Rejected(why)

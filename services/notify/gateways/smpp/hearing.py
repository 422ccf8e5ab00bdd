"""What an SMSC brings: receipts of what was sent, and what people write back. It is kept before it is acknowledged."""

import asyncio
import hashlib
from collections import OrderedDict

import smpp34

from services.notify.gateways.ears import Ears
from services.notify.gateways.gateway import Confirmed, Rejected, RetryLater
from services.notify.gateways.smpp.account import Account
from services.notify.gateways.smpp.pieces import Pieces
from services.notify.gateways.smpp.receipt import (
    Receipt,
    as_submitted,
    is_receipt,
    octets_of,
    read_receipt,
)
from services.notify.gateways.smpp.sent import Sent, SentLately, mark_of
from services.notify.gateways.smpp.text import TooLongError, parts_of, read
from shared.ids import new_id
from shared.observability import log

_REMEMBERED = 1000
_SHORTEST_NUMBER = 7
"""Digits in which two ways to write one number, with and without the country's, agree."""


class Hearing:
    def __init__(self, account: Account, lately: SentLately, ears: Ears) -> None:
        self._account, self._lately, self._ears = account, lately, ears
        self._pieces = Pieces()
        self._in_turn = asyncio.Lock()
        self._names: OrderedDict[bytes, str] = OrderedDict()

    async def hear(self, heard: smpp34.DeliverSm) -> None:
        """Raises what the journal and the store raise: then it has to come again."""
        if not is_receipt(heard):
            piece = read(octets_of(heard), heard.data_coding, heard.esm_class)
            number = f"+{heard.source_addr}" if heard.source_addr_ton == 1 else heard.source_addr
            await self._pieces.keep(number, piece, lambda text: self._reply(number, text))
        elif (receipt := read_receipt(heard)) is None:
            log.warning("smpp_receipt_unreadable", gateway=self._account.name)
        elif isinstance(receipt.news, Confirmed | Rejected):  # or it is on its way, as the answer said
            await self._receipt(receipt, heard.source_addr)

    async def taken_after_all(self, sent: Sent) -> None:
        """An answer came after nobody waited for it any more."""
        reference = " ".join(sent.names)
        await self._ears.receipts.came(
            self._account.name,
            reference=reference,
            delivery=sent.delivery,
            outcome="accepted",
            parts=sent.parts,
            name=f"late {reference}",
        )

    async def not_taken_after_all(self, sent: Sent, outcome: Rejected | RetryLater) -> None:
        await self._ears.receipts.came(
            self._account.name,
            delivery=sent.delivery,
            outcome="failed" if isinstance(outcome, Rejected) else "absent",
            why=outcome.why,
            name=f"late {new_id()}",
        )

    async def _receipt(self, receipt: Receipt, number: str) -> None:
        """What names nothing that we know is kept by its reference: another replica may have it in hand."""
        reference = as_submitted(receipt.id, self._account.receipt_ids)
        delivery, parts = await self._whose(reference, receipt.mark, number) or (None, 1)
        why = receipt.news.why if isinstance(receipt.news, Rejected) else ""
        outcome = "failed" if isinstance(receipt.news, Rejected) else "confirmed"
        await self._ears.receipts.came(
            self._account.name,
            reference=reference,
            delivery=delivery,
            outcome=outcome,
            why=why,
            parts=parts,
            name=f"{receipt.id} {outcome}",
        )

    async def _whose(self, reference: str, mark: int | None, number: str) -> tuple[str, int] | None:
        if (sent := self._lately.named(reference)) is not None:
            return sent.delivery, sent.parts
        whose, gateway = self._ears.whose, self._account.name
        if (known := await whose.named(gateway, reference)) is not None:
            return known
        lost = await whose.lost(
            gateway,
            lambda delivery: mark in (None, mark_of(delivery)),
            lambda to: _same_number(to, number),
        )
        if lost is None:
            return None
        try:
            return lost.id, len(parts_of(lost.text, self._account.long, 0))
        except TooLongError:
            return None

    async def _reply(self, number: str, text: str) -> None:
        """SMPP has no name for what comes in. One of ours stays with it until it is kept, so that a repeat is one."""
        async with self._in_turn:  # STOP and START of one person must not change places
            same = hashlib.sha256(f"{number} {text}".encode()).digest()
            name = self._names.setdefault(same, new_id())
            while len(self._names) > _REMEMBERED:
                self._names.popitem(last=False)
            await self._ears.replies.hear(self._account.name, number=number, text=text, name=name)
            self._names.pop(same, None)


def _same_number(one: str, other: str) -> bool:
    short, long = sorted((one.lstrip("+"), other.lstrip("+")), key=len)
    return len(short) >= _SHORTEST_NUMBER and long.endswith(short)

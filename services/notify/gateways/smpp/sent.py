"""What was submitted lately, by the ids that the SMSC gave: for receipts that are quicker than we write."""

import zlib
from collections import OrderedDict
from dataclasses import dataclass, field

from services.notify.gateways.smpp.receipt import Ids, plain

_REMEMBERED = 50_000
"""Messages. Of older ones the outbox knows."""


@dataclass
class Sent:
    delivery: str
    to: str
    parts: int
    names: list[str] = field(default_factory=list[str])
    """Ids that the SMSC gave, one for each part that it took."""


def mark_of(delivery: str) -> int:
    """Two octets that an SMSC may bring back with the receipt (``user_message_reference``)."""
    return zlib.crc32(delivery.encode()) & 0xFFFF


class SentLately:
    def __init__(self, ids: Ids) -> None:
        self._ids: Ids = ids
        self._by_delivery: OrderedDict[str, Sent] = OrderedDict()
        self._by_name: dict[str, Sent] = {}

    def begin(self, delivery: str, to: str, parts: int) -> Sent:
        if len(self._by_delivery) >= _REMEMBERED:
            _, oldest = self._by_delivery.popitem(last=False)
            for name in oldest.names:
                self._by_name.pop(name, None)
        sent = self._by_delivery[delivery] = Sent(delivery, to, parts)
        return sent

    def taken(self, sent: Sent, name: str) -> str:
        """They gave it this id. Return it as it is kept."""
        kept = plain(name, self._ids)
        sent.names.append(kept)
        self._by_name[kept] = sent
        return kept

    def of(self, delivery: str) -> Sent | None:
        return self._by_delivery.get(delivery)

    def named(self, name: str) -> Sent | None:
        return self._by_name.get(name)

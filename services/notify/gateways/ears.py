"""A gateway with a connection of its own hears over it, too: receipts, and what people write back."""

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from services.notify.delivery.whose import Whose
from services.notify.gateways.gateway import Gateway
from services.notify.receipts import Receipts
from services.notify.replies import Replies


@dataclass(frozen=True)
class Ears:
    """Whom it tells."""

    receipts: Receipts
    replies: Replies
    whose: Whose


@runtime_checkable
class Listens(Protocol):
    def run(self, ears: Ears | None) -> Coroutine[Any, Any, None]:
        """Keep the connection until cancelled. Without ears it sends alone."""
        ...


def lives(gateways: Sequence[Gateway], ears: Ears) -> list[Coroutine[Any, Any, None]]:
    """Of those that have a connection to keep: to be run beside the rest."""
    return [each.run(ears) for each in gateways if isinstance(each, Listens)]

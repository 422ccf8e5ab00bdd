"""What a provider brings to the residents' door: receipts and replies, each taken in once, whatever is brought again.

Thanks are said when all of it is kept, and not before. One that cannot be read spoils no other: it is parked.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import to_json

from services.notify.gateways.calling_back import CallsBack, SaysReceipt, SaysReply
from services.notify.gateways.gateway import GatewaySettings
from services.notify.receipts import Receipts
from services.notify.replies import Replies
from shared.answering import BadRequestError
from shared.bus import Bus
from shared.ids import keyed_hash
from shared.observability import RECEIPTS
from shared.refusal import Refused
from shared.words import Token

_AT_ONCE = 16
"""Of one callback; a provider brings hundreds in one."""


class Brought(BaseModel):
    """What a provider brought to the door, as it wrote it: one thing, or a list."""

    gateway: Token
    secret: str = Field(description="of the address that it was brought to")
    said: dict[str, Any] | list[Any]


class Callbacks:
    def __init__(
        self, bus: Bus, gateways: Iterable[GatewaySettings], receipts: Receipts, replies: Replies
    ) -> None:
        self._bus = bus
        self._gateways = {each.name: each for each in gateways if isinstance(each, CallsBack)}
        self._receipts = receipts
        self._replies = replies

    def answer(self) -> None:
        self._bus.answer_inbound("inbound.*.receipts", self.receipts)
        self._bus.answer_inbound("inbound.*.replies", self.replies)

    async def receipts(self, asked: dict[str, Any]) -> Any:
        """Return what the provider wants to hear. Raises Refused, BadRequestError and what the journal and the store raise."""
        brought, gateway = self._known(asked)

        async def take(one: SaysReceipt) -> None:
            said = one.receipt()
            await self._receipts.came(
                gateway.name,
                reference=said.reference,
                delivery=said.delivery,
                outcome=said.outcome,
                why=said.why,
                name=said.name,
            )

        await self._each(brought, gateway.says_receipt.model_validate, take, "receipts")
        return gateway.thanks

    async def replies(self, asked: dict[str, Any]) -> Any:
        """The same of what people wrote back."""
        brought, gateway = self._known(asked)

        async def take(one: SaysReply) -> None:
            said = (
                one.reply()
            )  # its name is no number in disguise: numbers are few, and a hash alone is soon undone
            name = keyed_hash(brought.secret.encode(), *said.named).hex()
            await self._replies.hear(gateway.name, number=said.number, text=said.text, name=name)

        await self._each(brought, gateway.says_reply.model_validate, take, "replies")
        return gateway.thanks

    def _known(self, asked: dict[str, Any]) -> tuple[Brought, CallsBack]:
        """Whoever does not know the address learns nothing, not even which gateways there are."""
        shown = asked.get("secret")
        gateway = self._gateways.get(str(asked.get("gateway")))
        secret = gateway.callback.get_secret_value() if gateway and gateway.callback else ""
        same = hmac.compare_digest(shown.encode() if isinstance(shown, str) else b"", secret.encode())
        if gateway is None or not secret or not same:
            raise Refused("no_such_callback")
        return Brought.model_validate(asked), gateway

    async def _each(
        self,
        brought: Brought,
        read: Callable[[Any], Any],
        take: Callable[[Any], Awaitable[None]],
        kind: Literal["receipts", "replies"],
    ) -> None:
        items = brought.said if isinstance(brought.said, list) else [brought.said]
        gate, unusable = asyncio.Semaphore(_AT_ONCE), list[Any]()

        async def one(item: Any) -> None:
            try:
                said = read(item)
            except ValidationError:
                unusable.append(item)
                return
            async with gate:
                await take(said)

        done = await asyncio.gather(*map(one, items), return_exceptions=True)
        for failed in done:
            if failed is not None:
                raise failed
        if not unusable:
            return
        RECEIPTS.labels(brought.gateway, "unusable").inc(len(unusable))
        if len(unusable) == len(items):
            raise BadRequestError(f"none of these {kind} can be read")  # parked as a whole by whoever asked
        rest = brought.model_copy(update={"said": unusable})
        await self._bus.park("malformed", f"inbound.{brought.gateway}.{kind}", None, to_json(rest))

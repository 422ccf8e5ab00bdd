"""Receipts: what a gateway says later of a message that it took. By whatever way they come, they end here.

A receipt may come twice, late, out of order, or before our own record of the answer that named it. What it tells is
recorded once, by the delivery's own rules; what names nothing that we know yet is kept, and settled as soon as the name
appears. What still names nothing after an hour was never ours: it is counted, and let go.
"""

import re
from datetime import timedelta
from typing import Any, Self

from services.notify.delivery.projection import OUTBOX
from services.notify.gateways.calling_back import Told
from shared.clock import now
from shared.commands.delivery import RecordOutcome
from shared.desk import Desk
from shared.ids import named_id
from shared.observability import RECEIPTS, RECEIPTS_WAITING
from shared.refusal import Refused
from shared.store import Collection, Store, make_indexes

_KEPT_FOR = timedelta(hours=1)
"""A gateway's answer is recorded within a minute, or never."""
_LET_GO_AT_ONCE = 500
_OURS = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_NEVER_SENT = ("not_requested", "not_attempted")
_LONGEST_NAME, _LONGEST_WHY = 256, 200  # characters


class Receipts:
    """``await receipts.came("aliyun-1", reference="9006…^0", outcome="confirmed", name="the provider's own name for it")``."""

    def __init__(self, desk: Desk, store: Store, tenant: str) -> None:
        self._desk = desk
        self._outbox = store.documents
        self._kept: Collection = store.collection("early_receipts")
        self._tenant = tenant

    @classmethod
    async def open(cls, desk: Desk, store: Store, tenant: str) -> Self:
        receipts = cls(desk, store, tenant)
        await make_indexes(receipts._kept, [["gateway", "reference"], ["at"]])
        return receipts

    async def came(
        self,
        gateway: str,
        *,
        reference: str | None = None,
        delivery: str | None = None,
        outcome: Told,
        why: str = "",
        parts: int = 1,
        name: str,
    ) -> None:
        """Record what it tells. ``delivery`` is our id, where the gateway brings it back, and ``reference`` the gateway's
        own name for the message; either will do. ``why`` is the gateway's code for a failure, never a number or a text.
        ``name`` is what makes this receipt unique at that gateway. Of a delivery that went in several ``parts``, each has
        a receipt of its own, by its own reference.

        When this returns it is kept for good. Raises what the journal and the store raise: then it has to come again.
        """
        receipt: dict[str, Any] = {
            "_id": named_id("receipt", gateway, name[:_LONGEST_NAME]),
            "at": now(),
            "gateway": gateway,
            "reference": (reference or "")[:_LONGEST_NAME],
            "outcome": outcome,
            "why": why[:_LONGEST_WHY],
        }
        if delivery is not None and _OURS.match(delivery):
            if not await self._record(receipt, delivery, parts):
                RECEIPTS.labels(gateway, "not_ours").inc()
        elif not receipt["reference"]:
            RECEIPTS.labels(gateway, "not_ours").inc()
        elif not await self._settle(receipt):
            await self._kept.replace_one({"_id": receipt["_id"]}, receipt, upsert=True)
            RECEIPTS.labels(gateway, "early").inc()
            await self._settle(receipt)  # its delivery may have been accepted while it was put aside

    async def named(self, gateway: str, reference: str) -> None:
        """A gateway's own name for a message has appeared: settle what was told of it before. The outbox has it by now."""
        early = self._kept.find({"gateway": gateway, "reference": reference})
        for receipt in await early.sort("at", 1).to_list(None):
            await self._settle(receipt)

    async def let_go(self) -> None:
        """What was kept for long enough names nothing of ours: another program may send over the same account."""
        old = self._kept.find({"at": {"$lt": now() - _KEPT_FOR}}).sort("at", 1)
        for receipt in await old.to_list(_LET_GO_AT_ONCE):
            if not await self._settle(receipt):
                await self._kept.delete_one({"_id": receipt["_id"]})
                RECEIPTS.labels(receipt["gateway"], "not_ours").inc()
        RECEIPTS_WAITING.set(await self._kept.count_documents({}))

    async def _settle(self, receipt: dict[str, Any]) -> bool:
        """Return whether the outbox knows what it names."""
        asked = {"body.gateway": receipt["gateway"], "body.references": receipt["reference"]}
        rows = self._outbox(OUTBOX.name).find({"tenant": self._tenant, **asked}, {"id": 1, "body.parts": 1})
        newest = await rows.sort("body.at", -1).to_list(1)  # a gateway may begin to count anew
        if not newest:
            return False
        await self._record(receipt, newest[0]["id"], newest[0]["body"].get("parts", 1))
        await self._kept.delete_one({"_id": receipt["_id"]})
        return True

    async def _record(self, receipt: dict[str, Any], delivery: str, parts: int = 1) -> bool:
        """Return whether there is such a delivery, and whether it was attempted."""
        outcome, reference = receipt["outcome"], receipt["reference"]
        command = RecordOutcome(
            id=named_id(receipt["_id"], delivery),
            tenant=self._tenant,
            actor="service:notify",
            at=now(),
            delivery=delivery,
            gateway=receipt["gateway"],
            outcome=outcome,
            detail=reference if outcome == "accepted" else receipt["why"],
            reference=reference,
            receipt=True,
            parts=parts,
            part=reference if parts > 1 else "",
        )
        try:
            done = await self._desk.do(command, cause=receipt["_id"])
        except Refused as refused:
            if refused.reason in _NEVER_SENT:
                return False
            raise TimeoutError(refused.reason) from refused
        RECEIPTS.labels(receipt["gateway"], outcome if done.type else "nothing_new").inc()
        return True

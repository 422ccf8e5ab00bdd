"""Which delivery a gateway means, of those that it took or may have taken."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from services.notify.delivery.means import Means
from services.notify.delivery.projection import OUTBOX
from services.notify.gateways.gateway import Message
from shared.clock import now

_LOOKED_AT = 1000
"""So many whose outcome is not known, the newest first: at most that many were on their way at one time."""

_NO_LATER_THAN = timedelta(days=4)
"""A message waits a day at most, and an SMSC tries for three."""


@dataclass(frozen=True)
class Whose:
    means: Means
    tenant: str

    async def named(self, gateway: str, reference: str) -> tuple[str, int] | None:
        """Return the delivery that the gateway took by this name, or whose part it took, and how many parts it has."""
        rows = self.means.store.documents(OUTBOX.name).find(
            {"tenant": self.tenant, "body.gateway": gateway, "body.references": reference}
        )
        newest = await rows.sort("body.at", -1).to_list(1)  # a gateway may begin to count anew
        return (newest[0]["id"], newest[0]["body"].get("parts", 1)) if newest else None

    async def lost(
        self, gateway: str, may_be: Callable[[str], bool], reaches: Callable[[str], bool]
    ) -> Message | None:
        """Return the one whose answer was lost and that fits: by its id, and by the address that it went to. Of two that
        both do nobody knows which.
        """
        asked = {
            "body.gateway": gateway,
            "body.status": {"$in": ["attempted", "unknown"]},
            "body.at": {"$gt": now() - _NO_LATER_THAN},
        }
        rows = self.means.store.documents(OUTBOX.name).find({"tenant": self.tenant, **asked})
        found: list[Message] = []
        async for row in rows.sort("body.at", -1).limit(_LOOKED_AT):
            wanted = row["body"]
            if may_be(row["id"]):
                to = await self.means.addresses.of(self.tenant, wanted["recipient"], wanted["channel"])
                if to is not None and reaches(to):
                    message, _ = await self.means.message(self.tenant, row["id"], wanted, to)
                    found.append(message)
        return found[0] if len(found) == 1 else None

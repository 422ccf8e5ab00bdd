"""How a recipient is reached. Addresses stand sealed and are opened here, at the moment of sending."""

from typing import Literal

from services.notify.joint_work import DUTIES
from services.notify.projection import CONTACT, MATTER
from services.notify.wishes import GIVERS
from shared.documents import document_id
from shared.envelope import History
from shared.events.event import Sealed
from shared.plans import PresentPlan
from shared.store import Store
from shared.vault import Vault


class Addresses:
    def __init__(self, store: Store, vault: Vault, present: PresentPlan) -> None:
        self._store = store
        self._vault = vault
        self._present = present

    async def of(self, tenant: str, recipient: str, channel: Literal["sms", "chat"]) -> str | None:
        """Return a phone number or a chat address; None when there is none, or when it was erased."""
        role, _, name = recipient.partition(":")
        match role:
            case "reporter":
                row = await self._store.documents(MATTER.name).find_one({"_id": document_id(tenant, name)})
                subject = History(tenant, "intake", "submission", name).subject
            case "worker":
                row = await self._store.documents(CONTACT.name).find_one(
                    {"tenant": tenant, "body.worker": name, "body.sealed": {"$ne": None}}
                )
                subject = History(tenant, "routing", "post", row["id"] if row else "").subject
            case "giver":
                row = await self._store.documents(GIVERS.name).find_one({"_id": document_id(tenant, name)})
                subject = History(tenant, "routing", "offer", name).subject
            case "department":
                return await self._department(tenant, name)
            case _:
                return await self._group(name)
        if row is None or not row["body"].get("sealed"):
            return None
        fields = await self._vault.open(subject, Sealed.model_validate(row["body"]["sealed"]))
        return (fields or {}).get("phone" if channel == "sms" else "chat")

    async def _department(self, tenant: str, code: str) -> str | None:
        """An office's own chat stands in the list of duties."""
        row = await self._store.documents(DUTIES.name).find_one({"_id": document_id(tenant, tenant)})
        return (row["body"].get("chats", {}).get(code) or None) if row else None

    async def _group(self, grid: str) -> str | None:
        """The chat group of a grid (网格微群) stands in the plan."""
        if (present := await self._present.get()) is None:
            return None
        features = present[1]["features"]
        found = (f["properties"].get("chat_group") for f in features if f["properties"]["code"] == grid)
        return next(found, None)

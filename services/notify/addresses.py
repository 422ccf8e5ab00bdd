"""How a recipient is reached. Addresses stand sealed and are opened here, at the moment of sending."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.notify.chat_group.groups import Groups
from services.notify.notice.residents import RESIDENT
from services.notify.projection import CONTACT, DUTIES, GIVERS, MATTER, SUPPORTERS
from services.notify.reply.projection import WRITTEN_BACK
from shared.documents import Document, document_id
from shared.envelope import History
from shared.events.event import Sealed
from shared.plans import PresentPlan
from shared.records.checks import as_dialled
from shared.store import Store
from shared.vault import Vault

Over = Literal["sms", "chat"]
_RESIDENT = "resident:"


@dataclass(frozen=True)
class Box:
    """Where somebody's number stands sealed, and the history that it was sealed for."""

    subject: str
    sealed: Sealed


class Addresses:
    def __init__(self, store: Store, vault: Vault, present: PresentPlan) -> None:
        self._store = store
        self._vault = vault
        self.groups = Groups(store, present)

    async def of(self, tenant: str, recipient: str, channel: Literal["sms", "chat"]) -> str | None:
        """Return a phone number or a chat address; None when there is none, or when it was erased."""
        role, _, name = recipient.partition(":")
        if role == "department":
            return await self._department(tenant, name)
        if role == "group":
            found = await self.groups.named(tenant, recipient)
            return found.address if found else None
        box = await self.box(tenant, recipient)
        fields = await self.open(box) if box else {}
        return fields.get("phone" if channel == "sms" else "chat")

    async def open(self, box: Box) -> dict[str, str]:
        """Return phone and chat; empty when they were erased."""
        return _dialled(await self._vault.open(box.subject, box.sealed) or {})

    async def destroy(self, keys: list[str]) -> None:
        """What these sealed is unreadable from now on."""
        await self._vault.destroy(keys)

    async def box(self, tenant: str, recipient: str) -> Box | None:
        """Return what a person's contact stands in; of a place's, such as a chat group, there is none."""
        role, _, name = recipient.partition(":")
        match role:
            case "reporter":
                row = await self._row(MATTER.name, tenant, name)
                history = History(tenant, "intake", "submission", name)
            case "resident":
                row = await self._row(RESIDENT.name, tenant, name)
                history = History(tenant, "routing", "record", name)
            case "supporter":
                row = await self._row(SUPPORTERS.name, tenant, name)
                said = row["body"] if row else {}
                if own := said.get("own"):
                    return await self.box(tenant, f"reporter:{own}")
                history = History(tenant, "routing", "support", said.get("request", ""))
            case "giver":
                row = await self._row(GIVERS.name, tenant, name)
                history = History(tenant, "routing", "offer", name)
            case "contact":
                said = {"tenant": tenant, "body.holder": recipient}
                row = await self._store.documents(WRITTEN_BACK.name).find_one(said, sort=[("body.at", -1)])
                history = History(tenant, "notify", "reply", row["id"] if row else "")
            case "worker":
                posted = {"tenant": tenant, "body.worker": name, "body.sealed": {"$ne": None}}
                row = await self._store.documents(CONTACT.name).find_one(posted)
                history = History(tenant, "routing", "post", row["id"] if row else "")
            case _:
                return None
        if row is None or not row["body"].get("sealed"):
            return None
        return Box(history.subject, Sealed.model_validate(row["body"]["sealed"]))

    async def of_many(self, tenant: str, wanted: Sequence[tuple[str, Over]]) -> list[str | None]:
        """The same for many: residents with one look at the store and one into the vault, others one by one."""
        names = [
            document_id(tenant, to.removeprefix(_RESIDENT)) for to, _ in wanted if to.startswith(_RESIDENT)
        ]
        found = self._store.documents(RESIDENT.name).find(
            {"_id": {"$in": names}}, {"id": 1, "body.sealed": 1}
        )
        phones = await self.phones(tenant, [row async for row in found])
        return [
            phones.get(to.removeprefix(_RESIDENT))
            if to.startswith(_RESIDENT)
            else await self.of(tenant, to, over)
            for to, over in wanted
        ]

    async def keys(self, tenant: str, residents: Sequence[str]) -> dict[str, str]:
        """Return the vault's key of the box that each of these recipients stands in, where one does."""
        names = [document_id(tenant, to.removeprefix(_RESIDENT)) for to in residents]
        if not names:
            return {}
        found = self._store.documents(RESIDENT.name).find(
            {"_id": {"$in": names}, "body.sealed": {"$ne": None}}, {"id": 1, "body.sealed.key": 1}
        )
        return {f"{_RESIDENT}{row['id']}": row["body"]["sealed"]["key"] async for row in found}

    async def phones(self, tenant: str, rows: Sequence[Document]) -> dict[str, str | None]:
        """Return the numbers of people of the grid book, by record: nobody writes to them but by SMS."""
        boxes = [
            (row["id"], Sealed.model_validate(row["body"]["sealed"]))
            for row in rows
            if row["body"].get("sealed")
        ]
        opened = await self._vault.open_many(
            [(History(tenant, "routing", "record", name).subject, box) for name, box in boxes]
        )
        return {
            name: _dialled(fields or {}).get("phone") for (name, _), fields in zip(boxes, opened, strict=True)
        }

    async def _row(self, model: str, tenant: str, name: str) -> dict[str, Any] | None:
        return await self._store.documents(model).find_one({"_id": document_id(tenant, name)})

    async def _department(self, tenant: str, code: str) -> str | None:
        """An office's own chat stands in the list of duties."""
        row = await self._store.documents(DUTIES.name).find_one({"_id": document_id(tenant, tenant)})
        return (row["body"].get("chats", {}).get(code) or None) if row else None


def _dialled(fields: Mapping[str, str]) -> dict[str, str]:
    """The grid book keeps numbers as they were written; a gateway, and whoever compares them, wants E.164."""
    phone = fields.get("phone", "")
    if not phone or phone.startswith("+"):
        return dict(fields)
    called = as_dialled(phone)
    return {**fields, "phone": called} if called else {k: v for k, v in fields.items() if k != "phone"}

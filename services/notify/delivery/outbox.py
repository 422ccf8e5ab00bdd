"""What people ask of the outbox: the newest deliveries, those that stand somewhere, and the whole story of one."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_jsonable_python

from services.notify.delivery.projection import OUTBOX
from services.notify.gateways.sandbox import Sandbox
from shared.bus import Bus
from shared.documents import Body
from shared.envelope import History
from shared.store import Store
from shared.words import DeliveryStatus, Token

_TOLD = (
    "at", "because", "recipient", "channel", "template", "code", "status", "gateway", "reason", "again_at",
    "template_version", "reference", "asked", "attempts", "held",
)  # fmt: skip


class AskOutbox(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(default=50, ge=1, le=200)
    status: DeliveryStatus | None = Field(default=None, description="those alone that stand there")
    delivery: Token | None = Field(default=None, description="this one alone, with its story")


class Outbox:
    def __init__(self, store: Store, bus: Bus, sandbox: Sandbox, tenant: str) -> None:
        self._store = store
        self._bus = bus
        self._sandbox = sandbox
        self._tenant = tenant

    def answer(self) -> None:
        self._bus.answer_queries("Outbox", self.asked)

    async def asked(self, asked: dict[str, Any]) -> list[Body]:
        """The newest first, with what the sandbox kept of them. Raises ValidationError and what the store raises."""
        wanted = AskOutbox.model_validate(asked)
        these: Body = {"tenant": self._tenant}
        if wanted.status is not None:
            these["body.status"] = wanted.status
        if wanted.delivery is not None:
            these["id"] = wanted.delivery
        newest = self._store.documents(OUTBOX.name).find(these).sort("body.at", -1).limit(wanted.limit)
        rows = [row async for row in newest]
        kept = await self._sandbox.kept([row["id"] for row in rows])
        found: list[Body] = [
            {
                "delivery": row["id"],
                "request": row["body"].get("code"),
                **{name: value for name, value in row["body"].items() if name in _TOLD},
                **{k: kept.get(row["id"], {}).get(k) for k in ("to", "text")},
            }
            for row in rows
        ]
        if wanted.delivery is not None:
            for one in found:
                one["story"] = await self._story(one["delivery"])
        return found

    async def _story(self, delivery: str) -> list[Body]:
        """Every fact of it, in order. What is in them is nobody's: no number, no text."""
        history = History(self._tenant, "notify", "delivery", delivery, "delivery")
        return [
            {
                "type": fact.type,
                "recorded": fact.recorded,
                **(to_jsonable_python(fact.event.model_dump(exclude={"values"})) if fact.event else {}),
            }
            async for fact in self._bus.deliveries.catch_up(history, 0)
        ]

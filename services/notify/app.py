"""Wires notify: who is told, over which gateway, and what became of it."""

from datetime import timedelta
from typing import Any

from services.notify import reactions as telling
from services.notify.addresses import Addresses
from services.notify.call_ups import CALL_UPS
from services.notify.delivery import reactions as sending
from services.notify.delivery.domain import DELIVERY
from services.notify.delivery.projection import OUTBOX
from services.notify.gateways.sandbox import Sandbox
from services.notify.joint_work import JOINT_WORK
from services.notify.projection import CONTACT, MATTER
from services.notify.standing_in import StandingIn
from services.notify.templates import Templates
from services.notify.wishes import GIVERS
from shared.answering import BadRequestError
from shared.duty import AWAY
from shared.messages import Messages
from shared.plans import PLAN, PlanStore, PresentPlan
from shared.service import Service
from shared.settings import Settings

_MOST = 200


def build(settings: Settings) -> Service:
    service = Service(
        "notify",
        settings,
        deciders=[DELIVERY],
        models=[MATTER, CONTACT, OUTBOX, PLAN, AWAY, *JOINT_WORK, CALL_UPS, GIVERS],
    )

    async def wire() -> None:
        present = PresentPlan(service.store, PlanStore(service.bus), settings.tenant)
        sandbox = Sandbox(service.store.collection("sandbox"))
        tell = telling.Work(
            service.desk,
            service.store,
            timedelta(days=settings.oldest_news_days),
            StandingIn(service.store, present, settings.tenant),
        )
        send = sending.Work(
            service.desk,
            sandbox,
            Addresses(service.store, service.vault, present),
            Templates(settings, Messages(), present),
        )
        service.bus.answer_commands(service.answer)
        service.bus.answer_queries("Outbox", lambda asked: outbox(service, sandbox, asked))
        service.follow("JOURNAL", "notify", service.projections(), reactions=telling.reactions, work=tell)
        service.follow(
            "DELIVERIES",
            "notify_deliveries",
            service.projections("delivery"),
            reactions=sending.reactions,
            work=send,
        )

    service.wire = wire
    return service


async def outbox(service: Service, sandbox: Sandbox, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The newest deliveries, with what the sandbox kept of them. Raises BadRequestError."""
    limit = asked.get("limit", 50)
    if not isinstance(limit, int) or not 0 < limit <= _MOST:
        raise BadRequestError(f"limit: 1 to {_MOST}")
    newest = service.store.documents(OUTBOX.name).find().sort("body.at", -1).limit(limit)
    rows = [row async for row in newest]
    kept = await sandbox.kept([row["id"] for row in rows])
    return [
        {
            "delivery": row["id"],
            "request": row["body"].get("code"),
            **row["body"],
            **{k: kept.get(row["id"], {}).get(k) for k in ("to", "text")},
        }
        for row in rows
    ]

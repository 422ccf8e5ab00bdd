"""What was requested is taken up at once; what chat could not bring goes by SMS."""

from dataclasses import dataclass

from services.notify.delivery.bulk import Bulk
from services.notify.delivery.dispatch import Dispatch
from services.notify.delivery.projection import OUTBOX
from services.notify.delivery.sending import CANCELLED
from services.notify.receipts import Receipts
from services.notify.telling import Because, Said, Telling, request
from shared.desk import Desk
from shared.documents import document_id
from shared.envelope import Fact
from shared.events.delivery import DeliveryAccepted, DeliveryFailed, DeliveryRequested
from shared.reaction import Reactions
from shared.store import Store


@dataclass(frozen=True)
class Work:
    desk: Desk
    store: Store
    dispatch: Dispatch
    bulk: Bulk
    falls_back: bool
    """From chat to SMS."""
    telling: Telling
    receipts: Receipts


reactions: Reactions[Work] = Reactions()


@reactions.on(DeliveryRequested)
async def take_up(fact: Fact, event: DeliveryRequested, work: Work) -> None:
    """Nobody waits here for a gateway: whoever is told next would wait, too."""
    if event.bulk:
        work.bulk.offer(fact, event)
    else:
        work.dispatch.offer(fact.history.tenant, fact.history.id, bulk=False)


@reactions.on(DeliveryAccepted)
async def settle_receipts(_fact: Fact, event: DeliveryAccepted, work: Work) -> None:
    """A receipt may have come before our own record of the answer that named it."""
    if event.reference:
        await work.receipts.named(event.gateway, event.reference)


@reactions.on(DeliveryFailed)
async def fall_back(fact: Fact, event: DeliveryFailed, work: Work) -> None:
    """A person whom chat does not reach gets an SMS; a chat group has none."""
    if event.reason == CANCELLED:
        return
    tenant = fact.history.tenant
    row = await work.store.documents(OUTBOX.name).find_one({"_id": document_id(tenant, fact.history.id)})
    if not work.falls_back or row is None:
        return
    wanted = row["body"]
    if wanted["channel"] != "chat" or wanted["recipient"].startswith(("group:", "department:")):
        return
    said = Said(
        wanted["recipient"],
        wanted["template"],
        wanted["values"],
        level=wanted.get("level"),
        duty=wanted.get("duty", False),
        bulk=wanted["bulk"],
        notice=wanted.get("notice"),
    )
    because = Because(tenant, wanted["because"], wanted["because"])
    await request(work.telling, because, said, over="sms", only="sms")

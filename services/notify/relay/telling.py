"""A card is no use to anybody who does not know of it: the grid's worker is told, once a card."""

from collections.abc import Collection
from dataclasses import dataclass

from services.notify.delivery.domain import PERSON
from services.notify.projection import CONTACT
from services.notify.standing_in import StandingIn
from services.notify.telling import Because, Said, Telling, request
from shared.envelope import Fact
from shared.events.delivery import DeliveryHandedOver
from shared.reaction import Reactions
from shared.store import Store
from shared.words import Duty

_CARRIES: Collection[str] = (Duty.WORKER.value, Duty.DEPUTY.value)


@dataclass(frozen=True)
class Work:
    store: Store
    telling: Telling
    standing_in: StandingIn


reactions: Reactions[Work] = Reactions()


@reactions.on(DeliveryHandedOver)
async def tell_who_relays(fact: Fact, event: DeliveryHandedOver, work: Work) -> None:
    """The grid's worker, the deputy where there is none, or whoever stands in. Without either, the page shows it to staff."""
    if event.gateway != PERSON or event.grid is None:
        return
    tenant = fact.history.tenant
    posted = {"tenant": tenant, "body.grid": event.grid, "body.worker": {"$ne": None}}
    rows = [row["body"] async for row in work.store.documents(CONTACT.name).find(posted)]
    by_duty = {row["duty"]: row["worker"] for row in rows}
    worker = next((by_duty[duty] for duty in _CARRIES if duty in by_duty), None)
    if worker is None:
        return
    worker = await work.standing_in.whoever_is_there(worker, event.grid, fact.recorded, ())
    said = Said(f"worker:{worker}", "sms.worker.relay", {"grid": event.grid})
    await request(work.telling, Because(tenant, fact.id, fact.id), said, over="chat")

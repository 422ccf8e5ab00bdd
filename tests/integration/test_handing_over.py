"""What somebody has to finish: written as a card, asked about while its owner has not confirmed it, failed after a day."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notify.chat_group.groups import Group
from services.notify.delivery.domain import DELIVERY, PERSON, RELAYED_WITHIN
from services.notify.delivery.projection import OUTBOX
from services.notify.delivery.sending import Sending
from services.notify.gateways.gateway import (
    Confirmed,
    GatewaySettings,
    HandedOver,
    Message,
    News,
    Outcome,
    Rejected,
    Unknown,
)
from services.notify.gateways.lanes import Lane, Lanes
from shared.clock import now
from shared.commands.delivery import AttemptDelivery, HandOverDelivery, RequestDelivery
from shared.desk import Desk
from shared.envelope import Fact, History
from shared.ids import new_id
from shared.journal import Journal
from shared.projection import Projection
from tests.conftest import OpenBus, OpenStore
from tests.fixtures.sending import Alone, NobodyNew, Texts, Wishes


class Addresses:
    def __init__(self, address: str) -> None:
        self.address = address
        self.groups = self

    async def of(self, *_: object) -> str:
        return self.address

    async def named(self, _tenant: str, _recipient: str) -> Group:
        return Group("G-1", "青禾老人群", self.address, "g1")


@dataclass
class Owners:
    """A provider whose messages a group's owner confirms. ``says`` is what it answers to a question."""

    says: News = field(default_factory=lambda: HandedOver("m1"))
    created: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def send(self, message: Message) -> Outcome:
        self.created.append(message.id)
        return HandedOver("m1")

    async def became_of(self, message: Message, sent_at: datetime) -> News:
        assert sent_at
        self.asked.append(message.reference)
        return self.says


@dataclass
class Office:
    journal: Journal
    projections: list[Projection]
    sending: Sending
    desk: Desk
    history: History
    owners: Owners

    async def facts(self) -> list[Fact]:
        return [fact async for fact in self.journal.catch_up(self.history, 0)]

    async def takes_it_up(self) -> list[str]:
        """Remember what happened, see to it, and return what has happened by then."""
        for projection in self.projections:
            await projection.apply(await self.facts())
        await self.sending.see_to(self.history.tenant, self.history.id)
        return [fact.type for fact in await self.facts()][1:]


@pytest.fixture
def office(bus: OpenBus, store: OpenStore, tenant: str) -> Callable[..., Awaitable[Office]]:
    async def open_office(address: str, ago: timedelta = timedelta()) -> Office:
        corridor, kept = await bus("notify"), store("notify")
        journal, owners = corridor.deliveries, Owners()
        desk = Desk([DELIVERY], kept, {"delivery": journal})
        history = History(tenant, "notify", "delivery", new_id(), "delivery")
        wish = RequestDelivery(
            **envelope(history, ago),
            because=new_id(),
            recipient="group:g1",
            channel="chat",
            template="sms.notice",
        )
        await desk.do(wish)
        lane = Lane(GatewaySettings(name="groups", channels=("chat",)), owners)
        parts: list[Any] = [
            Lanes([lane]),
            Addresses(address),
            Wishes("chat"),
            Alone(),
            Texts("停水通知", "sms.notice"),
            NobodyNew(),
        ]
        projections = [Projection(model, kept, journal) for model in (DELIVERY.model, OUTBOX)]
        return Office(journal, projections, Sending(kept, desk, *parts), desk, history, owners)

    return open_office


def envelope(history: History, ago: timedelta) -> dict[str, Any]:
    return {
        "id": new_id(),
        "tenant": history.tenant,
        "actor": "service:notify",
        "at": now() - ago,
        "delivery": history.id,
    }


@pytest.mark.parametrize("address", ["person", "nobodys:room"])
async def test_a_group_that_nothing_reaches_gets_a_card_and_no_attempt(office, address):
    """Not even one that another gateway would have refused."""
    here = await office(address)
    assert await here.takes_it_up() == ["DeliveryHandedOver"]
    card = (await here.facts())[-1].event
    assert (card.gateway, card.grid, card.group) == (PERSON, "G-1", "青禾老人群")
    assert card.again_at == card.at + RELAYED_WITHIN
    assert await here.takes_it_up() == ["DeliveryHandedOver"], "it waits"
    assert here.owners.created == []


async def test_a_card_that_nobody_relayed_in_a_day_has_failed(office):
    ago = timedelta(hours=25)
    here = await office("person", ago)
    card = HandOverDelivery(
        **envelope(here.history, ago), gateway=PERSON, grid="G-1", again_at=now() - timedelta(hours=1)
    )
    await here.desk.do(card)
    assert await here.takes_it_up() == ["DeliveryHandedOver", "DeliveryFailed"]
    assert (await here.facts())[-1].event.reason == "nobody_relayed"


async def test_what_an_owner_has_to_confirm_is_created_once(office):
    here = await office("groups:qinghe")
    assert await here.takes_it_up() == ["DeliveryAttempted", "DeliveryHandedOver"]
    waits = (await here.facts())[-1].event
    assert (waits.gateway, waits.reference) == ("groups", "m1")
    assert timedelta(minutes=4) < waits.again_at - waits.at <= timedelta(minutes=5)
    await here.takes_it_up()
    assert len(here.owners.created) == 1
    assert here.owners.asked == [], "its time has not come"


@pytest.mark.parametrize(
    ("says", "then"),
    [
        (Confirmed(), "DeliveryConfirmed"),
        (Rejected("status 3"), "DeliveryFailed"),
        (HandedOver("m1"), "DeliveryHandedOver"),
        (Unknown("ReadTimeout"), "DeliveryHandedOver"),
    ],
)
async def test_whoever_keeps_it_is_asked_by_its_own_name_and_it_is_never_created_again(office, says, then):
    ago = timedelta(hours=2)
    here = await office("groups:qinghe", ago)
    await here.desk.do(AttemptDelivery(**envelope(here.history, ago), gateway="groups"))
    handed = HandOverDelivery(
        **envelope(here.history, ago),
        gateway="groups",
        reference="m1",
        again_at=now() - timedelta(minutes=1),
    )
    await here.desk.do(handed)
    here.owners.says = says
    assert await here.takes_it_up() == ["DeliveryAttempted", "DeliveryHandedOver", then]
    assert here.owners.asked == ["m1"]
    assert here.owners.created == []
    last = (await here.facts())[-1].event
    if then == "DeliveryHandedOver":
        assert last.reference == "m1"
        assert timedelta(hours=1.9) < last.again_at - last.at < timedelta(hours=2.1)


async def test_an_owner_has_a_day(office):
    ago = timedelta(hours=25)
    here = await office("groups:qinghe", ago)
    await here.desk.do(AttemptDelivery(**envelope(here.history, ago), gateway="groups"))
    handed = HandOverDelivery(
        **envelope(here.history, ago),
        gateway="groups",
        reference="m1",
        again_at=now() - timedelta(minutes=1),
    )
    await here.desk.do(handed)
    assert await here.takes_it_up() == ["DeliveryAttempted", "DeliveryHandedOver", "DeliveryFailed"]

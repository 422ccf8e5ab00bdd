"""A delivery whose sender died in the middle: it has an outcome in the end, and is never sent twice."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from services.notify.delivery.domain import DELIVERY
from services.notify.delivery.projection import OUTBOX
from services.notify.delivery.sending import Sending
from services.notify.delivery.state import OUTCOME_WITHIN
from services.notify.gateways.gateway import Accepted, GatewaySettings, Message, Outcome
from services.notify.gateways.lanes import Lane, Lanes
from shared.clock import now
from shared.commands.delivery import AttemptDelivery, RequestDelivery
from shared.desk import Desk
from shared.envelope import Fact, History
from shared.ids import new_id
from shared.journal import Appended, Journal, UnavailableError
from shared.projection import Projection
from tests.conftest import OpenBus, OpenStore
from tests.fixtures.sending import Alone, NobodyNew, Texts, Wishes


@dataclass
class Carrier:
    """A gateway that counts."""

    took: list[str] = field(default_factory=list)

    async def send(self, message: Message) -> Outcome:
        self.took.append(message.id)
        return Accepted(reference=f"c-{message.id}")


class Addresses:
    async def of(self, *_: str) -> str:
        return "+8613800000000"


@dataclass
class Office:
    """A replica of notify as far as it sends, and one delivery that was requested."""

    journal: Journal
    projections: list[Projection]
    sending: Sending
    carrier: Carrier
    request: Fact

    async def facts(self) -> list[Fact]:
        return [fact async for fact in self.journal.catch_up(self.request.history, 0)]

    async def remember(self, facts: list[Fact]) -> None:
        for projection in self.projections:
            await projection.apply(facts)

    async def takes_it_up(self) -> None:
        await self.sending.see_to(self.request.history.tenant, self.request.history.id)


OpenOffice = Callable[[], Awaitable[Office]]


@pytest.fixture
def office(bus: OpenBus, store: OpenStore, tenant: str) -> OpenOffice:
    async def open_office() -> Office:
        corridor, kept, carrier = await bus("notify"), store("notify"), Carrier()
        journal = corridor.deliveries
        desk = Desk([DELIVERY], kept, {"delivery": journal})
        delivery = new_id()
        await desk.do(
            RequestDelivery(
                **_envelope(tenant, delivery),
                because=new_id(),
                recipient="reporter:r1",
                channel="sms",
                template="sms.reporter.received",
                values={},
            )
        )
        request = await journal.after(History(tenant, "notify", "delivery", delivery, "delivery"), 0)
        assert request is not None
        lane = Lane(GatewaySettings(name="carrier", channels=("sms",)), carrier)
        parts = (
            Lanes([lane]),
            Addresses(),
            Wishes("sms"),
            Alone(),
            Texts("已收到", "sms.reporter.received"),
            NobodyNew(),
        )
        sending = Sending(kept, desk, *parts)  # pyright: ignore[reportArgumentType]
        projections = [Projection(model, kept, journal) for model in (DELIVERY.model, OUTBOX)]
        here = Office(journal, projections, sending, carrier, request)
        await here.remember([request])
        return here

    return open_office


def _envelope(tenant: str, delivery: str, at: datetime | None = None) -> dict[str, object]:
    return {
        "id": new_id(),
        "tenant": tenant,
        "actor": "service:notify",
        "at": at or now(),
        "delivery": delivery,
    }


async def test_an_attempt_that_only_the_journal_knows_of_gets_its_outcome(office: OpenOffice, monkeypatch):
    """Its sender died, or lost the journal, before its own documents heard of the attempt: nobody knows whether it
    was sent, and that is on record."""
    here = await office()
    while_ago = now() - 2 * OUTCOME_WITHIN
    attempt = AttemptDelivery(
        **_envelope(here.request.history.tenant, here.request.history.id, while_ago), gateway="carrier"
    )

    async def died(*_: object) -> None:
        raise UnavailableError("died")

    with monkeypatch.context() as dying, suppress(UnavailableError):
        dying.setattr("shared.desk._Work._write_through", died)
        await here.sending.desk.do(attempt)

    await here.takes_it_up()
    assert here.carrier.took == [], "whoever looks finds the attempt, and sends nothing"
    await here.remember((await here.facts())[1:2])
    await here.takes_it_up()
    assert [fact.type for fact in await here.facts()] == [
        "DeliveryRequested",
        "DeliveryAttempted",
        "DeliveryUnknown",
    ]
    assert here.carrier.took == []


@pytest.mark.parametrize("lost", ["DeliveryAttempted", "DeliveryAccepted"])
@pytest.mark.parametrize("stored", [True, False])
async def test_a_journal_that_was_away_for_a_moment_costs_no_outcome(
    office: OpenOffice, lost, stored, monkeypatch
):
    """Whether or not it was stored: whoever called the gateway still knows what it said."""
    here = await office()
    append, away = here.journal.append, [True]

    async def stumble(fact: Fact, *, expected: int) -> Appended:
        if fact.type == lost and away:
            away.clear()
            if stored:
                await append(fact, expected=expected)
            raise UnavailableError("not acknowledged")
        return await append(fact, expected=expected)

    monkeypatch.setattr(here.journal, "append", stumble)
    await here.takes_it_up()
    assert [fact.type for fact in await here.facts()] == [
        "DeliveryRequested",
        "DeliveryAttempted",
        "DeliveryAccepted",
    ]
    assert here.carrier.took == [here.request.history.id]

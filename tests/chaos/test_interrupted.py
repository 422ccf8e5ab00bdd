"""A delivery whose sender died in the middle: it has an outcome in the end, and is never sent twice."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from services.notify.delivery.domain import DELIVERY
from services.notify.delivery.reactions import Work, reactions
from services.notify.gateways.gateway import Accepted, Message, Outcome
from shared.clock import now
from shared.commands.delivery import AttemptDelivery, RequestDelivery
from shared.desk import Desk
from shared.envelope import Fact, History
from shared.ids import new_id
from shared.journal import Appended, Journal, UnavailableError
from shared.projection import Projection
from tests.conftest import OpenBus, OpenStore


@dataclass
class Carrier:
    """A gateway that counts."""

    name: str = "carrier"
    took: list[str] = field(default_factory=list)

    async def send(self, message: Message) -> Outcome:
        self.took.append(message.id)
        return Accepted(reference=f"c-{message.id}")


class Addresses:
    async def of(self, *_: str) -> str:
        return "+8613800000000"


class Templates:
    async def render(self, *_: object) -> str:
        return "已收到"


@dataclass
class Office:
    """A replica of notify as far as it sends, and one delivery that was requested."""

    journal: Journal
    projection: Projection
    work: Work
    carrier: Carrier
    request: Fact

    async def facts(self) -> list[Fact]:
        return [fact async for fact in self.journal.catch_up(self.request.history, 0)]

    async def comes(self) -> bool:
        """The consumer brings the request, as it does until it is acknowledged. Returns whether that was the last time."""
        await self.projection.apply([self.request])
        return not await reactions.react([self.request], self.work)


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
        work = Work(desk, carrier, Addresses(), Templates())  # pyright: ignore[reportArgumentType]
        return Office(journal, Projection(DELIVERY.model, kept, journal), work, carrier, request)

    return open_office


def _envelope(tenant: str, delivery: str) -> dict[str, object]:
    return {"id": new_id(), "tenant": tenant, "actor": "service:notify", "at": now(), "delivery": delivery}


async def test_an_attempt_that_only_the_journal_knows_of_gets_its_outcome(office: OpenOffice, monkeypatch):
    """Its sender died, or lost the journal, before its own documents heard of the attempt: nobody knows whether it
    was sent, and that is on record."""
    here = await office()
    attempt = AttemptDelivery(
        **_envelope(here.request.history.tenant, here.request.history.id), gateway="carrier"
    )

    async def died(*_: object) -> None:
        raise UnavailableError("died")

    with monkeypatch.context() as dying, suppress(UnavailableError):
        dying.setattr("shared.desk._Work._write_through", died)
        await here.work.desk.do(attempt)

    assert not await here.comes(), "acknowledged, and nobody will ever look again"
    await here.projection.apply((await here.facts())[1:2])
    assert await here.comes()
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
    assert await here.comes()
    assert [fact.type for fact in await here.facts()] == [
        "DeliveryRequested",
        "DeliveryAttempted",
        "DeliveryAccepted",
    ]
    assert here.carrier.took == [here.request.history.id]

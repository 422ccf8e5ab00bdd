"""What each identity may say and hear on the bus, and what nobody may."""

import asyncio
from typing import Any

import pytest
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeoutError

from deploy.topology import SERVICES
from shared.journal import UnavailableError
from tests.conftest import OpenBus


@pytest.mark.parametrize("service", SERVICES)
async def test_each_identity_speaks_for_itself_alone(bus: OpenBus, service: str, tenant: str) -> None:
    """Publishing on another service's history, view, timer or parking lot is a violation, whoever tries."""
    here = await bus(service, append_timeout=0.3)
    others = [name for name in SERVICES if name != service]
    foreign = [f"journal.{tenant}.00.{other}.request.x" for other in others]
    foreign += [f"sched.{other}.x" for other in others] + [f"parked.{other}" for other in others]
    foreign += ["view.demo.ledger.x"] if service != "console" else []
    foreign += [f"delivery.{tenant}.00.notify.delivery.x"] if service != "notify" else []
    answers = await asyncio.gather(
        *(here.publish(subject, b"{}") for subject in foreign), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [UnavailableError] * len(foreign)
    assert (await here.publish(f"journal.{tenant}.00.{service}.thing.x", b"{}"))["stream"] == "JOURNAL"


@pytest.mark.parametrize(
    "subject",
    [
        "$JS.API.STREAM.PURGE.TIMERS",
        "$JS.API.STREAM.DELETE.JOURNAL",
        "$JS.API.CONSUMER.CREATE.JOURNAL",
        "$JS.API.CONSUMER.DELETE.JOURNAL.console",
        "$JS.API.CONSUMER.MSG.NEXT.JOURNAL.console",
        "$JS.API.STREAM.MSG.GET.JOURNAL",
        "$JS.API.DIRECT.GET.DELIVERIES",
    ],
)
async def test_no_service_declares_purges_or_pulls_what_is_not_its_own(bus: OpenBus, subject: str) -> None:
    """A right to create consumers is a right to read whatever a filter may name."""
    with pytest.raises((NatsTimeoutError, NoRespondersError)):
        await (await bus("routing")).client.request(subject, b"{}", timeout=0.3)


async def test_nobody_listens_in_on_others(bus: OpenBus) -> None:
    """What is said to intake, routing does not hear; nor does it read anybody's answers."""
    routing, heard = await bus("routing"), list[bytes]()

    async def hear(message: Any) -> None:
        heard.append(message.data)

    for subject in ("command.intake.*", "inbound.>", "_INBOX.>", "journal.>", "parked.*"):
        await routing.client.subscribe(subject, cb=hear)
    await routing.client.flush()
    await (await bus("intake")).publish("parked.intake", b"{}")
    with pytest.raises(UnavailableError):
        await (await bus("console")).ask("query.intake.Nothing", {})
    await routing.client.flush()
    assert heard == []


@pytest.mark.parametrize("value", ["a\r\nNats-Rollup: all", "a\nb", "a\x00"])
async def test_no_header_value_can_become_a_header(bus: OpenBus, value: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        await (await bus("routing")).publish("parked.routing", b"{}", {"lm-reason": value})

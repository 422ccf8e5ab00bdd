"""The corridor: commands to their one owner, questions to whoever knows, timers, and a place for what nobody can use."""

import asyncio
import json
import os
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from nats.aio.client import Client
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeoutError

from deploy.topology import SERVICES
from shared.answering import BadRequestError
from shared.bus import Bus
from shared.commands.command import Command
from shared.commands.request import AcceptRequest
from shared.commands.submission import AmendRequest
from shared.events.event import Sealed
from shared.ids import new_id
from shared.journal import UnavailableError
from shared.refusal import Refused, Reply
from shared.vault import Locksmith
from tests.conftest import MakeSettings, OpenBus
from tests.fixtures.servers import Nats
from tests.fixtures.waiting import until


def accept(tenant: str, **more: Any) -> AcceptRequest:
    values: dict[str, Any] = {"id": new_id(), "tenant": tenant, "actor": "worker:w1", "at": datetime.now(UTC)}
    return AcceptRequest(**(values | {"request": "r1", "worker": "w1"} | more))


class Owner:
    """Routing, as far as the bus sees it."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.asked: list[tuple[Command, str]] = []
        self.raises: Exception | None = None

    async def answer(self, command: Command, cause: str) -> Reply:
        self.asked.append((command, cause))
        if self.raises is not None:
            raise self.raises
        return Reply(ok=True, event={"type": "RequestAccepted", "id": command.id}, revision=7)


@pytest.fixture
async def owner(bus: OpenBus) -> Owner:
    here = Owner(await bus("routing"))
    here.bus.answer_commands(here.answer)
    await here.bus.start()
    return here


async def last_parked(admin: Client, service: str = "routing") -> dict[str, Any]:
    message = await admin.jetstream().get_last_msg("PARKED", f"parked.{service}")
    return json.loads(message.data or b"")


def bytes_of(row: dict[str, Any], settings: MakeSettings) -> bytes:
    return Locksmith(settings().master).open_parked(urlsafe_b64decode(row["box"]))


async def test_a_command_is_answered_by_its_owner(bus: OpenBus, owner: Owner, tenant: str) -> None:
    command = accept(tenant)
    reply = await (await bus("console")).send(command, cause="a-tap")
    assert reply == Reply(ok=True, event={"type": "RequestAccepted", "id": command.id}, revision=7)
    assert owner.asked == [(command, "a-tap")]


async def test_bytes_arrive_as_they_were_sent(bus: OpenBus, tenant: str) -> None:
    intake = Owner(await bus("intake"))
    intake.bus.answer_commands(intake.answer)
    await intake.bus.start()
    sealed = Sealed(key="k-1", box=bytes(range(256)))
    command = AmendRequest(
        id=new_id(), tenant=tenant, actor="resident:r1", at=datetime.now(UTC), request="r1", sealed=sealed
    )
    assert (await (await bus("console")).send(command)).ok
    assert intake.asked[0][0] == command


@pytest.mark.parametrize(
    ("raised", "reason"),
    [
        (Refused("already_closed", by="w2"), "already_closed"),
        (UnavailableError("the journal does not answer"), "unavailable"),
        (ZeroDivisionError("a mistake of ours"), "failed"),
    ],
)
async def test_whatever_happens_the_sender_hears_about_it(
    bus: OpenBus, owner: Owner, tenant: str, raised: Exception, reason: str
) -> None:
    """Nobody has to wait for a time-out to learn that something went wrong."""
    owner.raises = raised
    reply = await (await bus("console", command_timeout=2.0)).send(accept(tenant))
    assert (reply.ok, reply.reason) == (False, reason)
    owner.raises = None
    assert (await (await bus("console")).send(accept(tenant))).ok


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b'{"id": "x"}',
        json.dumps({"name": "王小明", "phone": "13800001111"}).encode(),
        b"x" * 900_000,
    ],
)
async def test_a_malformed_command_is_parked_with_its_bytes_and_the_next_is_handled(
    bus: OpenBus, owner: Owner, admin: Client, settings: MakeSettings, tenant: str, data: bytes
) -> None:
    """The sender hears what is wrong; the lot keeps the message, sealed: it could be somebody's phone."""
    console = await bus("console")
    answer = await console.client.request("command.routing.AcceptRequest", data, timeout=5)
    reply = Reply.model_validate_json(answer.data)
    assert (reply.ok, reply.reason) == (False, "malformed")
    row = await last_parked(admin)
    kept = bytes_of(row, settings)
    assert kept == data
    assert (row["reason"], row["subject"]) == ("malformed", "command.routing.AcceptRequest")
    assert b"13800001111" not in json.dumps(row).encode() + answer.data
    assert (await console.send(accept(tenant))).ok
    assert len(owner.asked) == 1


async def test_what_is_too_large_to_park_whole_is_parked_in_part(
    bus: OpenBus, owner: Owner, admin: Client, settings: MakeSettings, tenant: str
) -> None:
    """Nothing that somebody sends can cost a service its connection."""
    data = os.urandom(1_000_000)
    console = await bus("console")
    answer = await console.client.request("command.routing.AcceptRequest", data, timeout=5)
    assert Reply.model_validate_json(answer.data).reason == "malformed"
    row = await last_parked(admin)
    kept = bytes_of(row, settings)
    assert data.startswith(kept)
    assert len(kept) > 500_000
    assert row["size"] == 1_000_000
    assert (await console.send(accept(tenant))).ok


async def test_an_unknown_command_is_parked(
    bus: OpenBus, owner: Owner, admin: Client, settings: MakeSettings, tenant: str
) -> None:
    """Another release, or another service's: whoever runs this should see it."""
    console = await bus("console")
    for name in ("TeleportRequest", "WithdrawRequest"):
        answer = await console.client.request(f"command.routing.{name}", b"{}", timeout=5)
        assert Reply.model_validate_json(answer.data).reason == "unknown_command"
        row = await last_parked(admin)
        kept = bytes_of(row, settings)
        assert (row["reason"], row["subject"], kept) == ("unknown_command", f"command.routing.{name}", b"{}")
    assert (await console.send(accept(tenant))).ok


async def test_a_command_older_than_a_day_is_refused(bus: OpenBus, owner: Owner, tenant: str) -> None:
    """Its id may be forgotten by now, so a repeat would be a second time."""
    console = await bus("console")
    old = datetime.now(UTC) - timedelta(days=1, minutes=1)
    assert (await console.send(accept(tenant, at=old))).reason == "too_old"
    assert (await console.send(accept(tenant, at=old + timedelta(minutes=2)))).ok


async def test_nobody_there_is_said_quickly(bus: OpenBus, tenant: str) -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(UnavailableError):
        await (await bus("console")).send(accept(tenant))
    assert loop.time() - started < 2


async def test_a_hundred_commands_at_once_are_all_answered(bus: OpenBus, owner: Owner, tenant: str) -> None:
    console = await bus("console")
    replies = await asyncio.gather(*(console.send(accept(tenant)) for _ in range(300)))
    assert all(reply.ok for reply in replies)
    assert len(owner.asked) == 300


async def test_two_replicas_share_the_work(bus: OpenBus, owner: Owner, tenant: str) -> None:
    """A command goes to one of them, not to both."""
    second = Owner(await bus("routing"))
    second.bus.answer_commands(second.answer)
    await second.bus.start()
    console = await bus("console")
    await asyncio.gather(*(console.send(accept(tenant)) for _ in range(100)))
    assert len(owner.asked) + len(second.asked) == 100
    assert min(len(owner.asked), len(second.asked)) > 0


async def test_after_a_kill_of_the_server_commands_are_answered_again(
    bus: OpenBus, own_nats: Nats, tenant: str
) -> None:
    """Nobody restarts a service for it; meanwhile the door hears "unavailable" at once."""
    here = Owner(await bus("routing", nats_url=own_nats.url))
    here.bus.answer_commands(here.answer)
    await here.bus.start()
    console = await bus("console", nats_url=own_nats.url)
    assert (await console.send(accept(tenant))).ok
    own_nats.kill()
    await until(lambda: not console.connected)
    with pytest.raises(UnavailableError):
        await console.send(accept(tenant))
    await own_nats.start()

    async def answered() -> bool:
        try:
            return (await console.send(accept(tenant))).ok
        except UnavailableError:
            return False

    await until(answered, within=10)


# questions and other systems' messages ─────────────────────────────────────────────────────────────────────────────


async def test_a_question_is_answered(bus: OpenBus) -> None:
    here = await bus("routing")

    async def where(question: dict[str, Any]) -> dict[str, Any]:
        return {"grid": question["grid"], "box": b"\x00\xff"}

    here.answer_queries("Where", where)
    await here.start()
    answer = await (await bus("console")).ask("query.routing.Where", {"grid": "青禾-01"})
    assert answer == {"grid": "青禾-01", "box": "AP8="}


@pytest.mark.parametrize(
    ("raised", "expected", "why"),
    [
        (Refused("unknown_grid"), Refused, "unknown_grid"),
        (BadRequestError("a code is expected"), Refused, "malformed"),
        (UnavailableError("mongod is away"), UnavailableError, "query"),
        (ZeroDivisionError(), Refused, "failed"),
    ],
)
async def test_a_question_that_cannot_be_answered_says_why(
    bus: OpenBus, raised: Exception, expected: type[Exception], why: str
) -> None:
    here = await bus("routing")

    async def answer(_question: dict[str, Any]) -> None:
        raise raised

    here.answer_queries("Where", answer)
    await here.start()
    with pytest.raises(expected, match=why):
        await (await bus("console", command_timeout=2.0)).ask("query.routing.Where", {})


@pytest.mark.parametrize("data", [b"{", b"[1]", b"\xff", b'"text"'])
async def test_what_another_system_sent_and_nobody_can_use_is_parked(
    bus: OpenBus, admin: Client, settings: MakeSettings, data: bytes
) -> None:
    here = await bus("intake")

    async def take(message: dict[str, Any]) -> dict[str, Any]:
        return message

    here.answer_inbound("inbound.sms.request", take)
    await here.start()
    answer = await admin.request("inbound.sms.request", data, timeout=5)
    assert json.loads(answer.data)["reason"] == "malformed"
    row = await last_parked(admin, "intake")
    kept = bytes_of(row, settings)
    assert (row["subject"], kept) == ("inbound.sms.request", data)
    answer = await admin.request("inbound.sms.request", b'{"text": "x"}', timeout=5)
    assert json.loads(answer.data) == {"ok": True, "answer": {"text": "x"}}


# timers ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("durables")
async def test_a_timer_asks_its_question_when_the_time_has_come(bus: OpenBus, tenant: str) -> None:
    here, asked = await bus("routing"), list[tuple[str, datetime]]()

    async def ask(question: dict[str, Any]) -> None:
        asked.append((question["request"], datetime.now(UTC)))

    here.answer_timers(ask)
    now = datetime.now(UTC)
    await here.set_timer(f"{tenant}-late", now + timedelta(seconds=2), {"request": "late"})
    await here.set_timer(f"{tenant}-soon", now + timedelta(seconds=1), {"request": "soon"})
    await here.set_timer(f"{tenant}-past", now - timedelta(days=3), {"request": "past"})
    await until(lambda: len(asked) == 3)
    assert [request for request, _ in asked] == ["past", "soon", "late"]
    assert timedelta(seconds=0.9) < asked[1][1] - now < timedelta(seconds=1.9)


@pytest.mark.usefixtures("durables")
async def test_a_timer_set_anew_fires_once_at_its_new_time(bus: OpenBus, tenant: str) -> None:
    here, asked = await bus("routing"), list[str]()

    async def ask(question: dict[str, Any]) -> None:
        asked.append(question["which"])

    here.answer_timers(ask)
    now = datetime.now(UTC)
    await here.set_timer(f"{tenant}-t", now + timedelta(seconds=1), {"which": "first"})
    await here.set_timer(f"{tenant}-t", now + timedelta(seconds=1.5), {"which": "second"})
    await here.set_timer(f"{tenant}-z", now + timedelta(seconds=2.5), {"which": "last"})
    await until(lambda: "last" in asked)
    assert asked == ["second", "last"]


@pytest.mark.usefixtures("durables")
async def test_a_timer_that_finds_nobody_home_asks_again_and_a_senseless_one_is_parked(
    bus: OpenBus, admin: Client, settings: MakeSettings, tenant: str
) -> None:
    here, asked, troubles = await bus("routing"), list[str](), [UnavailableError("away"), ZeroDivisionError()]

    async def ask(question: dict[str, Any]) -> None:
        if troubles:
            raise troubles.pop()
        asked.append(question["request"])

    here.answer_timers(ask)
    await here.set_timer(f"{tenant}-again", datetime.now(UTC), {"request": "again"})
    await until(lambda: asked == ["again"])
    await admin.jetstream().publish(f"timer.routing.{tenant}-odd", b"[1]")

    async def kept() -> bool:
        return (await last_parked(admin))["subject"] == f"timer.routing.{tenant}-odd"

    await until(kept)


# rights ────────────────────────────────────────────────────────────────────────────────────────────────────────────


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

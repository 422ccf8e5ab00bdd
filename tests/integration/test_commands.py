"""Commands go to their one owner, who always answers; what nobody can use is kept."""

import asyncio
import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from nats.aio.client import Client

from shared.bus import Bus
from shared.commands.command import Command
from shared.commands.request import AcceptRequest
from shared.commands.submission import AmendRequest
from shared.events.event import Sealed
from shared.ids import new_id
from shared.journal import UnavailableError
from shared.refusal import Refused, Reply
from tests.conftest import MakeSettings, OpenBus
from tests.fixtures.parked import bytes_of, last_parked
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

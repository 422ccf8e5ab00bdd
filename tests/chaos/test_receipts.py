"""A gateway that times out on every tenth message, and receipts that come early, late, twice and out of order: nobody
gets a message twice, and what became of each is known in the end, or is shown as not known.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from lastmile.ports import pick
from services.intake.app import build as build_intake
from services.notify import addresses
from services.notify.app import build
from services.notify.delivery import patience
from services.notify.delivery.projection import OUTBOX
from shared.bus import Bus
from shared.clock import now
from shared.commands.delivery import RequestDelivery
from shared.ids import new_id
from shared.service import Service
from shared.vault import Locksmith
from tests.conftest import MakeSettings, OpenBus
from tests.fixtures.carrier import Carrier, report
from tests.fixtures.provider import provider
from tests.fixtures.waiting import until

MESSAGES = 120
SECRET = secrets.token_urlsafe(24)


@dataclass
class Office:
    """Notify and the residents' door as they run, and a carrier behind one gateway."""

    notify: Service
    door: httpx.AsyncClient
    bus: Bus
    carrier: Carrier
    tenant: str

    async def bring(self, said: object, *, kind: str = "receipts", secret: str = SECRET) -> httpx.Response:
        return await self.door.post(f"/callbacks/aliyun-1/{kind}/{secret}", json=said)

    async def request(self) -> str:
        delivery = new_id()
        reply = await self.bus.send(
            RequestDelivery(
                id=new_id(),
                tenant=self.tenant,
                actor="service:routing",
                at=now(),
                delivery=delivery,
                because=new_id(),
                recipient="reporter:r1",
                channel="sms",
                template="sms.reporter.received",
                values={"code": "7KQ2M4XH9P0TD"},
            )
        )
        assert reply.ok, reply
        return delivery

    async def rows(self) -> dict[str, dict[str, Any]]:
        found = self.notify.store.documents(OUTBOX.name).find({"tenant": self.tenant})
        return {row["id"]: row["body"] async for row in found}

    async def counted(self) -> Counter[str]:
        return Counter(row["status"] for row in (await self.rows()).values())


@pytest.fixture
async def office(
    settings: MakeSettings,
    bus: OpenBus,
    durables: None,
    tenant: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    closing: AsyncExitStack,
) -> AsyncIterator[Office]:
    async def of(*_: object) -> str:
        return "+8613800000000"

    monkeypatch.setattr(addresses.Addresses, "of", of)
    soon = timedelta(seconds=0.2)
    monkeypatch.setattr(patience, "_ASKED_AFTER", (soon, soon * 2, soon * 3))
    carrier = Carrier()
    there = await closing.enter_async_context(provider())
    there.hears = carrier.hears
    seal = Locksmith(settings("notify").master).seal_setting
    file = tmp_path / "gateways.toml"
    file.write_text(
        f"""
[[gateway]]
kind = "aliyun"
name = "aliyun-1"
url = "{there.url}"
per_second = 1000
at_once = 16
timeout = 2.0
key_id = "k"
key_secret = "{seal("k")}"
callback = "{seal(SECRET)}"
sign = "梧桐里街道"
[gateway.templates."sms.reporter.received"]
id = "SMS_1"
values = {{no = "code"}}
"""
    )
    notify = build(settings("notify", gateways=file))
    intake = build_intake(settings("intake", http_port=pick(())))
    for service in (notify, intake):
        closing.push_async_callback(service.stop)
        await service.start()
    door = httpx.AsyncClient(transport=httpx.ASGITransport(intake.http), base_url="http://door", timeout=30)
    closing.push_async_callback(door.aclose)
    yield Office(notify, door, await bus("routing"), carrier, tenant)


async def test_a_gateway_that_times_out_on_every_tenth_is_asked_and_nobody_is_sent_to_twice(office: Office):
    """Receipts for what it took come before its answer, twice, shuffled, by our id or by its own name alone. What it is
    silent about is asked for; half of that it does not know, and stays shown as unknown.
    """
    chance = Random(20260725)
    carrier = office.carrier
    early: list[httpx.Response] = []

    async def ahead(message: str) -> None:
        early.append(await office.bring([report(message, with_our_id=len(early) % 2 == 0)]))

    carrier.ahead = ahead
    deliveries = [await office.request() for _ in range(MESSAGES)]
    silent = MESSAGES // carrier.silent_every

    async def all_were_taken() -> bool:
        return len(carrier.took) == MESSAGES and not (await office.counted())["attempted"]

    await until(all_were_taken, within=60, what="not everything was sent")
    assert early and {answer.status_code for answer in early} == {200}
    assert len(carrier.silent_about) == silent

    settled = silent - len(carrier.lost)

    async def asked_about_all() -> bool:
        rows = (await office.rows()).values()
        unknown = [row for row in rows if row["status"] == "unknown"]
        return len(unknown) == len(carrier.lost) and all(row["again_at"] is None for row in unknown)

    await until(asked_about_all, within=60, what="the gateway was not asked about what is unknown")
    assert carrier.queries >= silent, "what is unknown is asked for"

    told = [m for m in deliveries if m not in carrier.silent_about]
    dead = set(told[::12])
    storm = [
        report(message, success=message not in dead, with_our_id=bool(place % 2))
        for place, message in enumerate([*told, *told])
    ]
    chance.shuffle(storm)
    pushes = [storm[at : at + 50] for at in range(0, len(storm), 50)]
    answers = await asyncio.gather(*map(office.bring, pushes))
    assert [(a.status_code, a.json()) for a in answers] == [(200, {"code": 0, "msg": "接收成功"})] * len(
        pushes
    )

    arrived_first = {m for m in dead if (await office.rows())[m]["status"] == "confirmed"}

    async def all_are_told() -> bool:
        return not (await office.counted())["accepted"]

    await until(all_are_told, within=30, what="receipts were lost")
    counted = await office.counted()
    assert counted["unknown"] == len(carrier.lost)
    assert counted["failed"] == len(dead - arrived_first)
    assert counted["confirmed"] == MESSAGES - counted["unknown"] - counted["failed"]
    assert settled > 0
    assert set(carrier.took.values()) == {1}, "somebody got it twice"
    rows = await office.rows()
    for message in carrier.lost:
        assert rows[message]["reason"], "what is known of it is shown"
        *before, _last = rows[message]["attempts"]
        assert {each["outcome"] for each in before} <= {"deferred"}, (
            "what was not sure to be untaken came again"
        )

    late = await office.bring([report(message) for message in carrier.lost])
    assert late.status_code == 200
    await until(lambda: _none_is_unknown(office), within=30)
    assert set(carrier.took.values()) == {1}


async def _none_is_unknown(office: Office) -> bool:
    return not (await office.counted())["unknown"]


async def test_a_receipt_that_is_ahead_of_our_own_record_waits_for_it(office: Office):
    """Its name for the message is all that it says, and nobody has heard that name yet."""
    kept = office.notify.store.collection("early_receipts")
    office.carrier.ahead = lambda message: office.bring([report(message, with_our_id=False)] * 2)
    office.carrier.silent_every = 1000
    deliveries = [await office.request() for _ in range(12)]

    async def settled() -> bool:
        rows = await office.rows()
        return sum(rows[m]["status"] == "confirmed" for m in deliveries if m in rows) == 4

    await until(settled, what="a receipt that came first was lost")
    assert await kept.count_documents({}) == 0
    nowhere = await office.bring([report(new_id(), with_our_id=False)])
    assert nowhere.status_code == 200
    assert await kept.count_documents({}) == 1
    assert "1380000" not in repr([row async for row in kept.find()])


async def test_half_of_a_list_is_taken_and_the_rest_is_parked(office: Office):
    office.carrier.silent_every = 1000
    delivery = await office.request()

    async def taken() -> bool:
        return (await office.rows()).get(delivery, {}).get("status") == "accepted"

    await until(taken)
    answer = await office.bring([report(delivery), {"biz_id": 7}, None, "x"])
    assert answer.status_code == 200
    assert (await office.rows())[delivery]["attempts"][0]["gateway"] == "aliyun-1"

    async def arrived() -> bool:
        return (await office.rows())[delivery]["status"] == "confirmed"

    await until(arrived)


async def test_whatever_else_is_brought_is_refused(office: Office):
    json = {"content-type": "application/json"}
    for path, body, status in [
        ("aliyun-1/receipts/no-secret-of-anybody-of-32-signs", b"[]", 404),
        (f"other/receipts/{SECRET}", b"[]", 404),
        (f"aliyun-1/receipts/{SECRET}", b"{", 400),
        (f"aliyun-1/receipts/{SECRET}", b"7", 400),
        (f"aliyun-1/receipts/{SECRET}", b"[1, null]", 400),
        (f"aliyun-1/receipts/{SECRET}", b"[" * 100_000, 400),
        (f"aliyun-1/receipts/{SECRET}", b"\xff\xfe", 400),
        (f"aliyun-1/receipts/{SECRET}", b" " * 600_000, 413),
        (f"aliyun-1/receipts/{SECRET}", b"[]", 200),
        (f"aliyun-1/replies/{SECRET}", b"[]", 200),
        ("aliyun-1/receipts/short", b"[]", 422),
    ]:
        answer = await office.door.post(f"/callbacks/{path}", content=body, headers=json)
        assert answer.status_code == status, (path, body[:8], answer.text)


async def test_without_notify_the_provider_is_asked_to_come_again(office: Office):
    await office.notify.bus.stop()
    answer = await office.bring([report(new_id())])
    assert answer.status_code == 503
    assert "retry-after" in answer.headers


async def test_a_reply_is_heard_once_however_often_it_is_brought(office: Office):
    said = {
        "phone_number": "13800000000",
        "content": "TD",
        "send_time": "2026-03-02 10:00:00",
        "sequence_id": 7,
    }
    for _ in range(3):
        assert (await office.bring([said, said], kind="replies")).json() == {"code": 0, "msg": "接收成功"}
    heard = office.notify.store.documents("reply")
    assert await heard.count_documents({"tenant": office.tenant}) == 1
    assert "138000" not in repr([row async for row in heard.find({"tenant": office.tenant})])

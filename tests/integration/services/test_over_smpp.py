"""Notify and an SMSC that others wrote: whatever dies in between, nobody is told twice, and what is known is on record."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lastmile import ports
from services.notify.app import build
from services.notify.delivery.projection import OUTBOX
from services.notify.reply.projection import WRITTEN_BACK
from shared.clock import now
from shared.envelope import Fact
from shared.events.submission import RequestSubmitted
from shared.ids import new_id
from shared.service import Service
from shared.vault import Locksmith, Vault
from tests.conftest import MakeSettings, OpenBus, OpenStore
from tests.fixtures.facts import fact, submission
from tests.fixtures.smsc import Smsc, account, smsc
from tests.fixtures.waiting import until

MANY = 300
pytestmark = pytest.mark.usefixtures("durables")


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Smsc]:
    async with smsc(tmp_path, receipts="text") as running:
        yield running


@pytest.fixture
async def notify(
    settings: MakeSettings, tmp_path: Path, there: Smsc, monkeypatch
) -> AsyncIterator[Callable[..., Any]]:
    """``await notify(window=5)``: one replica, with the SMSC as its only gateway."""
    monkeypatch.setattr("services.notify.delivery.patience._FIRST_PAUSE", timedelta(seconds=1))
    running: list[tuple[Service, asyncio.Task[None]]] = []

    async def start(**said: Any) -> Service:
        file = tmp_path / "gateways.toml"
        made = settings(
            "notify", gateways=file, http_port=ports.pick(()), tenant_name=said.pop("sender", "街道")
        )
        entries = account(there) | said
        entries["password"] = Locksmith(made.master).seal_setting(entries["password"])
        lines = (f"{name} = {_toml(value)}" for name, value in entries.items())
        file.write_text("[[gateway]]\n" + "\n".join(lines))
        service = build(made)
        running.append((service, asyncio.create_task(service.run())))
        await until(lambda: service._started, within=60)
        return service

    yield start
    for service, task in running:
        service.stopping.set()
        await task


def _toml(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


@pytest.fixture
async def residents(
    bus: OpenBus, store: OpenStore, settings: MakeSettings, tenant: str
) -> Callable[..., Any]:
    """``await residents(300)``: so many say something, and each leaves a number of his own. Returns the numbers."""
    corridor = await bus("intake")
    vault = Vault(store("intake"), settings("intake").master, "intake", pool=512)
    await vault.fill()

    async def say(number: int) -> list[str]:
        phones = [f"+8613{800000000 + place:09}" for place in range(number)]
        await asyncio.gather(
            *(corridor.journal.append(_said(vault, tenant, phone), expected=0) for phone in phones)
        )
        return phones

    return say


def _said(vault: Vault, tenant: str, phone: str) -> Fact:
    history = submission(tenant, new_id())
    sealed = vault.seal(history.subject, {"text": "路灯不亮", "phone": phone})
    event = RequestSubmitted(code=f"Q{phone[-6:]}", reachable=True, sealed=sealed, at=now())
    return fact(history, 1, event, recorded=now())


async def outbox(service: Service) -> list[dict[str, Any]]:
    return [row["body"] async for row in service.store.documents(OUTBOX.name).find()]


async def statuses(service: Service) -> Counter[str]:
    return Counter(row["status"] for row in await outbox(service))


async def test_a_long_message_is_confirmed_when_each_of_its_parts_has_arrived(notify, residents, there: Smsc):
    """The first part tells later than the others."""
    await there.shall(receipts=None)
    here = await notify(sender="梧桐里街道办事处社区综合服务中心网格化治理工作平台" * 2)
    await residents(1)

    async def accepted() -> bool:
        return await statuses(here) == {"accepted": 1}

    await until(accepted, pause=0.1)
    took = there.took
    row = (await outbox(here))[0]
    assert row["parts"] == len(took) > 1
    assert row["references"] == [each["took"] for each in took]
    for each in took[1:]:
        await there.shall(deliver=receipt(each))
    await until(lambda: len(there.said("acknowledged")) == len(took) - 1)
    assert await statuses(here) == {"accepted": 1}
    await there.shall(deliver=receipt(took[0]))

    async def confirmed() -> bool:
        return await statuses(here) == {"confirmed": 1}

    await until(confirmed, pause=0.1)


async def test_what_a_resident_writes_back_is_on_record_before_the_smsc_hears_so(notify, there: Smsc):
    here = await notify()
    await until(lambda: len(there.said("bound")) == 1)
    said = {"source_addr": "8613800000007", "source_addr_ton": 1, "destination_addr": "10690001"}
    await there.shall(deliver=said | {"short_message": "谢谢，灯亮了"})
    await until(lambda: [each["acknowledged"] for each in there.said("acknowledged")] == [0])

    async def read() -> bool:
        return await here.store.documents(WRITTEN_BACK.name).count_documents({}) == 1

    await until(read, pause=0.1)


async def test_an_smsc_that_is_killed_in_mid_stream_gets_nothing_twice(notify, residents, there: Smsc):
    """What it had taken without saying so is unknown, is never sent again, and is confirmed by the receipt that comes when
    it is back. What it never had goes out then.
    """
    await there.shall(after=30, receipts=None)
    here = await notify(window=10, at_once=20)
    phones = await residents(MANY)
    await until(lambda: len(there.took) > MANY // 3)
    await there.kill()
    before = there.took
    assert len(before) < MANY
    there.restarts(after=0, receipts="text", first=50_000)
    await there.start()

    async def settled() -> bool:
        return not {"requested", "attempted", "deferred"} & set(await statuses(here))

    await until(settled, within=120, pause=0.5)
    lost = (await statuses(here))["unknown"]
    assert 0 < lost <= 10, "as many as were on their way, and no more"
    for each in before:
        await there.shall(deliver=receipt(each))

    def whole() -> set[str]:
        had = Counter(each["to"] for each in there.took)
        return {each["to"] for each in there.took if had[each["to"]] == each["of"]}

    async def confirmed() -> bool:
        return (await statuses(here))["confirmed"] == len(whole())

    await until(confirmed, within=60, pause=0.5)
    twice = Counter((each["to"], each["part"]) for each in there.took)
    assert max(twice.values()) == 1, "nobody got anything twice"
    assert await statuses(here) == {"confirmed": len(whole()), "unknown": MANY - len(whole())}
    assert whole() <= {phone.removeprefix("+") for phone in phones}
    assert len(whole()) >= MANY - lost, "whoever was not on the way when it died got all of it"


def receipt(took: dict[str, Any]) -> dict[str, Any]:
    """As it comes for what was taken, whenever that was; every second one without our mark, as many SMSCs send it."""
    text = f"id:{took['took']} sub:001 dlvrd:001 submit date:2611281700 done date:2611281701 stat:DELIVRD err:000 text:"
    return {
        "source_addr": took["to"],
        "source_addr_ton": 1,
        "destination_addr": took["from"],
        "esm_class": 4,
        "short_message": text,
    } | ({"user_message_reference": took["mark"]} if int(took["took"]) % 2 else {})

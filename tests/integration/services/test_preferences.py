"""What people wish to hear, on a whole running stack: messages wait and become one, STOP stops, a link is enough."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.notify.preference.holders import Holders
from services.notify.replies import Replies
from shared.events.preference import PreferencesSet, ReplyHeard
from shared.store import Store
from shared.vault import Vault
from tests.fixtures.running import answered, lastmile
from tests.fixtures.street import Street, open_street
from tests.fixtures.waiting import until

WINDOW = 12  # seconds


@pytest.fixture(scope="module")
async def calm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    """The small street, where further news of a matter wait for some seconds."""
    directory = tmp_path_factory.mktemp("calm")
    async for street in open_street(directory, LASTMILE_FOLD_WINDOW=str(WINDOW)):
        yield street


async def told(street: Street, code: str, who: str) -> list[dict[str, Any]]:
    """The messages to one kind of recipient about one request, the oldest first."""
    items = (await street.staff.get("/v1/deliveries?limit=200")).json()["items"]
    return [each for each in reversed(items) if each["request"] == code and each["recipient"].startswith(who)]


async def sent(street: Street, code: str, who: str, number: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    async def there() -> bool:
        nonlocal found
        found = [each for each in await told(street, code, who) if each["text"]]
        return len(found) >= number

    await until(there, what=f"{number} messages about {code} to {who}", within=40)
    return found


async def submitted(street: Street, phone: str) -> dict[str, Any]:
    answer = await street.submit(reporter={"name": "周", "phone": phone})
    await sent(street, answer["code"], "reporter", 1)
    return answer


async def test_what_waits_becomes_one_message_that_says_the_latest(calm: Street):
    """Received at once; accepted and resolved come within the moment, and are one message."""
    said = await submitted(calm, "13800138001")
    await calm.reaches(said["code"], "assigned")
    await calm.do("AcceptRequest", said["code"], "w-li")
    await calm.do("ResolveRequest", said["code"], "w-li", outcome="修好了")
    first, latest = await sent(calm, said["code"], "reporter", 2)
    await asyncio.sleep(2)
    messages = await told(calm, said["code"], "reporter")
    assert [each["status"] for each in messages].count("folded") == 1
    assert "已收到" in first["text"]
    assert "已办结" in latest["text"]
    assert "合并了 2 次变化" in latest["text"]


async def test_the_first_message_says_where_to_opt_out_and_the_page_needs_no_script(calm: Street):
    said = await submitted(calm, "13800138002")
    [first] = await sent(calm, said["code"], "reporter", 1)
    found = re.search(r"(/p/[A-Za-z0-9_-]{16})", first["text"])
    assert found
    page = await calm.residents.get(found[1])
    assert page.status_code == 200
    assert "13800138002" not in page.text
    assert "<script" not in page.text.split("<main")[1].split("</main>")[0]
    form = {
        "on.requests.sms": "on",
        "quiet_from": "21:00",
        "quiet_until": "08:00",
        "language": "en",
        "daily.hall": "18:00",
    }
    saved = await calm.residents.post(found[1], data=form)
    assert saved.status_code == 303
    again = (await calm.residents.get(found[1])).text
    assert 'value="21:00"' in again
    assert re.search(r'name="on.notices.sms"[^>]*>', again)
    assert not re.search(r'name="on.notices.sms"[^>]* checked', again)
    assert re.search(r'name="on.requests.sms"[^>]* checked', again)
    wrong = await calm.residents.post(found[1], data=form | {"quiet_from": "soon"})
    assert wrong.status_code == 422
    nowhere = await calm.residents.get("/p/AAAAAAAAAAAAAAAA")
    assert nowhere.status_code == 404
    assert "请打开最近一条短信里的链接" in nowhere.text


async def test_whoever_holds_the_token_finds_the_same_page(calm: Street):
    said = await submitted(calm, "13800138003")
    [first] = await sent(calm, said["code"], "reporter", 1)
    bearer = {"authorization": f"Bearer {said['token']}"}
    answer = await calm.residents.post(f"/v1/requests/{said['code']}/preferences", headers=bearer, json={})
    assert answer.json()["page"] in first["text"]
    assert (await calm.residents.post(f"/v1/requests/{said['code']}/preferences", json={})).status_code == 401
    silent = await calm.submit()
    bearer = {"authorization": f"Bearer {silent['token']}"}
    answer = await calm.residents.post(f"/v1/requests/{silent['code']}/preferences", headers=bearer, json={})
    assert (answer.status_code, answer.json()["reason"]) == (404, "no_contact")


class Corridor:
    """What a gateway's receipts do in the service: here over the bus."""

    def __init__(self, street: Street) -> None:
        self._bus = street.bus

    async def do(self, command: Any, *, cause: str = "") -> None:
        reply = await self._bus.send(command)
        assert reply.ok, (reply, cause)


async def hear(street: Street, number: str, text: str, name: str) -> None:
    settings = street.settings
    store = Store(settings, "notify")
    vault = Vault(store, settings.master, "notify", pool=1)
    await vault.fill()
    desk: Any = Corridor(street)
    replies = Replies(desk, vault, Holders(store, settings.master, settings.tenant), settings.tenant)
    await replies.hear("sandbox", number=number, text=text, name=name)
    store.close()


async def confirmations(street: Street, template: str) -> list[dict[str, Any]]:
    items = (await street.staff.get("/v1/deliveries?limit=200")).json()["items"]
    return [each for each in items if each["template"] == template and each["text"]]


async def test_stop_stops_and_is_confirmed_once_whatever_is_repeated(calm: Street):
    """In full width, without the country's code, and brought four times: nothing more is said to that number."""
    said = await submitted(calm, "13800138004")
    for name in ("m1", "m1", "m2", "m3"):
        await hear(calm, "13800138004", " ＴＤ。", name)
    await until(lambda: _any(confirmations(calm, "sms.contact.stopped")), what="no confirmation", within=30)
    await calm.reaches(said["code"], "assigned")
    await calm.do("AcceptRequest", said["code"], "w-li")
    await calm.do("ResolveRequest", said["code"], "w-li")
    other = await calm.submit(reporter={"name": "周", "phone": "13800138004"})
    await calm.reaches(other["code"], "assigned")
    await asyncio.sleep(WINDOW + 3)
    assert len(await told(calm, said["code"], "reporter")) == 1, "the first message, before it was stopped"
    assert await told(calm, other["code"], "reporter") == []
    [confirmed] = await confirmations(calm, "sms.contact.stopped")
    assert "/p/" in confirmed["text"]
    heard = [fact for fact in await calm.facts(f"journal.{calm.settings.tenant}.*.notify.reply.>")]
    assert len({fact.history.id for fact in heard}) == 3
    assert len(heard) == 3, "a repeat is one fact"
    subject = f"journal.{calm.settings.tenant}.*.notify.preference.>"
    stopped = [
        f.event for f in await calm.facts(subject) if isinstance(f.event, PreferencesSet) and f.event.stopped
    ]
    assert len(stopped) == 1
    await hear(calm, "+8613800138004", "恢复", "m4")
    third = await calm.submit(reporter={"name": "周", "phone": "13800138004"})
    await sent(calm, third["code"], "reporter", 1)


async def test_any_other_reply_is_read_by_somebody_and_seen_to(calm: Street):
    """Words stand sealed; who looks is on record; who gave them can have them forgotten."""
    said = await submitted(calm, "13800138005")
    await hear(calm, "13800138005", "还是没有修好，请再来看看", "m5")

    async def waiting() -> list[dict[str, Any]]:
        items = (await calm.staff.get("/v1/replies")).json()["items"]
        return [each for each in items if each["code"] == said["code"]]

    await until(lambda: _any(waiting()), what="nobody sees the reply", within=30)
    [reply] = await waiting()
    facts = await calm.facts(f"journal.{calm.settings.tenant}.*.notify.reply.>")
    assert all(
        "没有修好" not in fact.event.model_dump_json() for fact in facts if isinstance(fact.event, ReplyHeard)
    )
    worker = {"authorization": calm.bearer("w-li", "worker")}
    assert (await calm.staff.get("/v1/replies", headers=worker)).status_code == 403
    words = await calm.staff.post(f"/v1/replies/{reply['reply']}/words", json={"purpose": "回电"})
    assert words.json() == {"phone": "+8613800138005", "text": "还是没有修好，请再来看看"}
    erased = await calm.staff.post(f"/v1/requests/{said['code']}/erasure")
    assert erased.status_code == 200

    async def forgotten() -> bool:
        again = await calm.staff.post(f"/v1/replies/{reply['reply']}/words", json={"purpose": "回电"})
        return again.json() == {"erased": True}

    await until(forgotten, what="what was written back can still be read", within=30)
    store = Store(calm.settings, "notify")
    holders = Holders(store, calm.settings.master, calm.settings.tenant)
    assert await holders.known({"x": {"phone": "+8613800138005"}}) == {}, "the index still knows the number"
    store.close()
    settled = await calm.staff.post("/v1/commands/SettleReply", json={"reply": reply["reply"]})
    assert settled.status_code == 200

    async def gone() -> bool:
        items = (await calm.staff.get("/v1/replies")).json()["items"]
        return all(each["reply"] != reply["reply"] for each in items)

    await until(gone, what="it is still listed", within=30)


async def _any(rows: Any) -> bool:
    return bool(await rows)


async def test_a_worker_says_it_for_himself_and_reads_english(calm: Street):
    reached = {"name": "王", "phone": "13900001111", "chat": "@wang"}
    post = {"grid": "G-2", "duty": "volunteer", "worker": "w-wang", "sealed": reached}
    assert (await calm.staff.post("/v1/commands/PostWorker", json=post)).status_code == 200
    worker = {"authorization": calm.bearer("w-wang", "worker")}
    body = {"language": "en", "digests": [{"topic": "work", "daily_at": "18:00"}]}
    answer = await calm.staff.post("/v1/commands/SetPreferences", json=body, headers=worker)
    assert answer.status_code == 200, answer.text
    wished = (await calm.staff.get("/v1/preferences", headers=worker)).json()
    assert (wished["holder"], wished["language"]) == ("worker:w-wang", "en")
    other = await calm.staff.post(
        "/v1/commands/SetPreferences", json={"holder": "worker:w-li", "stopped": True}, headers=worker
    )
    assert other.status_code == 403
    said = await calm.submit(location={"lon": 121.4015, "lat": 31.2005})
    [message] = await sent(calm, said["code"], "worker:w-wang", 1)
    assert "accept" in message["text"].lower()
    assert (
        await calm.staff.get(
            "/preferences", headers={"cookie": f"lastmile_staff={worker['authorization'][7:]}"}
        )
    ).status_code == 200


async def test_an_operator_says_it_for_a_worker_who_asks(calm: Street):
    """What is not said stays; what cannot be meant is refused in words."""
    data = f"--data={calm.stack.data}"
    said = (
        "preferences",
        "set",
        "w-he",
        "--off",
        "hall/sms",
        "--daily",
        "notices=18:00",
        "--quiet",
        "21:00-06:30",
    )
    await asyncio.to_thread(answered, *said, data)
    await asyncio.to_thread(answered, "preferences", "set", "w-he", "--stop", data)
    wished = await asyncio.to_thread(answered, "preferences", "show", "w-he", data)
    assert wished["stopped"]
    assert wished["off"] == [{"topic": "hall", "channel": "sms"}]
    assert wished["digests"] == [{"topic": "notices", "daily_at": "18:00"}]
    assert (wished["quiet_from"], wished["quiet_until"]) == ("21:00", "06:30")
    refused = await asyncio.to_thread(
        lastmile, "preferences", "set", "w-he", "--quiet", "late", data, expect=1
    )
    assert "cannot be used" in refused.stderr

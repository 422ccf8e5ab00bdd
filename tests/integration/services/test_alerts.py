"""Warnings on a whole running stack: relayed to exactly their grids, once; superseded, cancelled; seen, or the next are called."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.ids import alert_id, new_id
from tests.fixtures.running import Running, answered, lastmile
from tests.fixtures.street import Street, open_street, plan
from tests.fixtures.waiting import until

WITHIN = 60.0  # seconds, on a machine that has other things to do
AREAS = [
    {"code": "S", "level": "street", "zh": "街道"},
    {"code": "C-1", "level": "community", "parent": "S", "zh": "一社区", "head": "s-lin"},
    {"code": "C-2", "level": "community", "parent": "S", "zh": "二社区"},
]
XML = {"content-type": "application/cap+xml"}
LEVELS = """
[red]
worker = ["chat", "sms"]
resident = ["sms"]
acknowledge_within_minutes = 0.1
[orange]
worker = ["chat"]
resident = ["sms"]
[yellow]
worker = ["chat"]
[blue]
worker = []
[none]
worker = ["chat"]
"""
"""Six seconds to acknowledge, for a test."""


@pytest.fixture(scope="module")
async def tree(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    """The small street with communities above its two grids, a phone for everybody, and an alerts.toml of its own."""
    directory = tmp_path_factory.mktemp("alerts")
    (directory / "data").mkdir()
    (directory / "data" / "alerts.toml").write_text(LEVELS)
    async for street in open_street(directory):
        drawn = plan()
        for number, feature in enumerate(drawn["features"], start=1):
            feature["properties"]["parent"] = f"C-{number}"
        path = directory / "tree.geojson"
        path.write_text(json.dumps(drawn | {"areas": AREAS}))
        await asyncio.to_thread(lastmile, "grids", "import", str(path), f"--data={street.stack.data}")
        for grid, duty, who, phone in (
            ("G-1", "worker", "w-li", "13800000001"),
            ("G-2", "worker", "w-wang", "13800000002"),
            ("G-1", "deputy", "w-de", "13800000003"),
            ("C-1", "head", "s-lin", "13800000004"),
        ):
            sealed = {"name": who, "phone": phone, "chat": who}
            said = {"grid": grid, "duty": duty, "worker": who, "sealed": sealed}
            answer = await street.staff.post("/v1/commands/PostWorker", json=said)
            assert answer.status_code == 200, answer.text
        yield street


def moment(**later: float) -> str:
    return (datetime.now(UTC) + timedelta(**later)).replace(microsecond=0).isoformat()


def square(west: float, size: float = 0.0005) -> str:
    south, east, north = 31.2002, west + size, 31.2002 + size
    ring = ((south, west), (south, east), (north, east), (north, west), (south, west))
    return " ".join(f"{lat},{lon}" for lat, lon in ring)


def cap(name: str, kind: str = "Alert", *, about: str = "", west: float = 121.4002, **said: Any) -> bytes:
    """A warning for G-1 unless it says where else."""
    info = {"severity": "Extreme", "colour": "红色", "expires": moment(hours=6), "sent": moment()} | said
    references = f"<references>qx,{about},{moment(minutes=-1)}</references>" if about else ""
    head = (
        f"<identifier>{name}</identifier><sender>qx</sender><sent>{info['sent']}</sent><status>Actual</status>"
        f"<msgType>{kind}</msgType><scope>Public</scope>{references}"
    )
    body = (
        "<info><language>zh-CN</language><category>Met</category><event>暴雨</event><urgency>Immediate</urgency>"
        f"<severity>{info['severity']}</severity><certainty>Observed</certainty><expires>{info['expires']}</expires>"
        f"<senderName>市气象台</senderName><headline>市气象台发布暴雨{info['colour']}预警</headline>"
        f"<description>三小时内降雨一百毫米以上</description><instruction>停止户外作业</instruction>"
        f"<area><areaDesc>青禾</areaDesc><polygon>{square(west)}</polygon></area></info>"
    )
    space = "urn:oasis:names:tc:emergency:cap:1.2"
    whole = f'<alert xmlns="{space}">{head}{"" if kind == "Cancel" else body}</alert>'
    return whole.encode()


async def relay(street: Street, data: bytes) -> httpx.Response:
    return await street.staff.post("/v1/alerts", content=data, headers=XML)


async def begun(street: Street, *, length: int) -> bytes:
    """Announce so many bytes and send none; return the first line of the answer."""
    url = httpx.URL(street.stack.url("console"))
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = f"POST /v1/alerts HTTP/1.1\r\nhost: x\r\ncontent-type: application/cap+xml\r\ncontent-length: {length}\r\n\r\n"
    writer.write(head.encode())
    line = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return line


async def relayed(street: Street, data: bytes) -> str | None:
    answer = await relay(street, data)
    assert answer.status_code == 200, answer.text
    return (answer.json()["event"] or {}).get("type")


async def shown(street: Street, name: str, who: str = "s-chen") -> dict[str, Any]:
    headers = {"authorization": street.bearer(who, "worker" if who.startswith("w-") else "staff")}
    items = (await street.staff.get("/v1/alerts", headers=headers)).json()["items"]
    return next((each for each in items if each["identifier"] == name), {})


async def told(street: Street, alert: str) -> list[tuple[str, str]]:
    """Who was told of it, over what: of every notice because of it."""
    found = await street.facts("journal.*.*.notify.notice.>")
    notices = {fact.history.id for fact in found if getattr(fact.event, "because", "") == alert}
    rows = (await street.staff.get("/v1/deliveries", params={"limit": 200})).json()["items"]
    return sorted((row["recipient"], row["channel"]) for row in rows if row["because"] in notices)


async def tells(street: Street, name: str, *expected: tuple[str, str]) -> None:
    alert, seen = alert_id("qx", name), []

    async def all_told() -> bool:
        seen[:] = await told(street, alert)
        return seen == sorted(expected)

    try:
        await until(all_told, what="not told as expected", within=WITHIN)
    except BaseException:
        print(name, seen)
        raise


LI = (("worker:w-li", "chat"), ("worker:w-li", "sms"))
DEPUTY = (("worker:w-de", "chat"), ("worker:w-de", "sms"))


async def test_the_same_twice_is_one_broadcast_and_its_update_and_end_reach_whoever_got_it(tree: Street):
    """The update lies in the other grid: whoever got the first hears of it, and the new ones; so they do of the end."""
    first = cap("one")
    assert [await relayed(tree, first), await relayed(tree, first)] == ["AlertRelayed", None]
    await tells(tree, "one", *LI, *DEPUTY)
    update = cap("two", "Update", about="one", west=121.4012, severity="Severe", colour="橙色")
    assert await relayed(tree, update) == "AlertRelayed"
    await tells(tree, "two", *LI, *DEPUTY, ("worker:w-wang", "chat"))
    assert await relayed(tree, cap("three", "Cancel", about="two")) == "AlertRelayed"
    await tells(tree, "three", *LI, *DEPUTY, ("worker:w-wang", "chat"))
    assert [(await shown(tree, each))["stands"] for each in ("one", "two", "three")] == [
        "cancelled",
        "cancelled",
        "cancellation",
    ]
    other = await relay(tree, cap("one", colour="橙色"))
    assert (other.status_code, other.json()["reason"]) == (409, "alert_differs")


async def test_an_end_that_comes_first_leaves_nobody_told(tree: Street):
    assert await relayed(tree, cap("gone", "Cancel", about="never")) == "AlertRelayed"
    assert await relayed(tree, cap("never", sent=moment(minutes=-2))) == "AlertArrivedLate"
    assert await relayed(tree, cap("after", west=121.4012, colour="黄色")) == "AlertRelayed"
    await tells(tree, "after", ("worker:w-wang", "chat"))
    assert await told(tree, alert_id("qx", "never")) == []
    assert (await shown(tree, "never"))["stands"] == "cancelled"


async def test_what_is_over_or_elsewhere_is_refused_with_its_reason(tree: Street):
    for data, why in (
        (cap("old", sent=moment(hours=-9), expires=moment(hours=-8)), "alert_expired"),
        (cap("far", west=10.0), "reaches_nobody"),
    ):
        answer = await relay(tree, data)
        assert (answer.status_code, answer.json()["reason"]) == (409, why)
    bomb = await relay(tree, b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + cap("bomb"))
    assert bomb.json()["about"]["why"] == "document_type"
    assert (await relay(tree, b" " * 600_000)).status_code == 413
    assert b" 413 " in await begun(tree, length=20_000_000), "before the rest is sent"
    json_sent = await tree.staff.post("/v1/alerts", json={"file": "x"})
    assert json_sent.status_code == 415
    headers = XML | {"authorization": tree.bearer("w-li", "worker")}
    worker = await tree.staff.post("/v1/alerts", content=cap("mine"), headers=headers)
    assert worker.status_code == 403


async def test_where_nobody_says_that_it_was_seen_the_deputy_is_called_and_then_the_head(tree: Street):
    assert await relayed(tree, cap("seen")) == "AlertRelayed"

    async def called() -> bool:
        row = await shown(tree, "seen")
        return [each["worker"] for each in row["called"]] == ["w-li", "w-de", "s-lin"]

    await until(called, what="nobody else was called", within=WITHIN)
    said = {"alert": alert_id("qx", "seen"), "worker": "w-de"}
    headers = {"authorization": tree.bearer("w-de", "worker")}
    assert (await shown(tree, "seen", "w-de"))["mine"]
    answer = await tree.staff.post("/v1/commands/AcknowledgeAlert", json=said, headers=headers)
    assert answer.json()["event"]["type"] == "AlertAcknowledged", answer.text

    async def seen() -> bool:
        row = await shown(tree, "seen")
        return row["unseen"] == [] and [each["worker"] for each in row["seen"]] == ["w-de"]

    await until(seen, what="it does not show who has seen it")
    called_up = {("worker:w-de", "sms.worker.alert_unseen"), ("worker:s-lin", "sms.worker.alert_unseen")}

    async def both_told() -> bool:
        rows = (await tree.staff.get("/v1/deliveries", params={"limit": 200})).json()["items"]
        return called_up <= {(row["recipient"], row["template"]) for row in rows}

    await until(both_told, what="whoever was called was not told", within=WITHIN)


async def test_a_form_goes_the_same_way(tree: Street):
    form = {
        "kind": "Alert",
        "event": "大风",
        "level": "yellow",
        "onset": moment(),
        "areas": ["C-2"],
        "warnings": "阵风八级",
        "measures": "远离广告牌",
        "issuer": "区 应急局",
        "sent": moment(),
    }

    async def send(**said: Any) -> httpx.Response:
        key = {"idempotency-key": new_id()}
        return await tree.staff.post("/v1/commands/RelayAlert", json={"form": form | said}, headers=key)

    first, again = await send(), await send()
    assert (first.json()["event"]["type"], again.json()["event"]) == ("AlertRelayed", None)
    row = next(
        each for each in (await tree.staff.get("/v1/alerts")).json()["items"] if each["source"] == "form"
    )
    assert (row["grids"], row["hazards"][0]["said"]["issuer"]) == (["G-2"], "区 应急局")
    ended = await send(kind="Cancel", about=row["id"])
    assert ended.json()["event"]["type"] == "AlertRelayed"

    async def over() -> bool:
        items = (await tree.staff.get("/v1/alerts")).json()["items"]
        return next(each for each in items if each["id"] == row["id"])["stands"] == "cancelled"

    await until(over, what="the form did not end it")
    nobody = await send(kind="Update", about="nothing")
    assert (nobody.status_code, nobody.json()["reason"]) == (409, "no_alert")
    mine = await tree.staff.post("/v1/commands/RelayAlert", json={"form": form, "called": []})
    assert mine.status_code == 422


async def test_by_program_and_over_the_bus(tree: Street, tmp_path):
    stack: Running = tree.stack
    path = tmp_path / "warning.xml"
    path.write_bytes(cap("program", west=121.4012, colour="黄色"))
    at = f"--data={stack.data}"
    asked = await asyncio.to_thread(answered, "alert", str(path), at)
    assert (asked["grids"], asked["workers"], asked["would"]) == (["G-2"], 1, "be_relayed")
    done = await asyncio.to_thread(answered, "alert", "relay", str(path), at)
    assert done["event"]["type"] == "AlertRelayed"
    again = await tree.bus.ask("inbound.cap.alert", {"file": b64encode(path.read_bytes()).decode()})
    assert again == {"alert": done["alert"], "event": None}
    asked = await asyncio.to_thread(answered, "alert", str(path), at)
    assert (asked["stands"], asked["would"]) == ("relayed", "change_nothing")

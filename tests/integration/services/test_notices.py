"""Notices on a whole running stack: previewed, published, read, scheduled, stopped; each community its own."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from shared.ids import new_id, short
from shared.staff import make_token
from tests.fixtures.street import Street, open_street
from tests.fixtures.waiting import until
from tests.load.crowds import enter_people

Json = dict[str, Any]
PEOPLE, TWICE = 60, 5
WITHIN = 60.0  # seconds
WORDS = {"title": {"zh": "停水通知"}, "text": {"zh": "明日九时停水。", "en": "No water from nine tomorrow."}}


@pytest.fixture(scope="module")
async def peopled(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    """Sixty records of people in two grids; five of them are other records' people."""
    async for street in open_street(tmp_path_factory.mktemp("notices")):
        await enter_people(street.bus, street.settings, PEOPLE, ["G-1", "G-2"], twice=TWICE)
        here = partial(all_there, street)
        await until(here, within=WITHIN, pause=0.3, what="notify does not know the people")
        yield street


async def all_there(street: Street) -> bool:
    found = await previewed(street, {"everyone": True})
    return found["recipients"] + found["left_out"].get("same_address", 0) == PEOPLE


async def previewed(street: Street, audience: Json, who: str | None = None) -> Json:
    headers = {"authorization": who} if who else {}
    body = WORDS | {"audience": audience}
    answer = await street.staff.post("/v1/notices/preview", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def told(street: Street, notice: str) -> Json:
    answer = await street.staff.get("/v1/notices", params={"notice": notice})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"][0]


async def send(street: Street, name: str, who: str | None = None, /, **body: Any) -> Any:
    headers = {"authorization": who} if who else {}
    return await street.staff.post(f"/v1/commands/{name}", json=body, headers=headers)


async def ends(street: Street, notice: str) -> Json:
    state: Json = {}

    async def over() -> bool:
        nonlocal state
        state = await told(street, notice)
        return state["stage"] in ("finished", "cancelled") and state["waiting"] == 0

    await until(over, within=WITHIN, pause=0.3, what=f"{notice} does not end")
    return state


def secretary(street: Street, *areas: str) -> str:
    return f"Bearer {make_token(street.settings, 's-lin', 'secretary', areas=areas)}"


async def test_a_preview_says_who_gets_it_who_does_not_and_how_long_it_is(peopled: Street):
    found = await previewed(peopled, {"everyone": True})
    assert (found["recipients"], found["channels"]) == (PEOPLE - TWICE, {"sms": PEOPLE - TWICE})
    assert found["left_out"] == {"same_address": TWICE}
    assert found["message"]["zh"]["sms"] >= 1
    assert "No water" in found["message"]["en"]["text"]
    half = await previewed(peopled, {"grids": ["G-1"]})
    assert 0 < half["recipients"] < PEOPLE - TWICE


async def test_everybody_gets_one_message_and_anybody_can_read_it(peopled: Street):
    notice = new_id()
    said = {"notice": notice, "audience": {"everyone": True}, **WORDS}
    assert (await send(peopled, "PublishNotice", **said)).json()["event"]["type"] == "NoticePublished"
    state = await ends(peopled, notice)
    assert (state["gone_out"], state["recipients"]) == (PEOPLE - TWICE, PEOPLE - TWICE)
    assert state["outcomes"] == {"accepted": PEOPLE - TWICE}
    page = await peopled.residents.get(f"/n/{notice}", headers={"accept-language": "zh"})
    assert (page.status_code, "明日九时停水" in page.text) == (200, True)
    assert (await peopled.residents.get(f"/n/{new_id()}")).status_code == 404
    texts = await texts_of(peopled, notice)
    assert len(texts) == PEOPLE - TWICE
    assert all(f"/n/{short(notice)} " in text for text in texts), (
        "and then the way out, since it is the first one"
    )
    assert (await peopled.residents.get(f"/n/{short(notice)}")).status_code == 200


async def texts_of(street: Street, notice: str) -> list[str]:
    rows = await street.bus.ask("query.notify.Outbox", {"limit": 200})
    return [row["text"] for row in rows if row["because"] == notice]


async def test_only_the_first_message_to_a_number_says_where_to_opt_out(peopled: Street):
    """Nobody of the grid book was ever asked: the first notice brings each the way out of his own, and the next one costs no
    more than its words. Who takes it gets nothing further.
    """
    first, second = new_id(), new_id()
    for notice in (first, second):
        await send(peopled, "PublishNotice", notice=notice, audience={"everyone": True}, **WORDS)
        await ends(peopled, notice)
    found = await previewed(peopled, {"everyone": True})
    assert found["message"]["zh"]["sms_first"] >= found["message"]["zh"]["sms"]
    rows = await peopled.bus.ask("query.notify.Outbox", {"limit": 200})
    links = [link for row in rows for link in re.findall(r"/p/[A-Za-z0-9_-]{16}", row["text"] or "")]
    assert len(links) == len(set(links)) == PEOPLE - TWICE
    assert not [text for text in await texts_of(peopled, second) if "/p/" in text]
    for stopped, recipients in (("yes", PEOPLE - TWICE - 1), ("no", PEOPLE - TWICE)):
        said = await peopled.residents.post(links[0], data={"stopped": stopped})
        assert said.status_code == 303
        assert (await previewed(peopled, {"everyone": True}))["recipients"] == recipients


async def test_whoever_got_an_earlier_one_is_an_audience(peopled: Street):
    notice = new_id()
    first = {"notice": notice, "audience": {"grids": ["G-2"]}, **WORDS}
    await send(peopled, "PublishNotice", **first)
    state = await ends(peopled, notice)
    again = await previewed(peopled, {"of_notice": notice})
    assert again["recipients"] == state["recipients"] > 0


async def test_what_is_scheduled_waits_and_what_is_stopped_in_time_goes_to_nobody(peopled: Street):
    notice = new_id()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    said = {"notice": notice, "audience": {"everyone": True}, "starts": tomorrow, **WORDS}
    assert (await send(peopled, "PublishNotice", **said)).status_code == 200
    assert (await peopled.residents.get(f"/n/{notice}")).status_code == 404, "not before its time"
    assert (await told(peopled, notice))["stage"] == "published"
    assert (await send(peopled, "CancelNotice", notice=notice, reason="改期")).status_code == 200

    async def stopped() -> bool:
        return (await told(peopled, notice))["stage"] == "cancelled"

    await until(stopped, what="it is not stopped")
    assert (await told(peopled, notice))["requested"] == 0


async def test_places_that_there_are_not_are_named_before_nobody_is_told(peopled: Street):
    """A slip of the pen would reach nobody, and nobody would know."""
    nowhere = {"audience": {"grids": ["G-1", "G-77"]}, **WORDS}
    preview = await peopled.staff.post("/v1/notices/preview", json=nowhere)
    published = await send(peopled, "PublishNotice", notice=new_id(), **nowhere)
    saved = await send(peopled, "SaveAudience", audience=new_id(), name="某处", who={"communities": ["C-77"]})
    for answer, code in ((preview, "G-77"), (published, "G-77"), (saved, "C-77")):
        problem = answer.json()
        assert (problem["reason"], problem["about"]) == ("unknown_area", {"areas": [code]}), answer.text


async def test_a_saved_audience_is_used_by_its_name(peopled: Street):
    audience = new_id()
    saved = await send(peopled, "SaveAudience", audience=audience, name="一网格", who={"grids": ["G-1"]})
    assert saved.status_code == 200, saved.text

    async def listed() -> bool:
        items = (await peopled.staff.get("/v1/audiences")).json()["items"]
        return [each["name"] for each in items if each["audience"] == audience] == ["一网格"]

    await until(listed, what="the audience is not listed")
    found = await previewed(peopled, {"saved": audience})
    assert found["recipients"] == (await previewed(peopled, {"grids": ["G-1"]}))["recipients"]


async def test_a_community_tells_its_own_people_alone(peopled: Street):
    """Whatever a secretary asks for, the communities of the token are the limit; the street's notices are not theirs to stop."""
    nobody = secretary(peopled, "C-9")
    assert (await previewed(peopled, {"everyone": True}, nobody))["recipients"] == 0
    all_of_it = await previewed(peopled, {"everyone": True}, secretary(peopled, "C-1"))
    assert all_of_it["recipients"] == PEOPLE - TWICE
    notice = new_id()
    said = {"notice": notice, "audience": {"everyone": True}, **WORDS}
    assert (await send(peopled, "PublishNotice", nobody, **said, within=["C-1"])).status_code == 422
    assert (await send(peopled, "PublishNotice", **said)).status_code == 200
    await ends(peopled, notice)
    assert (await send(peopled, "CancelNotice", nobody, notice=notice)).status_code == 404
    worker = peopled.bearer("w-li", "worker")
    assert (await send(peopled, "PublishNotice", worker, **said | {"notice": new_id()})).status_code == 403

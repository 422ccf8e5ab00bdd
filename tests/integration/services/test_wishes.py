"""A micro-wish on a whole running stack: wished for, shown, claimed by two at once, confirmed, fulfilled, thanked."""

import asyncio
import json
from typing import Any

from shared.ids import new_id
from tests.fixtures.street import Json, Street, something
from tests.fixtures.waiting import until

WORDING = "一位行动不便的老人，想有人推轮椅陪着晒晒太阳"
SECRETS = ("李秀英", "13900007777", "3号楼201")


async def said(street: Street, name: str, who: str = "s-chen", /, **body: Any) -> str | None:
    role = "worker" if who.startswith("w-") else "staff"
    headers = {"authorization": street.bearer(who, role)}
    answer = await street.staff.post(f"/v1/commands/{name}", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return (answer.json()["event"] or {}).get("type")


async def wished(street: Street) -> Json:
    reporter = {"name": "李秀英", "phone": "13900007777"}
    place = {"lon": 121.4005, "lat": 31.2005, "address": "3号楼201"}
    text = "腿脚不方便，想有人推轮椅陪我下楼晒太阳"
    wish = await street.submit(
        text=text, kind="wish", category=something(), reporter=reporter, location=place
    )
    await street.reaches(wish["id"], "assigned")
    return wish


async def public(street: Street, wish: str) -> Json | None:
    answer = await street.residents.get("/v1/wishes")
    assert answer.status_code == 200, answer.text
    assert not any(secret in answer.text for secret in SECRETS)
    return next((one for one in answer.json()["items"] if one["id"] == wish), None)


async def at_the_desk(street: Street, wish: str) -> Json:
    rows = (await street.staff.get("/v1/wishes")).json()["items"]
    return next(row for row in rows if row["id"] == wish)


async def stands(street: Street, wish: str, what: str) -> None:
    async def so() -> bool:
        found = await public(street, wish)
        return found is not None and found["stands"] == what

    await until(so, what=f"the wall does not say {what}")


async def told(street: Street, *templates: str) -> list[Json]:
    """Wait until each of these was sent, and return all that was sent."""
    rows: list[Json] = []

    async def sent() -> bool:
        rows[:] = (await street.staff.get("/v1/deliveries", params={"limit": 200})).json()["items"]
        return set(templates) <= {row["template"] for row in rows}

    await until(sent, what=f"{templates} were not sent")
    return rows


async def test_from_a_wish_to_thanks(street: Street):
    """Two claim it at the same moment; one comes, after staff's yes; the resident says thank you, and all hear once."""
    wish = await wished(street)
    name = wish["id"]
    assert await public(street, name) is None
    nosy = await street.residents.post(f"/v1/wishes/{name}/claims", json=giver("13800000001"))
    assert nosy.status_code == 404
    assert (
        await said(street, "PublishWish", request=name, wording=WORDING, category="company")
        == "WishPublished"
    )
    await stands(street, name, "open")

    one, other = await asyncio.gather(
        *(
            street.residents.post(f"/v1/wishes/{name}/claims", json=giver(f"1380000000{number}"))
            for number in (1, 2)
        )
    )
    first, late = sorted((one, other), key=lambda answer: answer.status_code)
    assert (first.status_code, late.status_code) == (201, 409), (one.text, other.text)
    assert late.json()["reason"] == "wish_claimed"
    assert late.json()["about"].keys() == {"offer", "token"}
    await stands(street, name, "waiting")
    refused = await street.command("FulfilWish", name)
    assert refused.json()["reason"] == "claim_not_confirmed"

    offer = first.json()["offer"]
    fitting = (await street.staff.get(f"/v1/wishes/{name}/offers")).json()["items"]
    assert [row["id"] for row in fitting] == [late.json()["about"]["offer"]]
    opened = await street.staff.post(f"/v1/offers/{offer}/contact", json={"purpose": "核实认领人"})
    assert "赵志强" in opened.json()["text"]
    assert await said(street, "ConfirmClaim", request=name, offer=offer) == "ClaimConfirmed"
    await stands(street, name, "claimed")

    worker = (await street.matter(name))["state"]["worker"]
    assert (
        await said(street, "FulfilWish", worker, request=name, note="周六上午陪了两小时") == "WishFulfilled"
    )
    await street.reaches(name, "resolved")
    early = await street.command("ThankForWish", name)
    assert early.json()["reason"] == "not_thanked_yet"
    thanks = {"solved": True, "satisfaction": 5, "comment": "谢谢小赵，晒到太阳真暖和"}
    headers = {"authorization": f"Bearer {wish['token']}"}
    answer = await street.residents.post(
        f"/v1/requests/{wish['code']}/feedback", json=thanks, headers=headers
    )
    assert answer.status_code == 200, answer.text
    await street.reaches(name, "closed")
    assert (found := await public(street, name)) is not None
    assert found["thanks"] is None
    assert await said(street, "ThankForWish", request=name, public=True) == "WishThanked"

    async def shown() -> bool:
        found = await public(street, name)
        return found is not None and found["thanks"] == thanks["comment"]

    await until(shown, what="the thanks are not shown")
    row = await at_the_desk(street, name)
    assert (row["wish"]["stands"], row["thanks"]) == ("fulfilled", thanks["comment"])
    heard = await told(street, "sms.giver.thanked", "sms.reporter.wish_claimed", "sms.worker.wish_claimed")
    mine = [row["template"] for row in heard if row.get("recipient") == f"giver:{offer}"]
    assert sorted(mine) == [f"sms.giver.{what}" for what in ("confirmed", "fulfilled", "received", "thanked")]
    assert not any(secret in json.dumps(mine, ensure_ascii=False) for secret in SECRETS)


def giver(phone: str) -> Json:
    return {"giver": "volunteer", "name": "赵志强", "phone": phone, "text": "周末都可以"}


async def test_an_offer_is_for_as_many_wishes_as_it_says_and_who_withdraws_it_lets_go(street: Street):
    """The same key is the same offer; the last time of it is given once; withdrawn, its wish is free again."""
    key = {"idempotency-key": new_id()}
    body = giver("13800000003") | {"category": "haircut", "text": "上门理发", "times": 1}
    answers = [await street.residents.post("/v1/offers", json=body, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    offered = answers[0].json()
    assert answers[1].json() == offered
    again = await street.residents.post("/v1/offers", json=body | {"times": 2}, headers=key)
    assert (again.status_code, again.json()["reason"]) == (422, "another_body")

    one, other = [(await wished(street))["id"] for _ in range(2)]
    assert await said(street, "ClaimWish", request=one, offer=offered["offer"]) == "WishClaimed"

    async def drawn_on() -> bool:
        rows = (await street.staff.get("/v1/offers")).json()["items"]
        return [row["stands"] for row in rows if row["id"] == offered["offer"]] == ["used"]

    await until(drawn_on, what="the offer is not used up")
    answer = await street.command("ClaimWish", other, offer=offered["offer"])
    assert (answer.status_code, answer.json()["reason"]) == (409, "offer_used_up")
    taken = await street.residents.post(
        f"/v1/offers/{offered['offer']}/withdrawal", headers={"authorization": "Bearer not-the-token"}
    )
    assert taken.status_code == 403
    token = {"authorization": f"Bearer {offered['token']}"}
    taken = await street.residents.post(f"/v1/offers/{offered['offer']}/withdrawal", headers=token)
    assert taken.status_code == 200, taken.text

    async def free() -> bool:
        return (await at_the_desk(street, one))["wish"]["stands"] == "open"

    await until(free, what="the wish is not free again")
    refused = await street.command(
        "ClaimWish", (await street.submit(category=something()))["id"], offer="nobody"
    )
    assert refused.json()["reason"] == "not_a_wish"


async def test_whoever_offered_is_forgotten(street: Street):
    body = giver("13800000004") | {"category": "food", "text": "每天一份热饭"}
    offer = (await street.residents.post("/v1/offers", json=body)).json()["offer"]

    async def row() -> Json | None:
        rows = (await street.staff.get("/v1/offers")).json()["items"]
        return next((one for one in rows if one["id"] == offer), None)

    async def there() -> bool:
        return await row() is not None

    await until(there, what="the offer does not show")
    assert (await street.staff.post(f"/v1/offers/{offer}/erasure")).status_code == 200

    async def gone() -> bool:
        return ((await row()) or {}).get("text") == "erased"

    await until(gone, what="the offer is still readable")
    opened = await street.staff.post(f"/v1/offers/{offer}/contact", json={"purpose": "核实"})
    assert opened.json() == {"text": None}

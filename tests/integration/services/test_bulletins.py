"""A bulletin on a whole running stack: counted from what happened, edited, published, read, corrected, withdrawn."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.fixtures.running import answered
from tests.fixtures.street import Json, Street, something
from tests.fixtures.waiting import until

AREA = "G-2"
HERE = {"location": {"lon": 121.4015, "lat": 31.2005}}
SECRET = "孙家的事不要外传13711112222"


async def said(street: Street, name: str, /, **body: Any) -> httpx.Response:
    return await street.staff.post(f"/v1/commands/{name}", json=body)


async def resolved(street: Street, **said: Any) -> Json:
    one = await street.submit(**(HERE | said))
    worker = (await street.reaches(one["id"], "assigned"))["worker"]
    assert await street.do("AcceptRequest", one["id"], worker) == "RequestAccepted"
    assert await street.do("ResolveRequest", one["id"], worker, outcome=SECRET) == "RequestResolved"
    await street.reaches(one["id"], "resolved")
    return one


async def at_the_desk(street: Street, name: str, stage: str) -> Json:
    found: Json = {}

    async def so() -> bool:
        answer = await street.staff.get(f"/v1/bulletins/{name}")
        if answer.status_code == 200:
            found.update(answer.json())
        return found.get("stage") == stage

    await until(so, what=f"the desk does not say {stage}")
    return found


async def at_the_door(street: Street, name: str, edition: int) -> Json:
    found: Json = {}

    async def so() -> bool:
        answer = await street.residents.get(f"/v1/bulletins/{name}")
        if answer.status_code == 200:
            found.update(answer.json())
            assert SECRET not in answer.text
        return found.get("edition") == edition

    await until(so, what=f"residents do not read edition {edition}")
    return found


async def test_from_what_happened_to_what_residents_read(street: Street):
    """Two lamps were mended, a tip and a complaint were resolved, and one dispute; a bulletin tells of the lamps alone."""
    category = something()
    for _ in range(2):
        await resolved(street, category=category, text=SECRET)
    hidden = something()
    complaint = await resolved(street, kind="complaint", category=hidden, about="somebody_else")
    dispute = await resolved(street, kind="dispute", category=hidden)
    today = datetime.now(UTC).astimezone(street.settings.zone).date().isoformat()

    drafted = await street.staff.post("/v1/bulletins", json={"area": AREA, "day": today})
    assert drafted.status_code == 200, drafted.text
    name = drafted.json()["bulletin"]
    one = await at_the_desk(street, name, "draft")
    line = next(line for line in one["lines"] if category in line["zh"])
    assert (line["section"], line["of"]) == ("done", "category")
    assert "2 件" in line["zh"]
    assert not any(hidden in each["zh"] + each["en"] for each in one["lines"])
    assert (await street.residents.get(f"/v1/bulletins/{name}")).status_code == 404

    counted = answered(
        "bulletin", "draft", AREA, f"--day={today}", "--dry-run", f"--data={street.stack.data}"
    )
    assert counted["bulletin"] == name
    total = next(each for each in counted["lines"] if each["of"] == "resolved")
    assert "3 件" in total["zh"], "the complaint is in no count, the dispute is in the sum"
    assert complaint["id"] != dispute["id"]

    by_hand = {"section": "due", "zh": "周六上午清理楼道。", "en": "Stairwells are cleared on Saturday."}
    text = {"title": one["title"], "lines": [by_hand, line]}
    phone = {"title": one["title"], "lines": [by_hand | {"zh": "找老王 13812345678"}]}
    assert (await said(street, "EditBulletin", bulletin=name, **phone)).json()[
        "reason"
    ] == "bulletin_names_somebody"
    assert (await said(street, "EditBulletin", bulletin=name, seen=one["changes"], **text)).status_code == 200
    late = await said(
        street, "EditBulletin", bulletin=name, seen=one["changes"], title=one["title"], lines=[]
    )
    assert late.json()["reason"] == "changed_meanwhile"
    again = await street.staff.post("/v1/bulletins", json={"area": AREA, "day": today})
    assert again.json()["reason"] == "bulletin_edited"
    assert (await said(street, "PublishBulletin", bulletin=name)).status_code == 200

    read = await at_the_door(street, name, 1)
    assert [each["zh"] for each in read["lines"]] == [by_hand["zh"], line["zh"]]
    listed = (await street.residents.get("/v1/bulletins", params={"area": AREA})).json()["items"]
    assert [each["id"] for each in listed] == [name]
    page = await street.residents.get(f"/b/{name}")
    assert (page.status_code, name in page.text) == (200, True)
    await told_once(street, name)

    more = {"title": one["title"], "lines": [by_hand]}
    assert (await said(street, "EditBulletin", bulletin=name, **more)).status_code == 200
    await at_the_desk(street, name, "correcting")
    assert (await at_the_door(street, name, 1))["lines"] == read["lines"], "until the next edition is out"
    assert (await said(street, "PublishBulletin", bulletin=name)).json()["reason"] == "say_what_is_corrected"
    published = answered(
        "bulletin", "publish", name, "--why=删去一条", "--quietly", f"--data={street.stack.data}"
    )
    assert published["page"].endswith(f"/b/{name}")
    corrected = await at_the_door(street, name, 2)
    assert [each["why"] for each in corrected["editions"]] == ["", "删去一条"]
    assert len(corrected["lines"]) == 1

    assert (await said(street, "WithdrawBulletin", bulletin=name, why="写错了")).status_code == 200
    await at_the_desk(street, name, "withdrawn")

    async def gone() -> bool:
        answer = (await street.residents.get(f"/v1/bulletins/{name}")).json()
        return (
            answer["withdrawn"] is not None
            and answer["lines"] == []
            and answer["withdrawn"]["why"] == "写错了"
        )

    await until(gone, what="residents still read it")
    assert (await street.residents.get("/v1/bulletins", params={"area": AREA})).json()["items"] == []


async def told_once(street: Street, name: str) -> None:
    """One notice, for the chat groups of its grids, with the address of the page."""
    notices: list[Any] = []

    async def there() -> bool:
        facts = await street.facts(f"journal.{street.settings.tenant}.*.notify.notice.>")
        said = [fact.event for fact in facts if fact.type == "NoticePublished"]
        notices[:] = [each for each in said if each and name in each.model_dump_json()]
        return bool(notices)

    await until(there, what="nobody was told", pause=0.2)
    await asyncio.sleep(0.5)
    await there()
    assert len(notices) == 1
    assert (notices[0].kind, notices[0].audience.roles, notices[0].audience.grids) == (
        "bulletin",
        ("group",),
        (AREA,),
    )
    assert f"/b/{name}" in notices[0].text.zh


async def test_a_grid_worker_writes_none_and_a_secretary_only_of_her_own(street: Street):
    worker = {"authorization": street.bearer("w-li", "worker")}
    answer = await street.staff.post("/v1/bulletins", json={"area": "G-1"}, headers=worker)
    assert (answer.status_code, answer.json()["reason"]) == (403, "not_for_workers")
    assert (await street.staff.get("/v1/bulletins", headers=worker)).status_code == 403
    nowhere = await street.staff.post("/v1/bulletins", json={"area": "Z-9"})
    assert (nowhere.status_code, nowhere.json()["reason"]) == (409, "unknown_area")

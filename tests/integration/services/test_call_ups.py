"""A call-up on a whole running stack: asked, too few, asked further, escalated; then a crowd answers at once."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.ids import new_id
from tests.fixtures.running import lastmile
from tests.fixtures.street import Street, open_street, plan, something
from tests.fixtures.waiting import until

CROWD = 60
WITHIN = 90.0  # seconds
AREAS = [
    {"code": "S", "level": "street", "zh": "街道", "head": "s-zheng"},
    {"code": "C-1", "level": "community", "parent": "S", "zh": "一社区", "head": "s-lin"},
    {"code": "C-2", "level": "community", "parent": "S", "zh": "二社区", "head": "s-fang"},
]


@pytest.fixture(scope="module")
async def tree(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    """The small street with communities above its two grids."""
    directory = tmp_path_factory.mktemp("tree")
    async for street in open_street(directory):
        drawn = plan()
        for number, feature in enumerate(drawn["features"], start=1):
            feature["properties"]["parent"] = f"C-{number}"
        path = directory / "tree.geojson"
        path.write_text(json.dumps(drawn | {"areas": AREAS}))
        await asyncio.to_thread(lastmile, "grids", "import", str(path), f"--data={street.stack.data}")
        yield street


def soon(**later: float) -> str:
    return (datetime.now(UTC) + timedelta(**later)).isoformat()


async def send(street: Street, name: str, who: str, /, **body: Any) -> httpx.Response:
    role = "staff" if who.startswith("s-") else "worker"
    headers = {"authorization": street.bearer(who, role)}
    return await street.staff.post(f"/v1/commands/{name}", json=body, headers=headers)


async def done(street: Street, name: str, who: str, /, **body: Any) -> str | None:
    answer = await send(street, name, who, **body)
    assert answer.status_code == 200, answer.text
    return (answer.json()["event"] or {}).get("type")


async def shown(street: Street, call_up: str, who: str = "s-chen") -> dict[str, Any]:
    role = "staff" if who.startswith("s-") else "worker"
    headers = {"authorization": street.bearer(who, role)}
    items = (await street.staff.get("/v1/call-ups", headers=headers)).json()["items"]
    return next((each for each in items if each["id"] == call_up), {})


async def test_too_few_are_asked_further_and_whoever_comes_relieves_whoever_was_there(tree: Street):
    """The grid, then the street, then the head hears of it; messages reach each of them."""
    await done(tree, "PostWorker", "s-chen", grid="G-1", duty="volunteer", worker="v-gu")
    call_up = new_id()
    day = {"code": "day", "area": "G-1", "starts": soon(minutes=30), "ends": soon(hours=4), "needed": 2}
    night = {"code": "night", "area": "G-1", "starts": soon(minutes=45), "ends": soon(hours=8), "needed": 2}
    call = {"call_up": call_up, "reason": "flood", "area": "C-1", "shifts": [day, night]}
    more = {"answer_by": soon(seconds=15), "note": "带雨靴，河边集合"}
    refused = await send(tree, "IssueCallUp", "w-li", **call)
    assert refused.status_code == 403
    for wrong, why in (({"area": "C-9"}, "unknown_area"), ({"lead": "w-nobody"}, "not_posted")):
        nobody = await send(tree, "IssueCallUp", "s-chen", **(call | wrong))
        assert (nobody.status_code, nobody.json()["reason"]) == (409, why)
    assert await done(tree, "IssueCallUp", "s-chen", **call, **more) == "CallUpIssued"
    for who, shift, yes in (("w-li", "day", True), ("v-gu", "night", True), ("v-gu", "day", False)):
        said = {"call_up": call_up, "worker": who, "shift": shift, "yes": yes}
        assert await done(tree, "AnswerCallUp", who, **said) == "CallUpAnswered"
    twice = await send(tree, "AnswerCallUp", "w-li", call_up=call_up, worker="w-li", shift="night", yes=True)
    assert (twice.status_code, twice.json()["reason"]) == (409, "placed_elsewhere")

    async def asked_further() -> bool:
        return bool((await shown(tree, call_up, "w-wang")).get("mine"))

    await until(asked_further, what="nobody from the next grid was asked", within=WITHIN)
    said = {"call_up": call_up, "worker": "w-wang", "shift": "night", "yes": True}
    assert await done(tree, "AnswerCallUp", "w-wang", **said) == "CallUpAnswered"

    async def escalated() -> bool:
        steps = (await shown(tree, call_up))["steps"]
        return any(step["type"] == "CallUpEscalated" for step in steps)

    await until(escalated, what="the head was not told", within=WITHIN)
    row = await shown(tree, call_up)
    assert (row["missing"], row["furthest"], row["note"]) == (1, True, "带雨靴，河边集合")
    there = {"call_up": call_up, "shift": "day", "worker": "w-li"}
    assert await done(tree, "CheckInToCallUp", "w-li", **there) == "CallUpCheckedIn"
    there = {"call_up": call_up, "shift": "night", "worker": "v-gu"}
    assert await done(tree, "CheckInToCallUp", "v-gu", **there) == "CallUpCheckedIn"

    async def relieved() -> bool:
        shifts = {each["code"]: each["people"] for each in (await shown(tree, call_up))["shifts"]}
        return {"worker": "w-li", "stands": "relieved"} in shifts["day"]

    await until(relieved, what="w-li was not relieved")
    assert await done(tree, "StandDownCallUp", "s-chen", call_up=call_up) == "CallUpStoodDown"
    told = {
        ("worker:w-li", "sms.worker.called_up"),
        ("worker:w-li", "sms.worker.placed"),
        ("worker:w-wang", "sms.worker.called_up"),
        ("worker:s-lin", "sms.worker.call_up_short"),
        ("worker:w-li", "sms.worker.relieved"),
        ("worker:v-gu", "sms.worker.called_off"),
    }

    async def all_told() -> bool:
        rows = (await tree.staff.get("/v1/deliveries", params={"limit": 200})).json()["items"]
        return told <= {(row["recipient"], row["template"]) for row in rows}

    await until(all_told, what="somebody was not told")


async def test_a_crowd_answers_at_once_and_no_place_is_given_twice(tree: Street):
    """A hot history: sixty taps in the same moment, twenty places, nobody lost and nobody too many."""
    people = [f"v-{number:02d}" for number in range(CROWD)]
    for who in people:
        await done(tree, "PostWorker", "s-chen", grid="G-2", duty="volunteer", worker=who)
    call_up = new_id()
    shift = {"code": "all", "area": "G-2", "starts": soon(hours=2), "ends": soon(hours=6), "needed": 20}
    await done(tree, "IssueCallUp", "s-chen", call_up=call_up, reason="snow", area="S", shifts=[shift])
    said = {"call_up": call_up, "shift": "all", "yes": True}
    answers = await asyncio.gather(*(send(tree, "AnswerCallUp", who, worker=who, **said) for who in people))
    assert Counter(answer.status_code for answer in answers) == {200: CROWD}

    async def counted() -> bool:
        row = await shown(tree, call_up)
        stands = Counter(each["stands"] for each in row["shifts"][0]["people"])
        return stands == {"confirmed": 20, "reserve": CROWD - 20}

    await until(counted, what="the table does not show who comes")


async def test_nobody_is_placed_in_two_call_ups_at_the_same_hours(tree: Street):
    """Both are answered with yes in the same moment, on two histories: one takes the person, the other says so."""
    call_ups = [new_id(), new_id()]
    shift = {"code": "all", "area": "G-1", "starts": soon(hours=2), "ends": soon(hours=6), "needed": 9}
    for call_up in call_ups:
        await done(tree, "IssueCallUp", "s-chen", call_up=call_up, reason="fire", area="C-1", shifts=[shift])
    for who in [f"x-{number}" for number in range(8)]:
        said = {"worker": who, "shift": "all", "yes": True}
        tapped = (send(tree, "AnswerCallUp", "s-chen", call_up=call_up, **said) for call_up in call_ups)
        answers = [(one.status_code, one.json().get("reason")) for one in await asyncio.gather(*tapped)]
        assert sorted(answers) == [(200, None), (409, "placed_elsewhere")]


async def test_the_office_sees_who_offered_what_a_shift_asks_for(tree: Street):
    """A volunteer who stands on no post offered a boat for wishes; the flood needs one, and the office calls."""
    offer, call_up = new_id(), new_id()
    kept = {"name": "吴师傅", "phone": "13800000777", "text": "有一条冲锋舟"}
    offered = {
        "offer": offer,
        "giver": "volunteer",
        "category": "other-help",
        "areas": ["C-1"],
        "sealed": kept,
    }
    assert await done(tree, "OfferHelp", "s-chen", **offered) == "HelpOffered"
    shift = {"code": "a", "area": "G-1", "starts": soon(hours=2), "ends": soon(hours=6), "needed": 1}
    call = {"call_up": call_up, "reason": "flood", "area": "C-1", "shifts": [shift | {"skill": "冲锋舟"}]}
    await done(tree, "IssueCallUp", "s-chen", **call)
    path = f"/v1/call-ups/{call_up}/shifts/a/offers"

    async def found() -> bool:
        items = (await tree.staff.get(path)).json()["items"]
        return [(one["id"], one["text"]) for one in items] == [(offer, kept["text"])]

    await until(found, what="whoever has a boat was not found")
    worker = {"authorization": tree.bearer("w-li", "worker")}
    assert (await tree.staff.get(path, headers=worker)).status_code == 403


async def test_what_is_red_at_night_goes_to_whoever_the_rota_names(tree: Street):
    """Nobody works at this hour: the grid has no rota, so its community's decides; away, the row's deputy. What is not red waits for
    the worker, and so does everything once the row is struck.
    """
    other_day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
    red, calm = something(), something()
    content = {
        "calendar": {"week": {other_day: [{"start": "00:00", "end": "00:01"}]}, "statutory": False},
        "severities": {red: "red", calm: "blue"},
    }
    adopted = await send(tree, "AdoptPolicy", "s-chen", content=content)
    assert adopted.status_code == 200, adopted.text
    month = f"{datetime.now(tree.settings.zone):%Y-%m}"
    starts = datetime.now(tree.settings.zone).replace(hour=0, minute=0, second=0, microsecond=0).isoformat()
    row = {"area": "C-1", "month": month, "starts": starts, "ends": soon(hours=20), "worker": "s-night"}
    assert (await send(tree, "RosterDuty", "w-li", **row)).status_code == 403
    wrong = await send(tree, "RosterDuty", "s-chen", **(row | {"month": "2020-01"}))
    assert (wrong.status_code, wrong.json()["reason"]) == (409, "not_in_month")
    for who in ("s-night", "s-second"):
        unknown = await send(tree, "RosterDuty", "s-chen", **row, deputy="s-second")
        assert (unknown.status_code, unknown.json()["reason"]) == (409, "not_posted"), (
            "nothing would reach them"
        )
        assert (
            await done(tree, "PostWorker", "s-chen", grid="C-1", duty="volunteer", worker=who)
            == "WorkerPosted"
        )
    assert await done(tree, "RosterDuty", "s-chen", **row, deputy="s-second") == "DutyRostered"

    async def worker_of(category: str) -> str:
        request = (await tree.submit(category=category))["id"]
        return (await tree.reaches(request, "assigned"))["worker"]

    assert await worker_of(red) == "s-night"
    assert await worker_of(calm) == "w-li"
    gone = {"worker": "s-night", "starts": soon(minutes=-1), "ends": soon(hours=1)}
    assert await done(tree, "NoteAbsence", "s-chen", **gone) == "AbsenceNoted"
    assert await worker_of(red) == "s-second"
    rota = (await tree.staff.get("/v1/rota")).json()
    assert [(each["area"], each["worker"]) for each in rota["rows"]] == [("C-1", "s-night")]
    struck = {name: row[name] for name in ("area", "month", "starts", "worker")}
    assert await done(tree, "StrikeDuty", "s-chen", **struck) == "DutyStruck"
    assert await worker_of(red) == "w-li"

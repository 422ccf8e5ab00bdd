"""A complaint goes from the web door to the head, past whoever it accuses, who never finds it; and a tip hides who gave
it. Against the real console: what is not theirs to see answers as if it did not exist.
"""

import io
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import httpx
import pytest
from PIL import Image

from shared.ids import new_id
from shared.staff import Role, make_token
from tests.fixtures.street import Street, something
from tests.fixtures.waiting import until

COMMUNITY, STREET = "C-1", "S-1"
NAME = "李某某"


class As:
    """One of the staff at the desk."""

    def __init__(self, street: Street, who: str, role: Role, *areas: str) -> None:
        self.desk = street.staff
        self.headers = {"authorization": f"Bearer {make_token(street.settings, who, role, areas=areas)}"}

    async def get(self, path: str, **asked: str) -> httpx.Response:
        return await self.desk.get(path, params=asked, headers=self.headers)

    async def post(self, path: str, **said: Any) -> httpx.Response:
        return await self.desk.post(path, json=said, headers=self.headers)

    async def command(self, name: str, **said: Any) -> httpx.Response:
        return await self.post(f"/v1/commands/{name}", **said)

    async def sees(self, request: str) -> bool:
        found = await self.get(f"/v1/requests/{request}")
        assert found.status_code in (200, 404)
        return found.status_code == 200


@pytest.fixture
async def heads(street: Street) -> AsyncIterator[None]:
    """A head above the grid and one above him, and a deputy who stands in for the worker."""
    staff = As(street, "s-chen", "staff")
    posts = {(COMMUNITY, "head"): "w-community", (STREET, "head"): "w-street", ("G-1", "deputy"): "w-deputy"}
    own = {("G-1", "worker"): "w-li"}
    for (area, duty), worker in (own | posts).items():
        answer = await staff.command("PostWorker", grid=area, duty=duty, worker=worker)
        assert answer.status_code == 200, answer.text
    yield
    for area, duty in posts:
        await staff.command("RelieveWorker", grid=area, duty=duty)


def photo() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").save(out, "JPEG")
    return out.getvalue()


async def shown(street: Street, submitted: dict[str, Any]) -> str:
    """The resident shows it; return the picture's name."""
    headers = {"authorization": f"Bearer {submitted['token']}", "content-type": "image/jpeg"}
    path = f"/v1/requests/{submitted['code']}/pictures"
    taken = await street.residents.post(path, content=photo(), headers=headers)
    assert taken.status_code == 200, taken.text

    async def there() -> bool:
        history = (await street.matter(submitted["id"]))["history"]
        return any(step["type"] == "PictureAdded" for step in history)

    await until(there, what="the picture is not in the history")
    history = (await street.matter(submitted["id"]))["history"]
    return next(step["picture"] for step in history if step["type"] == "PictureAdded")


@pytest.mark.usefixtures("heads")
async def test_a_complaint_about_the_grid_worker_goes_to_the_head_and_he_never_finds_it(street: Street):
    """Neither he nor the deputy; and it is with the head, who reads the name for a purpose that is on record."""
    submitted = await street.submit(
        text="态度恶劣，推诿扯皮",
        kind="complaint",
        category=something(),
        about="grid_worker",
        about_name=NAME,
    )
    request = submitted["id"]
    state = await street.reaches(request, "assigned")
    assert (state["worker"], state["level"], state["grid"]) == ("w-community", "community", "G-1")
    assert state["about"] == "grid_worker"
    picture = await shown(street, submitted)

    head = As(street, "w-community", "worker")
    assert (await head.get(f"/v1/pictures/{picture}")).status_code == 200
    assert (await head.command("AcceptRequest", request=request)).status_code == 200
    opened = await head.post(f"/v1/requests/{request}/accused", purpose="核实被反映人")
    assert opened.json() == {"name": NAME}
    facts = await street.facts()
    assert any(f.type == "PersonalDataOpened" and f.event.fields == ("about",) for f in facts)
    assert all(NAME not in fact.event.model_dump_json() for fact in facts)

    for who in ("w-li", "w-deputy"):
        accused = As(street, who, "worker")
        await nothing_of(accused, request, picture)
        refused = await street.command("TransferRequest", request, grid="G-1", worker=who, reason="交办")
        assert (refused.status_code, refused.json()["reason"]) == (409, "accused")
        refused = await street.command("NameMediator", request, mediator=who)
        assert (refused.status_code, refused.json()["reason"]) == (409, "accused")
    items = (await As(street, "s-d", "director").get("/v1/deliveries", limit="200")).json()["items"]
    told = {item["recipient"] for item in items if item["request"] == submitted["code"]}
    assert told == {"worker:w-community"}


async def nothing_of(accused: As, request: str, picture: str) -> None:
    """Every route answers as it answers about what nobody ever said."""
    never = new_id()
    for path in ("", "/similar", "/explanation", "/clocks"):
        theirs = await accused.get(f"/v1/requests/{request}{path}")
        nobodys = await accused.get(f"/v1/requests/{never}{path}")
        assert (theirs.status_code, theirs.json()) == (404, nobodys.json()), path
    for path in ("/reporter", "/accused"):
        theirs = await accused.post(f"/v1/requests/{request}{path}", purpose="看看")
        assert theirs.status_code == 404
    assert (await accused.get(f"/v1/pictures/{picture}")).status_code == 404
    for name, said in (
        ("AcceptRequest", {}),
        ("ResolveRequest", {"outcome": "已办"}),
        ("HoldMediationSession", {"note": "谈过了"}),
    ):
        theirs = await accused.command(name, request=request, **said)
        nobodys = await accused.command(name, request=never, **said)
        assert (theirs.status_code, theirs.json()) == (404, nobodys.json()), name
    for path in ("/v1/ledger?order=newest&limit=200", "/v1/topics", "/v1/hot", "/v1/deliveries?limit=200"):
        listed = await accused.get(path)
        assert listed.status_code == 200
        assert request not in listed.text, path
    found = await accused.post("/v1/ledger/search", words="推诿扯皮")
    assert found.json()["items"] == []
    behind = await accused.get("/v1/figures/grid/requests", figure="received")
    assert request not in behind.text


@pytest.mark.usefixtures("heads")
async def test_followers_and_the_live_line_of_the_accused_hear_nothing(street: Street):
    """The view says that there is something, and no more; the head's own line has it whole."""
    category = something()
    head, accused = As(street, "w-community", "worker"), As(street, "w-li", "worker")
    heard: dict[str, list[str]] = {"head": [], "accused": []}
    async with (
        street.staff.stream("GET", "/v1/live", headers=head.headers) as his,
        street.staff.stream("GET", "/v1/live", headers=accused.headers) as theirs,
    ):
        lines = {"head": aclosing(his.aiter_lines()), "accused": aclosing(theirs.aiter_lines())}
        complaint = await street.submit(kind="complaint", category=category, about="grid_worker")
        await street.reaches(complaint["id"], "assigned")
        issue = await street.submit(category=category)
        for who, opened in lines.items():
            async with opened as some:
                async for line in some:
                    heard[who].append(line)
                    if line.startswith("data:") and issue["id"] in line and '"assigned"' in line:
                        break
    assert any(complaint["id"] in line and "w-community" in line for line in heard["head"])
    assert not any(complaint["id"] in line for line in heard["accused"])
    subject = f"view.{street.settings.tenant}.ledger.{complaint['id']}"
    kept = await street.bus.client.jetstream().get_last_msg("VIEWS", subject)
    assert json.loads(kept.data or b"{}").keys() == {"id", "revision", "withheld"}


@pytest.mark.usefixtures("heads")
async def test_staff_name_the_accused_later_and_he_loses_it(street: Street):
    """It came as any other issue, and he had accepted it."""
    request = (await street.submit(text="他收了钱不办事", category=something()))["id"]
    await street.reaches(request, "assigned")
    assert await street.do("AcceptRequest", request, "w-li") == "RequestAccepted"
    assert await street.do("NameAccused", request, worker="w-li", reason="电话回访得知") == "AccusedNamed"
    state = await street.reaches(request, "assigned")
    assert (state["worker"], state["level"]) == ("w-community", "community")
    assert not await As(street, "w-li", "worker").sees(request)
    assert not await As(street, "w-li", "staff").sees(request)
    assert await street.do("NameAccused", request, worker="w-li", reason="电话回访得知") is None
    assert (await street.command("NoteProgress", request, "w-li", note="我")).status_code == 404


@pytest.mark.usefixtures("heads")
async def test_an_accused_office_does_not_see_it(street: Street):
    """The community's goes to the head of the street, the street's waits for the director."""
    secretary = As(street, "s-1", "secretary", COMMUNITY)
    staff, director = As(street, "s-chen", "staff"), As(street, "s-d", "director")
    about = {"kind": "complaint", "category": something()}
    office = (await street.submit(about="community_office", **about))["id"]
    state = await street.reaches(office, "assigned")
    assert (state["worker"], state["level"]) == ("w-street", "street")
    assert not await secretary.sees(office)
    assert (await secretary.command("CloseRequest", request=office)).status_code == 404
    assert not await As(street, "w-community", "worker").sees(office)

    street_office = (await street.submit(about="street_office", **about))["id"]

    async def waits() -> bool:
        found = await director.get(f"/v1/requests/{street_office}")
        return found.status_code == 200 and found.json()["state"]["status"] == "triage"

    await until(waits, what="the director does not find it in triage")
    assert not await staff.sees(street_office)
    assert not await secretary.sees(street_office)
    nobody = await director.command("AssignGrid", request=street_office, grid="G-1")
    assert (nobody.status_code, nobody.json()["reason"]) == (409, "nobody_left")


@pytest.mark.usefixtures("heads")
async def test_words_that_name_the_grid_worker_are_enough(street: Street):
    """Over the phone nobody ticks a box."""
    said = {"kind": "complaint", "category": something()}
    request = (await street.submit(text="网格员从来不上门", **said))["id"]
    assert (await street.reaches(request, "assigned"))["worker"] == "w-community"
    other = (await street.submit(text="楼下广场舞太吵", **said))["id"]
    assert (await street.reaches(other, "assigned"))["worker"] == "w-li"


async def test_a_tip_hides_who_gave_it(street: Street):
    """Who it was is the director's to open, on record; nothing else leads back to them."""
    reporter = {"name": "举报人", "phone": "13900001234"}
    request = (await street.submit(text="有人飞线充电", kind="tip", category=something(), reporter=reporter))[
        "id"
    ]
    await street.reaches(request, "assigned")
    staff, director = As(street, "s-chen", "staff"), As(street, "s-d", "director")
    refused = await staff.post(f"/v1/requests/{request}/reporter", purpose="想知道是谁")
    assert refused.status_code == 403
    opened = await director.post(f"/v1/requests/{request}/reporter", purpose="核查")
    assert opened.json()["name"] == "举报人"
    history = (await staff.get(f"/v1/requests/{request}")).json()["history"]
    assert all("person" not in step for step in history)

    async def told() -> list[dict[str, Any]]:
        items = (await staff.get("/v1/deliveries", limit="200")).json()["items"]
        return [item for item in items if item["recipient"] == f"reporter:{request}"]

    async def sent() -> bool:
        return bool(await told())

    await until(sent, what="the reporter was told nothing")
    assert all(item["to"] is None for item in await told())


async def test_a_token_of_other_communities_bounds_commands_and_joint_work(street: Street):
    """What is not theirs does not exist, and nothing is planned on another's ground."""
    request = (await street.submit(category=something()))["id"]
    await street.reaches(request, "assigned")
    other = As(street, "s-2", "secretary", "C-9")
    for name, said in (
        ("CloseRequest", {}),
        ("TransferRequest", {"grid": "G-1", "worker": "w-li", "reason": "x"}),
        ("OpenMediation", {"parties": "甲、乙"}),
    ):
        assert (await other.command(name, request=request, **said)).status_code == 404, name
    post = await other.command("PostWorker", grid="G-1", duty="deputy", worker="w-friend")
    assert (post.status_code, post.json()["reason"]) == (403, "not_for_communities")
    patrols = await other.get("/v1/patrols")
    assert patrols.json() == {"items": []}

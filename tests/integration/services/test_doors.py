"""What the doors promise: one intent is one event, pages have no holes, who may look, and what is forgotten."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from shared.envelope import History
from shared.ids import new_id
from tests.fixtures.street import INSIDE, Street, something
from tests.fixtures.waiting import until

# one intent ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_fifty_at_once_with_one_key_are_one_request(street: Street):
    """A phone without patience, a proxy that repeats: one request, and everybody hears the same."""
    headers, body = {"idempotency-key": new_id()}, {"text": "漏水", "location": INSIDE}
    answers = await asyncio.gather(
        *(street.residents.post("/v1/requests", json=body, headers=headers) for _ in range(50))
    )
    assert {answer.status_code for answer in answers} == {201}
    (only,) = {answer.text for answer in answers}
    request = json.loads(only)["id"]
    said = await street.facts(History(street.settings.tenant, "intake", "submission", request).subject)
    assert [fact.type for fact in said] == ["RequestSubmitted"]
    await street.reaches(request, "assigned")
    done = await street.facts(History(street.settings.tenant, "routing", "request", request).subject)
    assert [fact.type for fact in done] == ["GridAssigned"]


async def test_the_same_key_for_other_words_is_refused(street: Street):
    headers, body = {"idempotency-key": new_id()}, {"text": "漏水", "location": INSIDE}
    first = await street.residents.post("/v1/requests", json=body, headers=headers)
    other = await street.residents.post("/v1/requests", json=body | {"text": "停电"}, headers=headers)
    assert (other.status_code, other.json()["reason"]) == (422, "another_body")
    spelled = json.dumps(body | {"kind": "issue"}, indent=2, ensure_ascii=False)
    headers["content-type"] = "application/json; charset=utf-8"
    same = await street.residents.post("/v1/requests", content=spelled.encode(), headers=headers)
    assert same.json() == first.json(), "the same words, spelled otherwise"


async def test_a_command_s_key_names_one_wish(street: Street):
    """Sent twice it happens once; under the same key another command is another wish."""
    request = (await street.submit(category=something()))["id"]
    await street.reaches(request, "assigned")
    headers = {"idempotency-key": "tap-1"}

    async def wish(name: str, **said: str) -> dict[str, str]:
        answer = await street.staff.post(
            f"/v1/commands/{name}", json={"request": request, **said}, headers=headers
        )
        return answer.json()["event"]

    first = await wish("AcceptRequest")
    assert first["type"] == "RequestAccepted"
    assert await wish("AcceptRequest") == first
    assert (await wish("NoteProgress", note="在路上"))["type"] == "ProgressNoted"
    assert (await wish("ResolveRequest"))["type"] == "RequestResolved"


# who may ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_code_alone_only_reads(street: Street):
    """Whoever sees it on a screen can follow, and neither rate nor withdraw."""
    mine, other = await street.submit(), await street.submit()
    path = f"/v1/requests/{mine['code']}"
    assert (await street.residents.get(path)).status_code == 200
    for what, body in (
        ("feedback", {"solved": True, "satisfaction": 5}),
        ("amendments", {"text": "x"}),
        ("withdrawal", {}),
    ):
        bare = await street.residents.post(f"{path}/{what}", json=body)
        assert (bare.status_code, bare.headers["www-authenticate"]) == (401, "Bearer")
        for token in (other["token"], mine["code"], mine["token"][:-1], street.bearer("s-chen", "staff")[7:]):
            headers = {"authorization": f"Bearer {token}"}
            wrong = await street.residents.post(f"{path}/{what}", json=body, headers=headers)
            assert (wrong.status_code, wrong.json()["reason"]) == (403, "forbidden")


async def test_without_a_token_staff_see_nothing(street: Street):
    for path in ("/v1/ledger", "/v1/requests/x", "/v1/live", "/v1/topics", "/v1/deliveries", "/v1/services"):
        assert (await street.staff.get(path, headers={"authorization": ""})).status_code == 401


async def test_personal_data_is_opened_with_a_purpose_on_record(street: Street):
    """First the event, then the name; the worker of another request learns nothing."""
    told = await street.submit(reporter={"name": "李奶奶", "phone": "13700007777"})
    worker = (await street.reaches(told["id"], "assigned"))["worker"]
    path, audit = f"/v1/requests/{told['id']}/reporter", f"journal.{street.settings.tenant}.*.console.audit.>"
    before = len(await street.facts(audit))
    assert (await street.staff.post(path, json={})).status_code == 422
    stranger = {"authorization": street.bearer("w-nobody", "worker")}
    assert (await street.staff.post(path, json={"purpose": "x"}, headers=stranger)).status_code == 403
    assert len(await street.facts(audit)) == before
    responsible = {"authorization": street.bearer(worker, "worker")}
    opened = await street.staff.post(path, json={"purpose": "上门前联系"}, headers=responsible)
    assert (opened.json()["name"], opened.json()["phone"]) == ("李奶奶", "+8613700007777")
    (entry,) = (await street.facts(audit))[before:]
    assert (entry.type, entry.actor, entry.event.purpose) == (
        "PersonalDataOpened",
        f"worker:{worker}",
        "上门前联系",
    )


async def test_who_is_erased_is_forgotten_and_still_counts(street: Street):
    """Words, name and phone are unreadable from then on, everywhere; the history is as long as before."""
    category = something()
    told = await street.submit(
        text="我家很吵", category=category, reporter={"name": "周先生", "phone": "13600006666"}
    )
    await street.reaches(told["id"], "assigned")
    more = {"authorization": f"Bearer {told['token']}"}
    await street.residents.post(
        f"/v1/requests/{told['code']}/amendments", json={"text": "夜里更吵"}, headers=more
    )
    worker = {"authorization": street.bearer("w-li", "worker")}
    assert (await street.staff.post(f"/v1/requests/{told['id']}/erasure", headers=worker)).status_code == 403
    before = await street.matter(told["id"])
    assert (await street.staff.post(f"/v1/requests/{told['id']}/erasure")).status_code == 200

    async def forgotten() -> bool:
        return (await street.matter(told["id"]))["state"]["text"] == "erased"

    await until(forgotten)
    after = await street.matter(told["id"])
    assert [step.get("text") for step in after["history"] if "text" in step] == ["erased"]
    assert [step["type"] for step in after["history"]] == [step["type"] for step in before["history"]]
    rows = (await street.staff.get("/v1/ledger", params={"category": category})).json()["items"]
    assert [row["text"] for row in rows] == ["erased"]
    looked = await street.staff.post(f"/v1/requests/{told['id']}/reporter", json={"purpose": "x"})
    assert looked.json() == {"erased": True}
    figures = (await street.staff.get("/v1/figures", params={"category": category})).json()
    assert figures["open"] == 1


# reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_pages_have_neither_holes_nor_repeats_while_rows_arrive(street: Street):
    """Whoever leafs through the ledger sees every row that stood at the start, once."""
    category = something()
    standing = {(await street.submit(category=category))["id"] for _ in range(12)}

    async def listed() -> bool:
        page = (await street.staff.get("/v1/ledger", params={"category": category, "limit": 50})).json()
        return len(page.get("items", ())) == 12  # nobody knows the category before the first is written

    await until(listed)
    seen: list[str] = []
    query: dict[str, str | int] = {"category": category, "limit": 5, "order": "newest"}
    while True:
        page = (await street.staff.get("/v1/ledger", params=query)).json()
        seen += [row["id"] for row in page["items"]]
        arriving = await street.submit(category=category)
        await street.reaches(arriving["id"], "assigned")
        if page["next"] is None:
            break
        query["after"] = page["next"]
    assert sorted(seen) == sorted(standing)
    assert len(page["items"]) == 2


@asynccontextmanager
async def watching(street: Street, after: int | None = None) -> AsyncIterator[list[dict[str, object]]]:
    """The live line, as a list that grows."""
    heard: list[dict[str, object]] = []
    headers = {} if after is None else {"last-event-id": str(after)}

    async def listen() -> None:
        async with street.staff.stream("GET", "/v1/live", headers=headers) as line:
            assert line.headers["content-type"].startswith("text/event-stream")
            event: dict[str, object] = {}
            async for text in line.aiter_lines():
                name, _, value = text.partition(": ")
                if text == "" and "data" in event:
                    heard.append(event | {"data": json.loads(str(event["data"]))})
                    event = {}
                else:
                    opened.set()
                    event[name] = value

    opened = asyncio.Event()
    task = asyncio.create_task(listen())
    try:
        await asyncio.wait_for(opened.wait(), 10)
        yield heard
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def statuses(heard: list[dict[str, object]], request: str) -> list[str]:
    rows = [event["data"] for event in heard if event.get("event") == "ledger"]
    return [row["status"] for row in rows if row["id"] == request]


async def test_every_step_is_live_and_a_broken_line_is_taken_up(street: Street):
    """What happened while nobody listened comes first; then it goes on."""
    async with watching(street) as heard:
        request = (await street.submit(text="机密", category=something()))["id"]
        await until(lambda: statuses(heard, request)[-1:] == ["assigned"])
        assert "机密" not in str(heard), "words are for whoever opens the request"
        last = max(int(str(event["id"])) for event in heard)
    await street.do("AcceptRequest", request)
    await street.do("ResolveRequest", request)
    await street.reaches(request, "resolved")
    async with watching(street, after=last) as heard:
        await until(lambda: "resolved" in statuses(heard, request))
        await street.do("CloseRequest", request)
        await until(lambda: statuses(heard, request)[-1:] == ["closed"])

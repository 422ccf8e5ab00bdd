"""One request through all rooms, over HTTP alone: a resident, a worker, staff, and everybody who is told."""

from shared.envelope import History
from tests.fixtures.street import NOWHERE, Street, something
from tests.fixtures.waiting import until

PHONE = "13800001234"


async def told(street: Street, code: str) -> dict[str, dict[str, str]]:
    """What was sent about a request, by template."""
    answer = await street.staff.get("/v1/deliveries", params={"limit": 200})
    assert answer.status_code == 200, answer.text
    return {item["template"]: item for item in answer.json()["items"] if item["code"] == code}


async def is_told(street: Street, code: str, template: str) -> dict[str, str]:
    async def sent() -> bool:
        return (await told(street, code)).get(template, {}).get("status") in ("accepted", "failed")

    await until(sent, what=f"{template} was not sent")
    return (await told(street, code))[template]


async def answer(street: Street, submitted: dict[str, str], **said: object) -> None:
    heard = await street.residents.post(
        f"/v1/requests/{submitted['code']}/feedback",
        json=said,
        headers={"authorization": f"Bearer {submitted['token']}"},
    )
    assert heard.status_code == 200, heard.text


async def test_from_the_first_word_to_the_last(street: Street):
    """Submitted, assigned, the worker told, accepted, noted, resolved, the resident asked; not solved, so again; closed."""
    posted = await street.staff.post(
        "/v1/commands/PostWorker",
        json={
            "grid": "G-1",
            "duty": "worker",
            "worker": "w-zhao",
            "sealed": {"name": "赵师傅", "phone": "13900005678", "chat": "@zhao"},
        },
    )
    assert posted.status_code == 200, posted.text
    submitted = await street.submit(
        text="单元门坏了", category=something(), reporter={"name": "王小明", "phone": PHONE}
    )
    request, code = submitted["id"], submitted["code"]
    state = await street.reaches(request, "assigned")
    assert (state["grid"], state["worker"], state["text"]) == ("G-1", "w-zhao", "单元门坏了")
    assert state["accept_by"] < state["due_at"]
    hint = await is_told(street, code, "sms.worker.assigned")
    assert (hint["recipient"], hint["channel"], hint["status"]) == ("worker:w-zhao", "chat", "accepted")
    assert "王小明" not in hint["text"]
    assert PHONE not in hint["text"]

    assert await street.do("AcceptRequest", request, "w-zhao") == "RequestAccepted"
    assert await street.do("NoteProgress", request, "w-zhao", note="去看过了，缺零件") == "ProgressNoted"
    assert await street.do("ResolveRequest", request, "w-zhao", outcome="换好了") == "RequestResolved"
    asked = await is_told(street, code, "sms.reporter.resolved")
    assert (asked["recipient"], asked["channel"]) == (f"reporter:{request}", "sms")
    assert asked["to"].endswith("1234")
    assert PHONE not in asked["to"]

    await answer(street, submitted, solved=False, satisfaction=2, comment="还是关不上")
    await street.reaches(request, "reopened")
    await is_told(street, code, "sms.worker.reopened")
    assert await street.do("AcceptRequest", request, "w-zhao") == "RequestAccepted"
    assert await street.do("ResolveRequest", request, "w-zhao", outcome="这次真的好了") == "RequestResolved"
    await answer(street, submitted, solved=True, satisfaction=5)
    state = await street.reaches(request, "closed")
    assert (state["solved"], state["satisfaction"]) == (True, 5)

    history = (await street.matter(request))["history"]
    assert [step["type"] for step in history] == [
        "RequestSubmitted",
        "GridAssigned",
        "RequestAccepted",
        "ProgressNoted",
        "RequestResolved",
        "FeedbackRecorded",
        "RequestReopened",
        "RequestAccepted",
        "RequestResolved",
        "FeedbackRecorded",
        "RequestClosed",
    ]
    assert [step["text"] for step in history if "text" in step] == [
        "去看过了，缺零件",
        "换好了",
        "还是关不上",
        "这次真的好了",
    ]
    public = (await street.residents.get(f"/v1/requests/{code}")).json()
    assert public["status"] == "closed"
    assert [step["type"] for step in public["timeline"]] == [step["type"] for step in history]
    assert "w-zhao" not in str(public)
    assert "王小明" not in str(public)
    facts = await street.facts(History(street.settings.tenant, "routing", "request", request).subject)
    assert [fact.version for fact in facts] == list(range(1, len(facts) + 1))


async def test_a_place_in_no_grid_is_assigned_by_hand(street: Street):
    """It waits in triage until a person finds somebody; a worker who gives it back sends it there again."""
    submitted = await street.submit(category=something(), location=NOWHERE)
    request = submitted["id"]
    state = await street.reaches(request, "triage")
    assert (state["grid"], state["worker"]) == (None, None)
    refused = await street.command("AcceptRequest", request, "w-wang")
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_assigned")
    nowhere = await street.command("AssignGrid", request, grid="G-99")
    assert (nowhere.status_code, nowhere.json()["reason"]) == (409, "unknown_grid")
    assert await street.do("AssignGrid", request, grid="G-2") == "GridAssigned"
    assert (await street.reaches(request, "assigned"))["worker"] == "w-wang"
    assert await street.do("ReturnRequest", request, "w-wang", reason="不归我管") == "RequestReturned"
    assert (await street.reaches(request, "returned"))["worker"] is None
    for name in ("AssignGrid", "TransferRequest"):
        unknown = await street.command(name, request, grid="G-1", worker="w-nobody")
        assert (unknown.status_code, unknown.json()["reason"]) == (409, "not_posted"), "it would be nobody's"
    assert await street.do("AssignGrid", request, grid="G-1", worker="w-wang") == "GridAssigned"
    assert await street.do("TransferRequest", request, grid="G-2", worker="w-wang") == "RequestTransferred"
    assert (await street.reaches(request, "assigned"))["worker"] == "w-wang"


async def test_a_worker_works_on_own_requests_and_staff_on_all(street: Street):
    request = (await street.submit(category=something()))["id"]
    state = await street.reaches(request, "assigned")
    for name, said in (
        ("AcceptRequest", {}),
        ("HoldRequest", {"reason": "x"}),
        ("ReturnRequest", {"reason": "x"}),
    ):
        refused = await street.command(name, request, "w-nobody", **said)
        assert (refused.status_code, refused.json()["reason"]) == (409, "not_your_request")
    early = await street.command("ResolveRequest", request, state["worker"])
    assert (early.status_code, early.json()["reason"]) == (409, "not_accepted")
    passed_on = await street.command("TransferRequest", request, state["worker"], grid="G-2", worker="w-wang")
    assert (passed_on.status_code, passed_on.json()["reason"]) == (409, "not_for_workers")
    for name in ("AssignGrid", "CloseRequest", "DeclineRequest", "PostWorker"):
        refused = await street.command(name, request, state["worker"], grid="G-2", worker="w-wang")
        assert (refused.status_code, refused.json()["reason"]) == (403, "forbidden")
    assert await street.do("AcceptRequest", request) == "RequestAccepted"
    assert (await street.reaches(request, "accepted"))["worker"] == state["worker"]
    assert await street.do("HoldRequest", request, reason="等零件") == "RequestHeld"
    declined = await street.do("DeclineRequest", request, reason="不在辖区", instead="12345")
    assert declined == "RequestDeclined"
    over = await street.command("AcceptRequest", request, state["worker"])
    assert (over.status_code, over.json()["reason"]) == (409, "already_closed")


async def test_a_resident_adds_words_and_takes_it_back(street: Street):
    submitted = await street.submit(category=something())
    path, headers = (
        f"/v1/requests/{submitted['code']}",
        {"authorization": f"Bearer {submitted['token']}"},
    )
    more = await street.residents.post(f"{path}/amendments", json={"text": "现在全黑了"}, headers=headers)
    assert more.json()["event"]["type"] == "RequestAmended"
    back = await street.residents.post(f"{path}/withdrawal", json={}, headers=headers)
    assert back.json()["event"]["type"] == "RequestWithdrawn"
    await street.reaches(submitted["id"], "withdrawn")
    late = await street.residents.post(f"{path}/amendments", json={"text": "又亮了"}, headers=headers)
    assert (late.status_code, late.json()["reason"]) == (409, "withdrawn")
    said = [step.get("text") for step in (await street.matter(submitted["id"]))["history"]]
    assert "现在全黑了" in said


async def test_what_many_call_for_is_proposed_once(street: Street):
    """Five neighbours propose a topic; the sixth and seventh propose no second one."""
    category = something()
    for _ in range(street.settings.topic_threshold + 2):
        last = await street.submit(category=category)
        await street.reaches(last["id"], "assigned")

    async def topics() -> list[dict[str, object]]:
        items = (await street.staff.get("/v1/topics")).json()["items"]
        return [topic for topic in items if topic["category"] == category]

    async def proposed() -> bool:
        return bool(await topics())

    await until(proposed)
    (topic,) = await topics()
    assert (topic["grid"], topic["threshold"]) == ("G-1", street.settings.topic_threshold)
    facts = await street.facts(f"journal.{street.settings.tenant}.*.deliberation.topic.>")
    assert [fact.event.category for fact in facts].count(category) == 1

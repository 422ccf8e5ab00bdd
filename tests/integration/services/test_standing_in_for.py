"""A worker falls ill: who stands in sees what is his, hears of it, and does it; the worker stays responsible."""

from datetime import timedelta
from typing import Any

from shared.clock import now
from shared.ids import new_id
from tests.fixtures.street import Street, something
from tests.fixtures.waiting import until


async def hears(street: Street, code: str, template: str) -> str | None:
    items = (await street.staff.get("/v1/deliveries", params={"limit": 200})).json()["items"]
    return next(
        (one["recipient"] for one in items if (one["code"], one["template"]) == (code, template)), None
    )


async def test_while_the_worker_is_away_the_deputy_does_it(street: Street):
    submitted = await street.submit(category=something())
    request, code = submitted["id"], submitted["code"]
    state = await street.reaches(request, "assigned")
    worker = state["worker"]
    mine = {"authorization": street.bearer("w-deputy", "worker")}
    post = {"grid": "G-1", "duty": "deputy"}

    async def send(name: str, **said: Any) -> None:
        answer = await street.staff.post(f"/v1/commands/{name}", json=said)
        assert answer.status_code == 200, answer.text

    async def seen() -> bool:
        page = await street.staff.get("/v1/ledger", params={"mine": True, "limit": 200}, headers=mine)
        assert page.status_code == 200, page.text
        return any(row["id"] == request for row in page.json()["items"])

    patrol = {"patrol": new_id(), "items": [{"code": "exit", "zh": "安全出口", "en": "Exits"}]}
    due_at = (now() + timedelta(hours=2)).isoformat()
    walked: dict[str, Any] = {"patrol": patrol["patrol"], "checked": [{"item": "exit", "good": True}]}

    async def patrolled() -> tuple[int, bool]:
        shown = (await street.staff.get("/v1/patrols", headers=mine)).json()["items"]
        made = await street.staff.post("/v1/commands/MakePatrol", json=walked, headers=mine)
        return made.status_code, any(each["id"] == patrol["patrol"] for each in shown)

    await send("PostWorker", **post, worker="w-deputy")
    for name, said in (
        ("grid", {"grid": "G-9", "worker": worker}),
        ("worker", {"grid": "G-1", "worker": "w-none"}),
    ):
        nobody = await street.staff.post("/v1/commands/PlanPatrol", json=patrol | said | {"due_at": due_at})
        assert (nobody.status_code, nobody.json()["about"]) == (409, {name: said[name]}), (
            "nobody would walk it"
        )
    await send("PlanPatrol", **patrol, grid="G-1", worker=worker, due_at=due_at)
    assert await patrolled() == (409, False), "not the deputy's while the worker is there"
    early = await street.command("AcceptRequest", request, "w-deputy")
    assert (early.status_code, early.json()["reason"]) == (409, "not_your_request")
    assert not await seen()
    ends = (now() + timedelta(days=1)).isoformat()
    await send("NoteAbsence", worker=worker, starts=now().isoformat(), ends=ends)
    try:
        await until(seen, what="the deputy does not see it")
        assert await patrolled() == (200, True), "what he would have walked is walked, too"

        async def accepted() -> bool:
            return (await street.command("AcceptRequest", request, "w-deputy")).status_code == 200

        await until(accepted, what="the deputy may not accept it")
        assert await street.do("ResolveRequest", request, "w-deputy", outcome="修好了") == "RequestResolved"
        state = await street.reaches(request, "resolved")
        assert state["worker"] == worker
        history = (await street.matter(request))["history"]
        done = [step for step in history if step["type"] in ("RequestAccepted", "RequestResolved")]
        assert [step["stand_in"] for step in done] == ["w-deputy", "w-deputy"]
        assert {step["actor"] for step in done} == {"worker:w-deputy"}

        assert await street.do("ReopenRequest", request, reason="又坏了") == "RequestReopened"

        async def told() -> bool:
            return await hears(street, code, "sms.worker.reopened") is not None

        await until(told, what="nobody was told")
        assert await hears(street, code, "sms.worker.reopened") == "worker:w-deputy"
    finally:
        await send("EndAbsence", worker=worker)
        await send("RelieveWorker", **post)
    back = await street.command("HoldRequest", request, "w-deputy", reason="等零件")
    assert (back.status_code, back.json()["reason"]) == (409, "not_your_request")

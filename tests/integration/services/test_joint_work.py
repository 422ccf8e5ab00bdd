"""Joint work on a whole running stack: a bulk move that is killed, a finding that becomes a request, a call, a visit."""

import os
import signal
from datetime import timedelta
from typing import Any

from shared.clock import now
from shared.envelope import Fact, History
from shared.ids import new_id
from tests.fixtures.street import Street, something
from tests.fixtures.waiting import until

MANY = 60
AGAIN_WITHIN = 90.0  # seconds: a service that was killed is back by then, on a busy machine too


async def said(street: Street, name: str, who: str = "s-chen", /, **body: Any) -> str | None:
    role = "worker" if who.startswith("w-") else "staff"
    headers = {"authorization": street.bearer(who, role)}
    answer = await street.staff.post(f"/v1/commands/{name}", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return (answer.json()["event"] or {}).get("type")


async def history(street: Street, aggregate: str, name: str) -> list[Fact]:
    return await street.facts(History(street.settings.tenant, "routing", aggregate, name).subject)


async def comes(street: Street, aggregate: str, name: str, event: str) -> Fact:
    """Wait for an event of a history, and return it."""
    found: list[Fact] = []

    async def there() -> bool:
        found[:] = [fact for fact in await history(street, aggregate, name) if fact.type == event]
        return bool(found)

    await until(there, what=f"{aggregate} {name} has no {event}", within=AGAIN_WITHIN)
    return found[-1]


async def test_a_worker_leaves_and_routing_dies_in_the_middle(street: Street):
    """Every request of the frozen list is transferred once; what the rules decline is listed."""
    leaver = f"w-{new_id()[-8:]}"
    await said(street, "PostWorker", grid="G-1", duty="worker", worker=leaver)
    submitted = [await street.submit(category=something()) for _ in range(MANY)]
    for one in submitted:
        assert (await street.reaches(one["id"], "assigned"))["worker"] == leaver
    await said(street, "PostWorker", grid="G-1", duty="worker", worker="w-li")
    job = new_id()
    assert await said(street, "MoveRequests", job=job, from_worker=leaver, to_worker="w-wang") == "JobStarted"
    os.kill(street.stack.record["pids"]["routing"], signal.SIGKILL)
    finished = await comes(street, "job", job, "JobFinished")
    assert finished.event is not None
    assert finished.event.model_dump(include={"moved", "refused"}) == {"moved": MANY, "refused": 0}
    for one in submitted:
        facts = await history(street, "request", one["id"])
        assert [fact.type for fact in facts].count("RequestTransferred") == 1
        assert facts[-1].actor == "staff:s-chen"
    assert (await street.reaches(submitted[0]["id"], "assigned"))["worker"] == "w-wang"
    assert await said(street, "MoveRequests", job=job, from_worker=leaver, to_worker="w-li") is None


async def test_what_a_patrol_finds_is_a_request_and_opens_again_when_it_is_not_fixed(street: Street):
    patrol, finding = new_id(), new_id()
    items = [{"code": "fire", "zh": "消防通道"}]
    plan = {"grid": "G-1", "worker": "w-li", "due_at": "2099-01-01T00:00:00Z", "items": items}
    assert await said(street, "PlanPatrol", patrol=patrol, **plan) == "PatrolPlanned"
    checked = [{"item": "fire", "good": False}]
    assert await said(street, "MakePatrol", "w-li", patrol=patrol, checked=checked) == "PatrolMade"
    place = {"lon": 121.4005, "lat": 31.2005}
    noted = {"finding": finding, "note": "三楼堆了纸箱", "patrol": patrol, "item": "fire", "place": place}
    assert await said(street, "NoteFinding", "w-li", **noted) == "FindingNoted"
    request = (await comes(street, "finding", finding, "FindingNoted")).event.request  # type: ignore[union-attr]

    async def there() -> bool:
        return (await street.staff.get(f"/v1/requests/{request}")).status_code == 200

    await until(there, what="the finding did not become a request")
    state = await street.reaches(request, "assigned")
    assert (state["kind"], state["text"]) == ("finding", "三楼堆了纸箱")
    worker = state["worker"]
    await street.do("AcceptRequest", request, worker)
    await street.do("ResolveRequest", request, worker, outcome="搬走了")
    assert await said(street, "MakeRecheck", "w-li", finding=finding, fixed=False) == "RecheckMade"
    await street.reaches(request, "reopened")
    rows = (await street.staff.get("/v1/findings")).json()["items"]
    assert next(row for row in rows if row["id"] == finding)["stands"] == "open"


async def test_the_street_calls_and_departments_report_in(street: Street):
    """Only the street may; a department that does not come is told of when its time is over."""
    submitted = await street.submit(category=something())
    request, task = submitted["id"], new_id()
    duties = [{"code": "d1", "zh": "占道经营", "lead": "city", "supporting": ["water"]}]
    await said(
        street, "AdoptDutyList", items=duties, departments=[{"code": "city", "zh": "城管", "chat": "@city"}]
    )
    call = {"joint_task": task, "request": submitted["code"], "duty": "d1", "lead": "city"}
    soon = {
        "supporting": ["water"],
        "need": "清理路口",
        "report_in_by": (now() + timedelta(seconds=5)).isoformat(),
    }
    worker = {"authorization": street.bearer("w-li", "worker")}
    refused = await street.staff.post("/v1/commands/CallJointTask", json=call | soon, headers=worker)
    assert refused.status_code == 403
    for wrong, why in (
        ({"supporting": ["watr"]}, "unknown_department"),
        ({"report_in_by": "2020-01-01T00:00:00Z"}, "time_is_past"),
    ):
        answer = await street.staff.post("/v1/commands/CallJointTask", json=call | soon | wrong)
        assert (answer.status_code, answer.json()["reason"]) == (409, why)
    assert await said(street, "CallJointTask", **call, **soon) == "JointTaskCalled"
    assert await said(street, "ReportIn", joint_task=task, department="city") == "DepartmentReportedIn"
    not_theirs = {"joint_task": task, "department": "water", "item": "d1"}
    answer = await street.staff.post("/v1/commands/RefuseJointTask", json=not_theirs)
    assert (answer.status_code, answer.json()["reason"]) == (409, "in_charge_by_the_list")
    rows: list[dict[str, Any]] = []

    async def shown() -> bool:
        rows[:] = (await street.staff.get("/v1/joint-tasks", params={"request": request})).json()["items"]
        return bool(rows) and rows[0]["departments"]["city"]["stands"] == "here"

    await until(shown, what="the console does not show the call")
    assert rows[0]["steps"][0]["words"] == {"need": "清理路口"}
    assert (await comes(street, "joint_task", task, "DepartmentOverdue")).event.department == "water"
    assert await said(street, "FinishJointTask", joint_task=task, department="city") == "JointTaskDone"


async def test_a_welfare_visit_that_nobody_answers_is_told_to_the_head(street: Street):
    """Planned by itself, not answered, raised; who it is about is opened for a purpose alone."""
    round_ = new_id()
    whom = {"who": "王奶奶 独居 3号201", "grid": "G-1", "worker": "w-li", "every_days": 7, "welfare": True}
    assert await said(street, "SetVisitRound", round=round_, **whom) == "VisitRoundSet"
    rows: list[dict[str, Any]] = []

    async def planned() -> bool:
        visits = (await street.staff.get("/v1/visits")).json()["items"]
        rows[:] = [row for row in visits if row["round"] == round_]
        return bool(rows)

    await until(planned, what="no visit was planned", within=90)
    visit = rows[0]["id"]
    assert "王奶奶" not in str(rows)
    answer = await street.staff.post(f"/v1/visit-rounds/{round_}/who", json={"purpose": "走访"})
    assert answer.json() == {"text": "王奶奶 独居 3号201"}
    assert await said(street, "LeaveVisitUnanswered", "w-li", visit=visit) == "VisitUnanswered"
    await comes(street, "visit", visit, "VisitRaised")
    await comes(street, "visit_round", round_, "VisitFellDue")

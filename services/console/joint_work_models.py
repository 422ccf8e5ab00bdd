"""What staff see of joint tasks, mediations, patrols, findings, visits and jobs: one document a history."""

from collections.abc import Mapping
from typing import Any

from shared.documents import Body, Model
from shared.envelope import Fact
from shared.events.event import Event, Sealed
from shared.events.job import JobAdvanced, JobStarted
from shared.events.joint_task import (
    DepartmentNamed,
    DepartmentOverdue,
    DepartmentRefused,
    DepartmentReportedIn,
    JointTaskCalled,
    JointTaskEvaluated,
)
from shared.events.patrol import RecheckMade

_STANDS: Mapping[str, str] = {
    "JointTaskCalled": "running",
    "JointTaskDone": "done",
    "JointTaskCalledOff": "called_off",
    "JointTaskEvaluated": "evaluated",
    "MediationOpened": "open",
    "AgreementReached": "agreed",
    "AgreementFailed": "failed",
    "PatrolPlanned": "planned",
    "PatrolMade": "made",
    "PatrolMissed": "missed",
    "PatrolCalledOff": "called_off",
    "FindingNoted": "open",
    "RecheckFellDue": "due",
    "JobStarted": "running",
    "JobFinished": "finished",
    "VisitPlanned": "planned",
    "VisitMade": "made",
    "VisitUnanswered": "unanswered",
    "VisitMissed": "missed",
    "VisitRoundSet": "on",
    "VisitRoundEnded": "ended",
}


def _fold(body: Body, fact: Fact) -> Body:
    event = fact.event
    assert event is not None
    said = event.model_dump(exclude={"at"})
    boxes = {
        name: said.pop(name)
        for name in list(said)
        if isinstance(getattr(event, name), Sealed) or name == "note"
    }
    step = {
        "type": fact.type,
        "at": event.at,
        "actor": fact.actor,
        "about": {
            name: value for name, value in said.items() if isinstance(value, str | int) and value != ""
        },
        "sealed": {name: box for name, box in boxes.items() if box},
    }
    after = body | _said(body, event, said)
    after["steps"] = [*body.get("steps", []), step]
    after.setdefault("at", event.at)
    if stands := _STANDS.get(fact.type):
        after["stands"] = stands
    return after


def _said(body: Body, event: Event, said: Body) -> Body:
    """What the event says goes into the row, but what is one department's or one stretch's stands with its like."""
    departments: dict[str, Any] = body.get("departments", {})
    match event:
        case JointTaskCalled():
            called = {"stands": "called", "report_in_by": event.report_in_by}
            parts = {event.lead: called | {"role": "lead"}} | {
                code: called | {"role": "support"} for code in event.supporting
            }
            return said | {"departments": parts}
        case DepartmentNamed():
            part = {"stands": "called", "role": event.role, "report_in_by": event.report_in_by}
            return {"departments": departments | {event.department: part}}
        case DepartmentReportedIn() | DepartmentOverdue() | DepartmentRefused():
            stands = {
                "DepartmentReportedIn": "here",
                "DepartmentOverdue": "overdue",
                "DepartmentRefused": "refused",
            }[type(event).__name__]
            change: Body = {"stands": stands}
            if isinstance(event, DepartmentRefused):
                change |= {"item": event.item, "whose": event.whose}
            part = departments.get(event.department, {}) | change
            return {"departments": departments | {event.department: part}}
        case JointTaskEvaluated():
            return {"marks": {mark.department: mark.score for mark in event.marks}}
        case RecheckMade():
            return said | {"stands": "fixed" if event.fixed else "open"}
        case JobStarted():
            return {
                "starter": event.starter,
                "from_worker": event.from_worker,
                "total": len(event.moves) + len(event.left_out),
                "upto": 0,
                "not_moved": said["left_out"],
                "reason": event.reason,
            }
        case JobAdvanced():
            return {"upto": event.upto, "not_moved": [*body.get("not_moved", []), *said["refused"]]}
        case _:
            said.pop("department", None)
            return said


def _model(aggregate: str, *indexes: list[str]) -> Model:
    return Model(
        name=aggregate,
        key=lambda history: (
            history.id if (history.owner, history.aggregate) == ("routing", aggregate) else None
        ),
        fold=_fold,
        indexes=[["tenant", "-r"], *indexes],
    )


JOINT_TASKS = _model("joint_task", ["tenant", "body.request"])
DUTY_LISTS = _model("duty_list")
MEDIATIONS = _model("mediation")
PATROLS = _model("patrol", ["tenant", "body.worker", "body.due_at"])
FINDINGS = _model("finding", ["tenant", "body.worker"])
VISITS = _model("visit", ["tenant", "body.worker", "body.on"])
VISIT_ROUNDS = _model("visit_round", ["tenant", "body.worker"])
JOBS = _model("job")
JOINT_WORK = (JOINT_TASKS, DUTY_LISTS, MEDIATIONS, PATROLS, FINDINGS, VISITS, VISIT_ROUNDS, JOBS)

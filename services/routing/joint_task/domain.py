"""The rules of a joint task (吹哨报到): the street calls, departments report in, the lead finishes, the caller judges."""

from datetime import datetime, timedelta
from typing import assert_never

from services.routing.joint_task.state import Called, State, evolve
from shared.commands.joint_task import (
    CallJointTask,
    CallOffJointTask,
    CheckReportIn,
    EvaluateJointTask,
    FinishJointTask,
    NameDepartment,
    NoteDepartmentProgress,
    RefuseJointTask,
    ReportIn,
)
from shared.decider import Decider
from shared.events.event import Event
from shared.events.joint_task import (
    DepartmentNamed,
    DepartmentOverdue,
    DepartmentProgressed,
    DepartmentRefused,
    DepartmentReportedIn,
    JointTaskCalled,
    JointTaskCalledOff,
    JointTaskDone,
    JointTaskEvaluated,
)
from shared.refusal import Refused

OfOne = NameDepartment | ReportIn | NoteDepartmentProgress | RefuseJointTask | FinishJointTask | CheckReportIn
Command = CallJointTask | OfOne | EvaluateJointTask | CallOffJointTask
REPORT_IN_WITHIN = timedelta(hours=2)


def decide(command: Command, state: State) -> Event | None:
    if command.actor.startswith("worker:"):
        raise Refused("not_for_workers")
    match command:
        case CallJointTask():
            return _call(command, state)
        case CallOffJointTask():
            if state.ended == "called_off":
                return None
            _refuse_unless_running(state)
            return JointTaskCalledOff(reason=command.reason, at=command.at)
        case EvaluateJointTask():
            return _evaluate(command, state)
        case _:
            return _of_one(command, state)


def _call(command: CallJointTask, state: State) -> Event | None:
    if state.request is not None:
        if state.request == command.request:
            return None
        raise Refused("already_called", request=state.request)
    if command.lead in command.supporting:
        raise Refused("lead_also_supports", department=command.lead)
    if command.duty is not None and command.charge is None:
        raise Refused("unknown_duty", item=command.duty)
    charge = command.charge if command.duty is not None else None
    if charge is not None and charge.lead != command.lead:
        raise Refused("not_in_charge", item=command.duty, whose=charge.lead)
    return JointTaskCalled(
        request=command.request,
        caller=command.actor,
        lead=command.lead,
        supporting=tuple(dict.fromkeys(command.supporting)),
        report_in_by=_in_time(command),
        duty=command.duty,
        in_charge=charge.all if charge else (),
        need=command.need,
        at=command.at,
    )


def _in_time(command: CallJointTask | NameDepartment) -> datetime:
    report_in_by = command.report_in_by or command.at + REPORT_IN_WITHIN
    if report_in_by <= command.at:
        raise Refused("time_is_past")
    return report_in_by


def _of_one(command: OfOne, state: State) -> Event | None:
    part = state.departments.get(command.department)
    if isinstance(command, CheckReportIn):
        late = part is not None and part.stands == "called" and part.report_in_by <= command.at
        if part is None or not late or state.ended is not None:
            return None
        return DepartmentOverdue(department=command.department, report_in_by=part.report_in_by, at=command.at)
    if isinstance(command, FinishJointTask) and state.ended == "done":
        return None
    _refuse_unless_running(state)
    if isinstance(command, NameDepartment):
        return _name(command, part, state)
    if part is None:
        raise Refused("department_not_called", department=command.department)
    match command:
        case ReportIn():
            if part.stands == "refused":
                raise Refused("department_refused", department=command.department)
            here = part.stands == "here"
            return (
                None
                if here
                else DepartmentReportedIn(department=command.department, note=command.note, at=command.at)
            )
        case RefuseJointTask():
            return _refuse(command, part, state)
        case NoteDepartmentProgress():
            if part.noted == command.note.key:
                return None
            _refuse_unless_here(command.department, part)
            return DepartmentProgressed(department=command.department, note=command.note, at=command.at)
        case FinishJointTask():
            if state.lead != command.department:
                raise Refused("not_the_lead", lead=state.lead)
            _refuse_unless_here(command.department, part)
            return JointTaskDone(department=command.department, outcome=command.outcome, at=command.at)
        case _:
            assert_never(command)


def _name(command: NameDepartment, part: Called | None, state: State) -> Event | None:
    if part is not None and part.stands != "refused":
        if part.role == command.role:
            return None
        raise Refused("department_already_called", role=part.role)
    if command.role == "lead" and state.lead is not None:
        raise Refused("already_led", lead=state.lead)
    return DepartmentNamed(
        department=command.department,
        role=command.role,
        report_in_by=_in_time(command),
        at=command.at,
    )


def _refuse(command: RefuseJointTask, part: Called, state: State) -> Event | None:
    """Only the list excuses: a department that it names for this, or for the item it points at, is in charge."""
    if part.stands == "refused":
        return None
    if part.stands == "here":
        raise Refused("already_reported_in")
    if command.charge is None:
        raise Refused("unknown_duty", item=command.item)
    if command.department in (*state.in_charge, *command.charge.all):
        raise Refused("in_charge_by_the_list", department=command.department)
    return DepartmentRefused(
        department=command.department, item=command.item, whose=command.charge.lead, at=command.at
    )


def _evaluate(command: EvaluateJointTask, state: State) -> Event | None:
    if state.marks is not None:
        if state.marks == command.marks:
            return None
        raise Refused("already_evaluated")
    if state.ended != "done":
        raise Refused("joint_task_runs")
    if state.caller != command.actor:
        raise Refused("not_the_caller")
    if strangers := sorted({mark.department for mark in command.marks} - state.departments.keys()):
        raise Refused("department_not_called", department=strangers[0])
    return JointTaskEvaluated(marks=command.marks, note=command.note, at=command.at)


def _refuse_unless_running(state: State) -> None:
    if state.request is None:
        raise Refused("no_joint_task")
    if state.ended is not None:
        raise Refused("joint_task_over", ended=state.ended)


def _refuse_unless_here(department: str, part: Called) -> None:
    if part.stands != "here":
        raise Refused("not_reported_in", department=department)


JOINT_TASK: Decider[State] = Decider(
    "routing", "joint_task", State(), evolve, decide, indexes=[["body.check_at"], ["body.request"]]
)

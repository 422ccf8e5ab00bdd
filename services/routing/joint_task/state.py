"""What the rules remember of a joint task: each department's part in it, and how it ended."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

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
    Mark,
    Role,
)


class Called(BaseModel):
    """One department's part."""

    model_config = ConfigDict(frozen=True)

    role: Role
    stands: Literal["called", "overdue", "here", "refused"] = "called"
    report_in_by: datetime
    noted: str | None = None


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    request: str | None = None
    caller: str | None = None
    in_charge: tuple[str, ...] = ()
    departments: dict[str, Called] = {}
    ended: Literal["done", "called_off"] | None = None
    marks: tuple[Mark, ...] | None = None
    check_at: datetime | None = None
    """When the next department has to be here: the sweep looks for it."""

    @property
    def lead(self) -> str | None:
        leads = (code for code, part in self.departments.items() if part.role == "lead")
        return next((code for code in leads if self.departments[code].stands != "refused"), None)


def evolve(state: State, event: Event) -> State:
    after = _moved(state, event)
    waits = [part.report_in_by for part in after.departments.values() if part.stands == "called"]
    next_wait = min(waits, default=None) if after.ended is None else None
    return after.model_copy(update={"check_at": next_wait})


def _moved(state: State, event: Event) -> State:
    match event:
        case JointTaskCalled():
            supporting = {
                code: Called(role="support", report_in_by=event.report_in_by) for code in event.supporting
            }
            lead = {event.lead: Called(role="lead", report_in_by=event.report_in_by)}
            return State(
                request=event.request,
                caller=event.caller,
                in_charge=event.in_charge,
                departments=supporting | lead,
            )
        case DepartmentNamed():
            part = Called(role=event.role, report_in_by=event.report_in_by)
            return state.model_copy(update={"departments": state.departments | {event.department: part}})
        case DepartmentReportedIn():
            return _with(state, event.department, stands="here")
        case DepartmentProgressed():
            return _with(state, event.department, noted=event.note.key)
        case DepartmentRefused():
            return _with(state, event.department, stands="refused")
        case DepartmentOverdue():
            return _with(state, event.department, stands="overdue")
        case JointTaskDone():
            return state.model_copy(update={"ended": "done"})
        case JointTaskCalledOff():
            return state.model_copy(update={"ended": "called_off"})
        case JointTaskEvaluated():
            return state.model_copy(update={"marks": event.marks})
        case _:
            return state


def _with(state: State, department: str, **change: str) -> State:
    if department not in state.departments:
        return state
    part = state.departments[department].model_copy(update=change)
    return state.model_copy(update={"departments": state.departments | {department: part}})

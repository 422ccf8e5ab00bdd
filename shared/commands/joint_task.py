"""What routing may be asked to do with a joint task and with the list of duties."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.commands.command import Command, Reason
from shared.events.event import Part, Sealed
from shared.events.joint_task import Department, DutyItem, Mark, Role
from shared.words import Code, Token


class Charge(Part):
    """Who is in charge of an item, as the list says. routing looks it up; whatever a caller says here is replaced."""

    lead: Code
    supporting: tuple[Code, ...] = ()

    @property
    def all(self) -> tuple[Code, ...]:
        return (self.lead, *self.supporting)


class AdoptDutyList(Command, owner="routing", aggregate="duty_list", target="area"):
    """``area`` is the tenant's name: one list holds at a time."""

    area: Token
    items: Annotated[tuple[DutyItem, ...], Field(max_length=2000)]
    departments: Annotated[tuple[Department, ...], Field(max_length=200)] = ()
    escalate_to: Code | None = None
    name: str = ""


class CallJointTask(Command, owner="routing", aggregate="joint_task", target="joint_task"):
    """``report_in_by`` is two hours from now when nothing is said."""

    joint_task: Token
    request: Token
    lead: Code
    supporting: Annotated[tuple[Code, ...], Field(max_length=30)] = ()
    duty: Code | None = None
    report_in_by: AwareDatetime | None = None
    need: Sealed | None = None
    charge: Charge | None = None


class NameDepartment(Command, owner="routing", aggregate="joint_task", target="joint_task"):
    joint_task: Token
    department: Code
    role: Role = "support"
    report_in_by: AwareDatetime | None = None


class ReportIn(Command, owner="routing", aggregate="joint_task", target="joint_task"):
    joint_task: Token
    department: Code
    note: Sealed | None = None


class NoteDepartmentProgress(Command, owner="routing", aggregate="joint_task", target="joint_task"):
    joint_task: Token
    department: Code
    note: Sealed


class RefuseJointTask(Command, owner="routing", aggregate="joint_task", target="joint_task"):
    """``item`` of the list of duties says whose it is."""

    joint_task: Token
    department: Code
    item: Code
    charge: Charge | None = None


class FinishJointTask(Command, owner="routing", aggregate="joint_task", target="joint_task"):
    joint_task: Token
    department: Code
    outcome: Sealed | None = None


class EvaluateJointTask(Command, owner="routing", aggregate="joint_task", target="joint_task"):
    joint_task: Token
    marks: Annotated[tuple[Mark, ...], Field(max_length=40)]
    note: Sealed | None = None


class CallOffJointTask(Command, owner="routing", aggregate="joint_task", target="joint_task"):
    joint_task: Token
    reason: Reason


class CheckReportIn(Command, owner="routing", aggregate="joint_task", target="joint_task"):
    joint_task: Token
    department: Code

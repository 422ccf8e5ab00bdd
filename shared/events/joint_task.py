"""The street whistles, departments report in (吹哨报到): routing's facts of joint tasks, and the list of duties."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.events.event import Event, Part, Sealed
from shared.words import Actor, Code, Token

Role = Literal["lead", "support"]
"""主办 or 协办."""


class DutyItem(Part):
    """One line of the list of duties (履职事项清单): who leads it and who supports."""

    code: Code
    zh: str
    en: str = ""
    lead: Code
    supporting: tuple[Code, ...] = ()
    source: str = Field(default="", description="the paper that says so")


class Department(Part):
    """An office, not a person: its chat address is the office's own."""

    code: Code
    zh: str
    en: str = ""
    chat: str = ""


class DutyListAdopted(Event, owner="routing", aggregate="duty_list"):
    """From now on duties are as this list says; joint tasks that were called before keep what they were called by."""

    items: tuple[DutyItem, ...]
    departments: tuple[Department, ...] = ()
    escalate_to: Code | None = Field(default=None, description="the office that hears of a missed report-in")
    name: str = ""


class JointTaskCalled(Event, owner="routing", aggregate="joint_task"):
    request: Token
    caller: Actor
    lead: Code
    supporting: tuple[Code, ...] = ()
    report_in_by: AwareDatetime
    duty: Code | None = Field(default=None, description="the item of the list of duties that it is bound to")
    in_charge: tuple[Code, ...] = Field(default=(), description="whom that item names: they cannot refuse")
    need: Sealed | None = None


class DepartmentNamed(Event, owner="routing", aggregate="joint_task"):
    """Another department is called, after one refused or because more is needed."""

    department: Code
    role: Role
    report_in_by: AwareDatetime


class DepartmentReportedIn(Event, owner="routing", aggregate="joint_task"):
    department: Code
    note: Sealed | None = None


class DepartmentProgressed(Event, owner="routing", aggregate="joint_task"):
    department: Code
    note: Sealed


class DepartmentRefused(Event, owner="routing", aggregate="joint_task"):
    """Not in charge by the list: ``item`` is the line that says whose it is."""

    department: Code
    item: Code
    whose: Code


class DepartmentOverdue(Event, owner="routing", aggregate="joint_task"):
    """It did not report in by its time: this is told one level up."""

    department: Code
    report_in_by: AwareDatetime


class JointTaskDone(Event, owner="routing", aggregate="joint_task"):
    department: Code
    outcome: Sealed | None = None


class Mark(Part):
    department: Code
    score: Annotated[int, Field(ge=0, le=5)]


class JointTaskEvaluated(Event, owner="routing", aggregate="joint_task"):
    """What the caller thinks of each department's part: 0 (did not come) to 5."""

    marks: tuple[Mark, ...]
    note: Sealed | None = None


class JointTaskCalledOff(Event, owner="routing", aggregate="joint_task"):
    reason: str

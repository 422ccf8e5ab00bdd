"""The street whistles and departments report in (吹哨报到)."""

from typing import Any

from services.routing.duty_list.domain import DUTY_LIST
from shared.commands.joint_task import (
    AdoptDutyList,
    CallJointTask,
    CallOffJointTask,
    Charge,
    CheckReportIn,
    EvaluateJointTask,
    FinishJointTask,
    NameDepartment,
    NoteDepartmentProgress,
    RefuseJointTask,
    ReportIn,
)
from shared.events.joint_task import (
    Department,
    DepartmentNamed,
    DepartmentOverdue,
    DepartmentProgressed,
    DepartmentRefused,
    DepartmentReportedIn,
    DutyItem,
    DutyListAdopted,
    JointTaskCalled,
    JointTaskCalledOff,
    JointTaskDone,
    JointTaskEvaluated,
    Mark,
)
from tests.fixtures.matter import box, minutes
from tests.fixtures.story import given

AT = minutes(60)
CITY, WATER, FIRE = "city", "water", "fire"


def wish(model: Any, *, at: float = 60, actor: str = "staff:s1", **said: Any) -> Any:
    return model.model_validate(
        {"id": "c1", "tenant": "demo", "actor": actor, "at": minutes(at), "joint_task": "t1"} | said
    )


def called(**more: Any) -> JointTaskCalled:
    said = {
        "request": "r1",
        "caller": "staff:s1",
        "lead": CITY,
        "supporting": (WATER,),
        "report_in_by": minutes(120),
        "at": minutes(0),
    }
    return JointTaskCalled.model_validate(said | more)


def here(department: str) -> DepartmentReportedIn:
    return DepartmentReportedIn(department=department, at=AT)


def call(**said: Any) -> Any:
    return wish(CallJointTask, request="r1", lead=CITY, supporting=(WATER,), **said)


def test_a_call_gives_two_hours_to_report_in():
    given().when(call(at=0)).then(called())


def test_nobody_is_called_for_a_moment_that_is_past():
    given().when(call(report_in_by=minutes(59))).refused("time_is_past")
    given(called(), DepartmentRefused(department=WATER, item="d2", whose=FIRE, at=AT)).when(
        wish(NameDepartment, department=FIRE, role="support", report_in_by=minutes(60))
    ).refused("time_is_past")


def test_a_list_knows_whom_it_charges_and_whom_it_lists():
    listed = DutyListAdopted(
        items=(DutyItem(code="d1", zh="占道经营", lead=CITY, supporting=(WATER,)),),
        departments=(Department(code=FIRE, zh="消防"),),
        at=AT,
    )
    duties = DUTY_LIST.evolve(DUTY_LIST.initial, listed)
    assert duties.unknown((CITY, WATER, FIRE, "cty")) == ["cty"]
    assert DUTY_LIST.initial.unknown(("cty",)) == [], "before there is a list, nobody can know"


def test_a_worker_does_not_whistle():
    given().when(call(actor="worker:w1")).refused("not_for_workers")


def test_a_call_by_an_item_goes_to_whom_the_list_names():
    charge = Charge(lead=CITY, supporting=(WATER,))
    bound = called(duty="d1", in_charge=(CITY, WATER))
    given().when(call(at=0, duty="d1", charge=charge)).then(bound)
    given().when(call(duty="d1", charge=Charge(lead=FIRE))).refused("not_in_charge", item="d1", whose=FIRE)
    given().when(call(duty="d1")).refused("unknown_duty")


def test_a_department_that_does_not_come_is_told_of_once_and_may_still_come():
    late = DepartmentOverdue(department=WATER, report_in_by=minutes(120), at=minutes(120))
    given(called()).when(wish(CheckReportIn, department=WATER, at=119)).then()
    story = given(called()).when(wish(CheckReportIn, department=WATER, at=120)).then(late)
    story = story.when(wish(CheckReportIn, department=WATER, at=999)).then()
    story.when(wish(ReportIn, department=WATER)).then(here(WATER))


def test_only_the_list_excuses():
    """Who is in charge by the item of the call, or by the item that it points at, cannot refuse."""
    refuse = wish(RefuseJointTask, department=WATER, item="d2", charge=Charge(lead=FIRE))
    refused = DepartmentRefused(department=WATER, item="d2", whose=FIRE, at=AT)
    story = given(called()).when(refuse).then(refused)
    story.when(wish(ReportIn, department=WATER)).refused("department_refused")
    given(called(in_charge=(CITY, WATER))).when(refuse).refused("in_charge_by_the_list")
    own = wish(RefuseJointTask, department=WATER, item="d3", charge=Charge(lead=WATER))
    given(called()).when(own).refused("in_charge_by_the_list")
    given(called()).when(wish(RefuseJointTask, department=WATER, item="none")).refused("unknown_duty")
    given(called(), here(WATER)).when(refuse).refused("already_reported_in")


def test_a_refused_lead_is_followed_by_another():
    refused = DepartmentRefused(department=CITY, item="d2", whose=FIRE, at=AT)
    named = DepartmentNamed(department=FIRE, role="lead", report_in_by=minutes(180), at=AT)
    lead = wish(NameDepartment, department=FIRE, role="lead")
    given(called()).when(lead).refused("already_led", lead=CITY)
    story = given(called(), refused).when(lead).then(named)
    done = wish(FinishJointTask, department=FIRE)
    story.when(done).refused("not_reported_in")
    ended = JointTaskDone(department=FIRE, at=AT)
    given(called(), refused, named, here(FIRE)).when(done).then(ended)


def test_the_lead_closes_and_nobody_else():
    story = given(called(), here(CITY), here(WATER))
    story.when(wish(FinishJointTask, department=WATER)).refused("not_the_lead", lead=CITY)
    noted = DepartmentProgressed(department=WATER, note=box("k1"), at=AT)
    story.when(wish(NoteDepartmentProgress, department=WATER, note=box("k1"))).then(noted)
    story = story.when(wish(FinishJointTask, department=CITY)).then(JointTaskDone(department=CITY, at=AT))
    story.when(wish(ReportIn, department=WATER)).refused("joint_task_over")


def test_the_caller_judges_once_it_is_done():
    marks = (Mark(department=CITY, score=5), Mark(department=WATER, score=0))
    judge = wish(EvaluateJointTask, marks=marks)
    given(called(), here(CITY)).when(judge).refused("joint_task_runs")
    done = (called(), here(CITY), JointTaskDone(department=CITY, at=AT))
    given(*done).when(wish(EvaluateJointTask, marks=marks, actor="staff:s2")).refused("not_the_caller")
    judged = JointTaskEvaluated(marks=marks, at=AT)
    story = given(*done).when(judge).then(judged)
    story.when(wish(EvaluateJointTask, marks=marks[:1])).refused("already_evaluated")


def test_a_call_is_taken_back_while_it_runs():
    off = JointTaskCalledOff(reason="a mistake", at=AT)
    story = given(called()).when(wish(CallOffJointTask, reason="a mistake")).then(off)
    story.when(wish(CheckReportIn, department=WATER, at=999)).then()


def test_the_list_is_adopted_whole_and_says_whose_what_is():
    items = (DutyItem(code="d1", zh="占道经营", lead=CITY, supporting=(FIRE,)),)

    def adopt(items: tuple[DutyItem, ...]) -> Any:
        said = {"id": "c1", "tenant": "demo", "actor": "staff:s1", "at": AT, "area": "demo"}
        return AdoptDutyList.model_validate(said | {"items": items})

    given().when(adopt(items)).then(DutyListAdopted(items=items, at=AT))
    given().when(adopt(items * 2)).refused("duty_listed_twice")

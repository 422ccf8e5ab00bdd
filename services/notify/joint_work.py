"""Who is told of joint work: departments that are called or late, mediators, heads, whoever looks again."""

from services.notify.projection import DUTIES, part
from services.notify.reactions import is_accused, reactions
from services.notify.telling import Work, matter, remembered, tell, told_of
from shared.documents import Body
from shared.envelope import Fact
from shared.events.joint_task import DepartmentNamed, DepartmentOverdue, JointTaskCalled
from shared.events.mediation import ConfirmationReminded, FollowUpFellDue, MediatorNamed
from shared.events.patrol import FindingNoted, PatrolMissed, RecheckFellDue
from shared.events.visit import VisitRaised

CALLS = part(
    "joint_task", lambda event: {"request": event.request} if isinstance(event, JointTaskCalled) else {}
)
MEDIATORS = part(
    "mediation", lambda event: {"mediator": event.mediator} if isinstance(event, MediatorNamed) else {}
)
FINDERS = part("finding", lambda event: {"worker": event.worker} if isinstance(event, FindingNoted) else {})
JOINT_WORK = (DUTIES, CALLS, MEDIATORS, FINDERS)


@reactions.on(JointTaskCalled)
async def call_the_departments(fact: Fact, event: JointTaskCalled, work: Work) -> None:
    """Lead and supporting departments are told in their own chat."""
    about = await matter(fact, work, event.request)
    for department in (event.lead, *event.supporting):
        await _tell(fact, work, f"department:{department}", "sms.department.called", about)


@reactions.on(DepartmentNamed)
async def call_another(fact: Fact, event: DepartmentNamed, work: Work) -> None:
    about = await _request_of(fact, work)
    await _tell(fact, work, f"department:{event.department}", "sms.department.called", about)


@reactions.on(DepartmentOverdue)
async def tell_one_level_up(fact: Fact, event: DepartmentOverdue, work: Work) -> None:
    """The department hears it, and the office that the list of duties names for it."""
    about = await _request_of(fact, work)
    duties = await remembered(DUTIES, fact, fact.history.tenant, work)
    for department in {event.department, duties.get("escalate_to") or event.department}:
        await _tell(fact, work, f"department:{department}", "sms.department.overdue", about)


@reactions.on(ConfirmationReminded)
async def remind_the_mediator(fact: Fact, _event: ConfirmationReminded, work: Work) -> None:
    await _tell_the_mediator(fact, work, "sms.worker.confirmation")


@reactions.on(FollowUpFellDue)
async def ask_for_the_follow_up(fact: Fact, _event: FollowUpFellDue, work: Work) -> None:
    await _tell_the_mediator(fact, work, "sms.worker.follow_up")


@reactions.on(VisitRaised)
async def tell_the_head(fact: Fact, event: VisitRaised, work: Work) -> None:
    """A welfare visit that nobody answered: somebody finds out on the same day."""
    if event.to is not None:
        await _tell(fact, work, f"worker:{event.to}", "sms.worker.unanswered", {"grid": event.grid})


@reactions.on(PatrolMissed)
async def tell_the_head_of_the_patrol(fact: Fact, event: PatrolMissed, work: Work) -> None:
    """Nobody walked the round: whoever can send somebody else hears of it."""
    if event.head is not None:
        await _tell(fact, work, f"worker:{event.head}", "sms.worker.patrol_missed", {"grid": event.grid})


@reactions.on(RecheckFellDue)
async def send_to_look_again(fact: Fact, _event: RecheckFellDue, work: Work) -> None:
    if worker := (await remembered(FINDERS, fact, fact.history.id, work)).get("worker"):
        await _tell(fact, work, f"worker:{worker}", "sms.worker.recheck", {})


async def _tell_the_mediator(fact: Fact, work: Work, template: str) -> None:
    about = await matter(fact, work)
    if mediator := (await remembered(MEDIATORS, fact, fact.history.id, work)).get("mediator"):
        await _tell(fact, work, f"worker:{mediator}", template, about)


async def _request_of(fact: Fact, work: Work) -> Body:
    task = await remembered(CALLS, fact, fact.history.id, work)
    return await matter(fact, work, task["request"])


async def _tell(fact: Fact, work: Work, to: str, template: str, about: Body) -> None:
    """Whoever it accuses hears nothing of it, whatever the occasion."""
    if not is_accused(to, about):
        await tell(fact, work, to, template, told_of(about))

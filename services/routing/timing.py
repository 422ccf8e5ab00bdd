"""Clocks of what stands beside the request: report-ins, confirmations, patrols, re-checks, visits, wishes.

A timer that fires is only a question, and the sweep asks the same of whatever is overdue: the state decides, in its
aggregate's rules.
"""

from collections.abc import AsyncIterable, Awaitable, Callable, Mapping
from typing import Any

from services.routing.call_up.domain import CALL_UP
from services.routing.finding.domain import FINDING
from services.routing.grid_book import GridBook
from services.routing.joint_task.domain import JOINT_TASK
from services.routing.mediation.domain import MEDIATION
from services.routing.patrol.domain import PATROL
from services.routing.request.reactions import Work, reactions
from services.routing.visit.domain import VISIT
from services.routing.wish.domain import WISH
from shared.clock import now
from shared.commands.call_up import CheckCallUp
from shared.commands.command import Command
from shared.commands.joint_task import CheckReportIn
from shared.commands.mediation import CheckMediation
from shared.commands.patrol import CheckFinding, CheckPatrol
from shared.commands.visit import CheckVisit
from shared.commands.wish import CheckWish
from shared.desk import Desk
from shared.envelope import Fact
from shared.events.call_up import (
    CallUpAnswered,
    CallUpEscalated,
    CallUpIssued,
    CallUpRanShort,
    CallUpReminded,
    CallUpWidened,
)
from shared.events.event import Event
from shared.events.joint_task import DepartmentNamed, DepartmentReportedIn, JointTaskCalled
from shared.events.mediation import AgreementReached, ConfirmationReminded, FollowedUp
from shared.events.patrol import FindingNoted, PatrolPlanned, RecheckMade
from shared.events.visit import VisitPlanned
from shared.events.wish import (
    ClaimConfirmed,
    ClaimExtended,
    ClaimReleased,
    WishClaimed,
    WishOpened,
    WishReopened,
    WishWaited,
)
from shared.ids import new_id
from shared.observability import log
from shared.refusal import Refused
from shared.store import Store

Json = dict[str, Any]
_SERVICE = "service:routing"
SWEPT_AT_ONCE = 500


def _report_ins(state: Any, said: Json) -> list[Command]:
    waiting = [code for code, part in state.departments.items() if part.stands == "called"]
    return [
        CheckReportIn(**_command(said), joint_task=said["id"], department=department)
        for department in waiting
    ]


def _mediation(_state: Any, said: Json) -> list[Command]:
    return [
        CheckMediation(**_command(said), request=said["id"], about=about)
        for about in ("reminder", "deadline", "follow_up")
    ]


def _wish(_state: Any, said: Json) -> list[Command]:
    return [CheckWish(**_command(said), request=said["id"], about=about) for about in ("claim", "wait")]


def _call_up(_state: Any, said: Json) -> list[Command]:
    return [
        CheckCallUp(**_command(said), call_up=said["id"], about=about)
        for about in ("end", "reminder", "short")
    ]


_QUESTIONS: Mapping[str, Callable[[Any, Json], list[Command]]] = {
    JOINT_TASK.aggregate: _report_ins,
    MEDIATION.aggregate: _mediation,
    PATROL.aggregate: lambda _, said: [CheckPatrol(**_command(said), patrol=said["id"])],
    FINDING.aggregate: lambda _, said: [CheckFinding(**_command(said), finding=said["id"])],
    CALL_UP.aggregate: _call_up,
    VISIT.aggregate: lambda _, said: [CheckVisit(**_command(said), visit=said["id"])],
    WISH.aggregate: _wish,
}


def _command(said: Json) -> Json:
    return {"id": new_id(), "tenant": said["tenant"], "actor": _SERVICE, "at": now()}


async def check(question: Json, desk: Desk, book: GridBook) -> None:
    """A timer fired, or the sweep asks."""
    state = await desk.state(question["aggregate"], question["tenant"], question["id"])
    for command in _QUESTIONS[question["aggregate"]](state, question):
        asked = command
        if isinstance(command, CheckPatrol) and state.plan is not None:
            asked = command.model_copy(update={"head": await book.head_of(state.plan.grid)})
        await desk.do(asked)


async def sweep_the_rest(store: Store, desk: Desk, book: GridBook) -> None:
    """Ask about whatever is overdue, so that a lost timer is a late one."""
    for aggregate in _QUESTIONS:
        overdue = store.documents(aggregate).find({"body.check_at": {"$lte": now()}}, {"tenant": 1, "id": 1})

        async def about(row: Json, aggregate: str = aggregate) -> None:
            await check({"tenant": row["tenant"], "aggregate": aggregate, "id": row["id"]}, desk, book)

        await ask_each(overdue.sort("body.check_at", 1).limit(SWEPT_AT_ONCE), about)


async def ask_each(rows: AsyncIterable[Json], about: Callable[[Json], Awaitable[None]]) -> None:
    """One history that is held, or that many write to just now, keeps no other waiting: it stays overdue, and is asked
    about again.
    """
    async for row in rows:
        try:
            await about(row)
        except Refused as refused:
            log.warning("sweep_refused", reason=refused.reason)


async def set_the_next_clock(fact: Fact, _event: Event, work: Work) -> None:
    """Ask when the next moment of this history has come."""
    tenant, aggregate, name = fact.history.tenant, fact.history.aggregate, fact.history.id
    moment = (await work.desk.state(aggregate, tenant, name)).check_at
    if moment is None or moment < now():  # what ran out already is the sweep's
        return
    await work.bus.set_timer(
        f"{tenant}.{aggregate}-{name}.{int(moment.timestamp())}",
        moment,
        {"tenant": tenant, "aggregate": aggregate, "id": name},
    )


for _event in (
    JointTaskCalled, DepartmentNamed, DepartmentReportedIn, AgreementReached, ConfirmationReminded, FollowedUp,
    PatrolPlanned, FindingNoted, RecheckMade, VisitPlanned,
    CallUpIssued, CallUpWidened, CallUpAnswered, CallUpRanShort,
    CallUpReminded, CallUpEscalated,
    WishOpened, WishWaited, WishClaimed, ClaimConfirmed, ClaimExtended, ClaimReleased, WishReopened,
):  # fmt: skip
    reactions.on(_event)(set_the_next_clock)

"""Joint tasks, mediations, patrols, visits and bulk moves: their deciders, and what routing fills into commands."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.routing.call_up import reactions as _calling
from services.routing.call_up.domain import CALL_UP
from services.routing.duty_list.domain import DUTY_LIST
from services.routing.duty_list.domain import State as DutyList
from services.routing.finding.domain import FINDING
from services.routing.finding.reactions import request_of
from services.routing.grid_book import GridBook
from services.routing.job import reactions as _working
from services.routing.job.domain import JOB
from services.routing.job.freezing import frozen
from services.routing.joint_task.domain import JOINT_TASK
from services.routing.mediation.domain import CONFIRM_WITHIN, MEDIATION
from services.routing.patrol import reactions as _walking
from services.routing.patrol.domain import PATROL
from services.routing.patrol.domain import State as Patrol
from services.routing.rota.domain import ROTA
from services.routing.visit import reactions as _visiting
from services.routing.visit.domain import VISIT
from services.routing.visit_round.domain import VISIT_ROUND
from shared.commands.absence import NoteAbsence
from shared.commands.call_up import IssueCallUp
from shared.commands.command import ByHand, Command
from shared.commands.grid_book import PostWorker
from shared.commands.job import MoveRequests
from shared.commands.joint_task import CallJointTask, NameDepartment, RefuseJointTask
from shared.commands.mediation import RecordAgreement
from shared.commands.patrol import MakePatrol, NoteFinding, PlanPatrol
from shared.commands.rota import RosterDuty
from shared.commands.visit import LeaveVisitUnanswered, MakeVisit, SetVisitRound
from shared.decider import Decider
from shared.desk import Desk
from shared.refusal import Refused
from shared.store import Store

REACTING = (_working, _walking, _visiting, _calling)
"""Modules that register what follows from a fact."""
DECIDERS: tuple[Decider[Any], ...] = (
    JOINT_TASK, DUTY_LIST, MEDIATION, PATROL, FINDING, JOB, VISIT, VISIT_ROUND, CALL_UP, ROTA,
)  # fmt: skip


async def filled_in(command: Command, desk: Desk, store: Store, zone: ZoneInfo, book: GridBook) -> Command:
    """Fill in what routing knows and nobody else may say. Raises Refused."""
    match command:
        case CallJointTask() | NameDepartment() | RefuseJointTask():
            return _by_the_list(
                command, await desk.state(DUTY_LIST.aggregate, command.tenant, command.tenant)
            )
        case PostWorker():
            await book.must_be_an_area(command.grid)
            return command
        case NoteAbsence():
            await book.must_be_posted(command.worker)
            return command
        case IssueCallUp():
            await book.must_be_an_area(command.area)
            if command.lead is not None:
                await book.must_be_posted(command.lead)
            return command
        case RosterDuty():
            await book.must_be_an_area(command.area)
            if f"{command.starts.astimezone(zone):%Y-%m}" != command.month:
                raise Refused("not_in_month", month=command.month)
            for worker in (command.worker, command.deputy):
                if worker is not None:
                    await book.must_be_posted(worker)
            return command
        case PlanPatrol() | SetVisitRound():
            if await book.by_hand(command.grid) is None:
                raise Refused("unknown_grid", grid=command.grid)
            await book.must_be_posted(command.worker)
            return command
        case NoteFinding():
            _, request = request_of(command.tenant, command.finding)
            return command.model_copy(update={"request": request})
        case MakeVisit() | LeaveVisitUnanswered() | MakePatrol():
            instead = await _in_whose_place(command, desk, book)
            return command.model_copy(update={"stands_in_for": instead})
        case RecordAgreement():
            confirm_by = thirty_days_after(command.effective_at or command.at, zone)
            return command.model_copy(update={"confirm_by": confirm_by})
        case MoveRequests():
            moves, left_out = await frozen(command, desk, store, book)
            return command.model_copy(update={"moves": moves, "left_out": left_out})
        case _:
            return command


def _by_the_list(command: CallJointTask | NameDepartment | RefuseJointTask, duties: DutyList) -> Command:
    """Whom it names is called, and it says who is in charge."""
    match command:
        case CallJointTask():
            called, item = (command.lead, *command.supporting), command.duty
        case NameDepartment():
            called, item = (command.department,), None
        case RefuseJointTask():
            called, item = (), command.item
    if unknown := duties.unknown(called):
        raise Refused("unknown_department", departments=unknown)
    if isinstance(command, NameDepartment):
        return command
    return command.model_copy(update={"charge": duties.charge(item)})


async def _in_whose_place(command: ByHand, desk: Desk, book: GridBook) -> str | None:
    """Return the worker whose it is, where he is away and the actor is on duty in his place."""
    role, _, name = command.actor.partition(":")
    if role != "worker":
        return None
    state = await desk.state(command.aggregate, command.tenant, command.history)
    its = state.plan if isinstance(state, Patrol) else state
    if its is None or its.worker in ("", name) or not await book.away(its.worker, at=command.at):
        return None
    covered = await book.by_hand(its.grid, at=command.at)
    return its.worker if covered and covered.worker == name else None


def thirty_days_after(effective: datetime, zone: ZoneInfo) -> datetime:
    """The end of the thirtieth day: the first day does not count and the last runs to its midnight (Civil Code,
    arts. 201 and 203). A last day on a public holiday would run on to the next working day; we do not count on it.
    """
    last = effective.astimezone(zone).date() + CONFIRM_WITHIN + timedelta(days=1)
    return datetime.combine(last, time(), zone)

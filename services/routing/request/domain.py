"""The rules of a request's life: who is responsible, until when, and what may come next."""

from typing import assert_never

from services.routing.request import accusing, clocks, ending, guiding, matter, standing, working
from services.routing.request.evolving import evolve
from services.routing.request.state import WAITING, State
from shared.commands.request import (
    AcceptRequest,
    AnswerQuestion,
    AskResident,
    AssignGrid,
    CheckDeadline,
    CloseRequest,
    ContactResident,
    DeclineRequest,
    FollowWithdrawal,
    HoldRequest,
    JoinMatter,
    LeaveInTriage,
    LeaveMatter,
    NameAccused,
    NoteProgress,
    PauseClock,
    RecordFeedback,
    RegradeRequest,
    ReopenRequest,
    ReportUp,
    ResolveRequest,
    ResumeClock,
    ReturnRequest,
    SendGuidance,
    TransferRequest,
)
from shared.decider import Decider
from shared.events.event import Event
from shared.events.request import AssignmentFailed, GridAssigned, RequestClosed
from shared.refusal import Refused
from shared.words import ENDED

Command = (
    AssignGrid
    | LeaveInTriage
    | working.Command
    | standing.Command
    | matter.Command
    | RecordFeedback
    | ReopenRequest
    | CloseRequest
    | DeclineRequest
    | FollowWithdrawal
    | CheckDeadline
    | NameAccused
    | SendGuidance
)


def decide(command: Command, state: State) -> Event | None:
    accusing.refuse_the_accused(command, state)
    match command:
        case NameAccused():
            return accusing.name(command, state)
        case SendGuidance():
            return guiding.send(command, state)
        case AssignGrid():
            return _assign(command, state)
        case LeaveInTriage():
            if state.status is not None:
                return None
            return AssignmentFailed(
                reason=command.reason,
                plan=command.plan,
                person=command.person,
                imported=command.imported,
                grid=command.grid,
                community=command.community,
                hidden_from=command.hidden_from,
                hidden_offices=command.hidden_offices,
                at=command.at,
            )
        case FollowWithdrawal():
            return None if state.status in ENDED else RequestClosed(reason="withdrawn", at=command.at)
        case CheckDeadline():
            return clocks.answer_question(accusing.told_to_others(command, state), state)
        case RecordFeedback():
            return ending.hear(command, state)
        case PauseClock() | ResumeClock() | AskResident() | AnswerQuestion():
            return standing.stand_or_run(command, state)
        case JoinMatter() | LeaveMatter():
            return matter.join_or_leave(command, state)
        case (
            AcceptRequest()
            | NoteProgress()
            | ContactResident()
            | TransferRequest()
            | ReportUp()
            | ReturnRequest()
            | HoldRequest()
            | RegradeRequest()
            | ResolveRequest()
        ):
            return working.work(command, state)
        case ReopenRequest() | CloseRequest() | DeclineRequest():
            return ending.end_or_reopen(command, state)
        case _:
            assert_never(command)


def _assign(command: AssignGrid, state: State) -> Event | None:
    automatic = command.rule != "by_hand"
    if automatic and command.actor.startswith(("staff:", "worker:")):
        raise Refused("only_by_hand")
    if command.worker is not None and command.worker in (*state.hidden_from, *command.hidden_from):
        raise Refused("accused")
    waits = state.status in WAITING and (not automatic or state.vacant is not None)
    if state.status is None or waits:
        if command.worker is None:
            raise Refused("nobody_on_duty", grid=command.grid)
        return GridAssigned(
            grid=command.grid,
            worker=command.worker,
            plan=command.plan,
            rule=command.rule,
            community=command.community,
            person=state.person if waits else command.person,
            severity=command.severity,
            accept_by=command.accept_by,
            contact_by=command.contact_by,
            due_at=command.due_at,
            remind_at=command.remind_at,
            imported=command.imported,
            policy=command.policy,
            matched=command.matched,
            hidden_from=command.hidden_from,
            hidden_offices=command.hidden_offices,
            level=command.level,
            rota=command.rota,
            at=command.at,
        )
    if automatic or (state.grid, state.worker) == (command.grid, command.worker):
        return None
    working.refuse_if_done(state)
    raise Refused("already_assigned", grid=state.grid)


REQUEST: Decider[State] = Decider(
    "routing",
    "request",
    State(),
    evolve,
    decide,
    indexes=[
        ["body.check_at"],
        ["body.policy", "body.quiet_from"],
        ["body.person"],
        ["body.matter"],
        ["body.vacant"],
    ],
)

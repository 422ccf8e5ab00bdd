"""The rules of one visit: one tap says that it was made, or that nobody answered."""

from datetime import datetime, timedelta
from typing import Literal, assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.visit import CheckVisit, LeaveVisitUnanswered, MakeVisit, PlanVisit, RaiseVisit
from shared.decider import Decider
from shared.events.event import Event
from shared.events.visit import VisitMade, VisitMissed, VisitPlanned, VisitRaised, VisitUnanswered
from shared.refusal import Refused

Command = PlanVisit | MakeVisit | LeaveVisitUnanswered | RaiseVisit | CheckVisit
A_DAY = timedelta(days=1)


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    round: str | None = None
    grid: str = ""
    worker: str = ""
    welfare: bool = False
    ended: Literal["made", "unanswered", "missed"] | None = None
    raised: bool = False
    check_at: datetime | None = None


def evolve(state: State, event: Event) -> State:
    match event:
        case VisitPlanned():
            return State(
                round=event.round,
                grid=event.grid,
                worker=event.worker,
                welfare=event.welfare,
                check_at=event.on + A_DAY,
            )
        case VisitMade():
            return state.model_copy(update={"ended": "made", "check_at": None})
        case VisitUnanswered():
            return state.model_copy(update={"ended": "unanswered", "check_at": None})
        case VisitRaised():
            return state.model_copy(update={"raised": True})
        case VisitMissed():
            return state.model_copy(update={"ended": "missed", "check_at": None})
        case _:
            return state


def decide(command: Command, state: State) -> Event | None:
    match command:
        case PlanVisit():
            if state.round is not None:
                return None
            return VisitPlanned(
                round=command.round,
                grid=command.grid,
                worker=command.worker,
                on=command.on,
                due_at=command.due_at,
                welfare=command.welfare,
                at=command.at,
            )
        case CheckVisit():
            if state.round is None or state.check_at is None or state.check_at > command.at:
                return None
            return VisitMissed(round=state.round, worker=state.worker, at=command.at)
        case RaiseVisit():
            if state.ended != "unanswered" or not state.welfare or state.raised:
                return None
            return VisitRaised(grid=state.grid, to=command.to, at=command.at)
        case MakeVisit() | LeaveVisitUnanswered():
            return _went(command, state)
        case _:
            assert_never(command)


def _went(command: MakeVisit | LeaveVisitUnanswered, state: State) -> Event | None:
    """Whoever went says so; a missed visit may still be made, and one that nobody answered may be, later that day."""
    if state.round is None:
        raise Refused("no_visit")
    role, _, name = command.actor.partition(":")
    if role == "worker" and state.worker not in (name, command.stands_in_for):
        raise Refused("not_your_visit")
    if isinstance(command, MakeVisit):
        if state.ended == "made":
            return None
        return VisitMade(round=state.round, worker=state.worker, note=command.note, at=command.at)
    if state.ended == "unanswered":
        return None
    if state.ended == "made":
        raise Refused("visit_made")
    return VisitUnanswered(
        round=state.round,
        grid=state.grid,
        worker=state.worker,
        welfare=state.welfare,
        note=command.note,
        at=command.at,
    )


VISIT: Decider[State] = Decider("routing", "visit", State(), evolve, decide, indexes=[["body.check_at"]])

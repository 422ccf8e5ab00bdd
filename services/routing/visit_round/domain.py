"""The rules of a visit round: somebody is seen every so many days, for as long as it is wanted."""

from datetime import datetime, timedelta
from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.visit import EndVisitRound, LetVisitFallDue, SetVisitRound
from shared.decider import Decider
from shared.events.event import Event
from shared.events.visit import VisitFellDue, VisitRoundEnded, VisitRoundSet
from shared.refusal import Refused

Command = SetVisitRound | LetVisitFallDue | EndVisitRound
TRY_AGAIN_AFTER = timedelta(days=1)


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    grid: str | None = None
    worker: str | None = None
    every_days: int = 30
    welfare: bool = False
    who: str = ""
    """The vault key of who it is about: the same one again is a repeat."""
    due_at: datetime | None = None
    """None: the round has ended."""


def evolve(state: State, event: Event) -> State:
    match event:
        case VisitRoundSet():
            return State(
                grid=event.grid,
                worker=event.worker,
                every_days=event.every_days,
                welfare=event.welfare,
                who=event.who.key,
                due_at=event.due_at,
            )
        case VisitFellDue():
            return state.model_copy(update={"due_at": event.due_at})
        case VisitRoundEnded():
            return state.model_copy(update={"due_at": None})
        case _:
            return state


def decide(command: Command, state: State) -> Event | None:
    match command:
        case SetVisitRound():
            if state.who == command.who.key:
                return None
            return VisitRoundSet(
                grid=command.grid,
                worker=command.worker,
                every_days=command.every_days,
                welfare=command.welfare,
                who=command.who,
                due_at=command.due_at or command.at + timedelta(days=command.every_days),
                at=command.at,
            )
        case LetVisitFallDue():
            if state.due_at is None:
                return None
            rhythm = TRY_AGAIN_AFTER if command.tried else timedelta(days=state.every_days)
            due_at = command.at + rhythm
            return None if due_at == state.due_at else VisitFellDue(due_at=due_at, at=command.at)
        case EndVisitRound():
            if state.grid is None:
                raise Refused("no_visit_round")
            return None if state.due_at is None else VisitRoundEnded(reason=command.reason, at=command.at)
        case _:
            assert_never(command)


VISIT_ROUND: Decider[State] = Decider(
    "routing", "visit_round", State(), evolve, decide, indexes=[["body.due_at"]]
)

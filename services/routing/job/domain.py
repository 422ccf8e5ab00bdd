"""The rules of a job: a frozen list is worked through once, in order, to its end."""

from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.job import AdvanceJob, FinishJob, MoveRequests
from shared.decider import Decider
from shared.events.event import Event
from shared.events.job import JobAdvanced, JobFinished, JobStarted, Move
from shared.refusal import Refused

Command = MoveRequests | AdvanceJob | FinishJob


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    starter: str | None = None
    moves: tuple[Move, ...] = ()
    reason: str = ""
    upto: int = 0
    left_out: int = 0
    refused: int = 0
    finished: bool = False


def evolve(state: State, event: Event) -> State:
    match event:
        case JobStarted():
            return State(
                starter=event.starter,
                moves=event.moves,
                reason=event.reason,
                left_out=len(event.left_out),
            )
        case JobAdvanced():
            refused = state.refused + len(event.refused)
            return state.model_copy(update={"upto": max(state.upto, event.upto), "refused": refused})
        case JobFinished():
            return state.model_copy(update={"finished": True})
        case _:
            return state


def decide(command: Command, state: State) -> Event | None:
    match command:
        case MoveRequests():
            if state.starter is not None:
                return None
            if command.actor.startswith("worker:"):
                raise Refused("not_for_workers")
            if command.from_worker == command.to_worker and command.to_grid is None:
                raise Refused("same_worker")
            return JobStarted(
                starter=command.actor,
                from_worker=command.from_worker,
                moves=command.moves,
                left_out=command.left_out,
                reason=command.reason,
                at=command.at,
            )
        case AdvanceJob():
            if state.starter is None:
                raise Refused("no_job")
            if command.upto <= state.upto or command.upto > len(state.moves):
                return None
            return JobAdvanced(upto=command.upto, refused=command.refused, at=command.at)
        case FinishJob():
            if state.starter is None:
                raise Refused("no_job")
            if state.finished:
                return None
            if state.upto < len(state.moves):
                raise Refused("job_runs", left=len(state.moves) - state.upto)
            moved = max(0, len(state.moves) - state.refused)
            return JobFinished(moved=moved, refused=state.refused + state.left_out, at=command.at)
        case _:
            assert_never(command)


JOB: Decider[State] = Decider("routing", "job", State(), evolve, decide)

"""Who stands on a post. A post is one duty in one area; its history is named by the two (shared.ids.post_id), and of
volunteers by the person, too.
"""

from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.grid_book import PostWorker, RelieveWorker
from shared.decider import Decider
from shared.events.event import Event
from shared.events.grid_book import WorkerPosted, WorkerRelieved
from shared.refusal import Refused
from shared.words import Duty


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    grid: str | None = None
    duty: Duty | None = None
    worker: str | None = None
    contact: str | None = None
    """The key that sealed how to reach the worker."""


def evolve(state: State, event: Event) -> State:
    match event:
        case WorkerPosted():
            contact = event.sealed.key if event.sealed else None
            return State(grid=event.grid, duty=event.duty, worker=event.worker, contact=contact)
        case WorkerRelieved():
            return state.model_copy(update={"worker": None, "contact": None})
        case _:
            return state


def decide(command: PostWorker | RelieveWorker, state: State) -> Event | None:
    match command:
        case PostWorker():
            if state.grid is not None and (state.grid, state.duty) != (command.grid, command.duty):
                raise Refused("another_post", grid=state.grid, duty=state.duty)
            if state.worker == command.worker and (
                command.sealed is None or command.sealed.key == state.contact
            ):
                return None
            _refuse_another_volunteer(command, state)
            return WorkerPosted(
                grid=command.grid,
                duty=command.duty,
                worker=command.worker,
                sealed=command.sealed,
                at=command.at,
            )
        case RelieveWorker():
            if state.worker is None or state.grid is None or state.duty is None:
                return None
            return WorkerRelieved(grid=state.grid, duty=state.duty, worker=state.worker, at=command.at)
        case _:
            assert_never(command)


def _refuse_another_volunteer(command: PostWorker, state: State) -> None:
    """A volunteer's post is that person's own: another one has another."""
    if command.duty is Duty.VOLUNTEER and state.worker not in (None, command.worker):
        raise Refused("another_post", grid=state.grid, duty=state.duty)


POST: Decider[State] = Decider(
    "routing", "post", State(), evolve, decide, indexes=[["tenant", "body.grid"], ["tenant", "body.worker"]]
)

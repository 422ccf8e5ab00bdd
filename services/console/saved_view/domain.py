"""A saved view of the ledger: its keeper alone changes it or forgets it."""

from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.saved_view import ForgetView, SaveView
from shared.decider import Decider
from shared.events.event import Event
from shared.events.saved_view import ViewForgotten, ViewSaved
from shared.refusal import Refused


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    saved: ViewSaved | None = None
    """What stands; None: nothing yet, or nothing any more."""
    keeper: str | None = None


def evolve(state: State, event: Event) -> State:
    match event:
        case ViewSaved():
            return State(saved=event, keeper=event.keeper)
        case ViewForgotten():
            return state.model_copy(update={"saved": None})
        case _:
            return state


def decide(command: SaveView | ForgetView, state: State) -> Event | None:
    if state.keeper not in (None, command.actor):
        raise Refused("not_your_view")
    match command:
        case SaveView():
            saved = ViewSaved(
                keeper=command.actor,
                filters=command.filters,
                shared=command.shared,
                communities=command.communities,
                first=command.first,
                sealed=command.sealed,
                at=command.at,
            )
            return None if _same(saved, state.saved) else saved
        case ForgetView():
            return None if state.saved is None else ViewForgotten(at=command.at)
        case _:
            assert_never(command)


def _same(one: ViewSaved, other: ViewSaved | None) -> bool:
    return other is not None and one == other.model_copy(update={"at": one.at})


SAVED_VIEW: Decider[State] = Decider(
    "console", "saved_view", State(), evolve, decide, indexes=[["tenant", "body.keeper"]]
)

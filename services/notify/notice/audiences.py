"""The rules of a saved audience: a name for places and roles, to be used again."""

from typing import assert_never

from pydantic import BaseModel, ConfigDict

from services.notify.notice.domain import reaches_nobody
from shared.commands.notice import DropAudience, SaveAudience
from shared.decider import Decider
from shared.events.event import Event
from shared.events.notice import AudienceDropped, AudienceSaved
from shared.refusal import Refused


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    saved: AudienceSaved | None = None
    """What stands; None: nothing yet, or nothing any more."""


def evolve(state: State, event: Event) -> State:
    match event:
        case AudienceSaved():
            return State(saved=event)
        case AudienceDropped():
            return State()
        case _:
            return state


def decide(command: SaveAudience | DropAudience, state: State) -> Event | None:
    if command.actor.startswith("worker:"):
        raise Refused("not_for_workers")
    match command:
        case SaveAudience():
            if command.who.saved:
                raise Refused("audience_of_audience")
            if reaches_nobody(command.who):
                raise Refused("audience_empty")
            saved = AudienceSaved(
                name=command.name, audience=command.who, within=command.within, at=command.at
            )
            same = state.saved is not None and state.saved.model_copy(update={"at": saved.at}) == saved
            return None if same else saved
        case DropAudience():
            return None if state.saved is None else AudienceDropped(at=command.at)
        case _:
            assert_never(command)


AUDIENCE: Decider[State] = Decider(
    "notify", "audience", State(), evolve, decide, indexes=[["tenant", "body.saved.name"]]
)

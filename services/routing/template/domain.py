"""A superior's template: received once, however often it is filled."""

from pydantic import BaseModel, ConfigDict

from shared.commands.template import ReceiveTemplate
from shared.decider import Decider
from shared.events.event import Event
from shared.events.template import TemplateReceived

_OF_THE_COMMAND = {"id", "tenant", "actor", "template"}


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    received: bool = False


def evolve(state: State, event: Event) -> State:
    return State(received=True) if isinstance(event, TemplateReceived) else state


def decide(command: ReceiveTemplate, state: State) -> Event | None:
    if state.received:
        return None
    return TemplateReceived.model_validate(command.model_dump(exclude=_OF_THE_COMMAND))


TEMPLATE: Decider[State] = Decider("routing", "template", State(), evolve, decide)

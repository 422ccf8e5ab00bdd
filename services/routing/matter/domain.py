"""What a matter weighs: counted by whoever looks, and on record when it is something else than it was."""

from pydantic import BaseModel, ConfigDict

from shared.commands.matter import WeighMatter
from shared.decider import Decider
from shared.events.event import Event
from shared.events.matter import MatterWeighed


class State(BaseModel):
    """A request alone is a matter of one, and nobody need say so."""

    model_config = ConfigDict(frozen=True)

    people: int = 1
    requests: int = 1
    vulnerable: int = 0


def evolve(state: State, event: Event) -> State:
    if isinstance(event, MatterWeighed):
        return State(people=event.people, requests=event.requests, vulnerable=event.vulnerable)
    return state


def decide(command: WeighMatter, state: State) -> Event | None:
    counted = State(people=command.people, requests=command.requests, vulnerable=command.vulnerable)
    return None if counted == state else MatterWeighed(**counted.model_dump(), at=command.at)


MATTER: Decider[State] = Decider("routing", "matter", State(), evolve, decide)

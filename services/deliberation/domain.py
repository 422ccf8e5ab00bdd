"""The rules of a topic (议题): what many call for is proposed once a grid, category and month."""

from pydantic import BaseModel, ConfigDict

from shared.commands.topic import ProposeTopic
from shared.decider import Decider
from shared.events.event import Event
from shared.events.topic import TopicProposed
from shared.refusal import Refused


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    proposed: bool = False


def evolve(state: State, event: Event) -> State:
    return State(proposed=True) if isinstance(event, TopicProposed) else state


def decide(command: ProposeTopic, state: State) -> Event | None:
    if state.proposed:
        return None
    if len(set(command.requests)) < command.threshold:
        raise Refused("too_few", threshold=command.threshold, present=len(set(command.requests)))
    return TopicProposed(
        grid=command.grid,
        category=command.category,
        requests=command.requests,
        threshold=command.threshold,
        month=command.month,
        at=command.at,
    )


TOPIC: Decider[State] = Decider("deliberation", "topic", State(), evolve, decide)

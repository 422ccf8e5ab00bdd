"""Which grid plan holds. Plans are named by their content, so adopting the same one again changes nothing."""

from pydantic import BaseModel, ConfigDict

from shared.commands.grid_book import AdoptGridPlan
from shared.decider import Decider
from shared.events.event import Event
from shared.events.grid_book import GridPlanAdopted


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    plan: str | None = None


def evolve(state: State, event: Event) -> State:
    return State(plan=event.plan) if isinstance(event, GridPlanAdopted) else state


def decide(command: AdoptGridPlan, state: State) -> Event | None:
    if state.plan == command.plan:
        return None
    return GridPlanAdopted(plan=command.plan, grids=command.grids, name=command.name, at=command.at)


AREA: Decider[State] = Decider("routing", "area", State(), evolve, decide)

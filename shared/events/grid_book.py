"""Who covers which place: routing's facts of areas and posts."""

from pydantic import Field

from shared.events.event import Event, Sealed
from shared.words import Code, Duty, Token


class GridPlanAdopted(Event, owner="routing", aggregate="area"):
    """From now on grids are as this plan draws them. Shapes outgrow a message: the plan is named by its content."""

    plan: str = Field(
        description="SHA-256 of the plan's canonical JSON, hexadecimal; also its name in the plan store"
    )
    grids: int
    name: str = ""


class WorkerPosted(Event, owner="routing", aggregate="post"):
    """A worker stands on a post in an area, or is reached in a new way. ``sealed`` holds name, phone and chat address."""

    grid: Code
    duty: Duty
    worker: Token
    sealed: Sealed | None = None


class WorkerRelieved(Event, owner="routing", aggregate="post"):
    grid: Code
    duty: Duty
    worker: Token

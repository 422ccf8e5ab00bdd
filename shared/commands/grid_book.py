"""What routing may be asked to change in the grid book: areas and posts."""

from pydantic import Field

from shared.commands.command import Command
from shared.events.event import Sealed
from shared.words import Code, Duty, Token


class AdoptGridPlan(Command, owner="routing", aggregate="area", target="area"):
    area: Token
    plan: str = Field(pattern=r"^[0-9a-f]{64}$")
    grids: int = Field(ge=1)
    name: str = ""


class PostWorker(Command, owner="routing", aggregate="post", target="post"):
    post: Token
    grid: Code
    duty: Duty
    worker: Token
    sealed: Sealed | None = None


class RelieveWorker(Command, owner="routing", aggregate="post", target="post"):
    post: Token

"""Jobs: a frozen list, one command an item, resumable, no compensation. routing's facts."""

from typing import Literal

from pydantic import Field

from shared.events.event import Event, Part
from shared.words import Actor, Code, Token


class Move(Part):
    """One item: this request goes to that worker."""

    request: Token
    grid: Code
    worker: Token


class NotMoved(Part):
    request: Token
    reason: str = Field(description="the refusal's slug")


class JobStarted(Event, owner="routing", aggregate="job"):
    """The list is frozen here; what comes later is not in it."""

    what: Literal["move_requests"] = "move_requests"
    starter: Actor
    from_worker: Token
    moves: tuple[Move, ...]
    left_out: tuple[NotMoved, ...] = Field(default=(), description="items for which nobody takes over")
    reason: str


class JobAdvanced(Event, owner="routing", aggregate="job"):
    """The first ``upto`` items have their answer; ``refused`` are those of this stretch that the rules declined."""

    upto: int
    refused: tuple[NotMoved, ...] = ()


class JobFinished(Event, owner="routing", aggregate="job"):
    moved: int
    refused: int

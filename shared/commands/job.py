"""What routing may be asked to do in bulk."""

from typing import Annotated

from pydantic import Field

from shared.commands.command import Command, Reason
from shared.events.job import Move, NotMoved
from shared.words import Code, Token


class MoveRequests(Command, owner="routing", aggregate="job", target="job"):
    """Give all open requests of one worker, or those of them that ``requests`` names, to another; ``to_worker`` left
    out: each to its grid's deputy. With ``to_grid`` they go to that grid, and to its worker unless one is named.

    routing freezes ``moves`` and ``left_out``; whatever a caller says there is replaced.
    """

    job: Token
    from_worker: Token
    to_worker: Token | None = None
    to_grid: Code | None = None
    requests: Annotated[tuple[Token, ...], Field(max_length=5000)] = ()
    reason: Reason = "worker_leaves"
    moves: tuple[Move, ...] = ()
    left_out: tuple[NotMoved, ...] = ()


class AdvanceJob(Command, owner="routing", aggregate="job", target="job"):
    job: Token
    upto: Annotated[int, Field(ge=0)]
    refused: tuple[NotMoved, ...] = ()


class FinishJob(Command, owner="routing", aggregate="job", target="job"):
    job: Token

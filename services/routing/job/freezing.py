"""Which requests a bulk move is about, and who takes each: frozen when it starts, told beforehand to whoever asks."""

from collections import Counter
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.routing.grid_book import GridBook
from services.routing.request.domain import REQUEST
from shared.answering import BadRequestError
from shared.clock import now
from shared.commands.job import MoveRequests
from shared.desk import Desk
from shared.events.job import Move, NotMoved
from shared.ids import new_id, post_id
from shared.refusal import Refused
from shared.store import Store
from shared.words import ENDED, Code, Duty, Status, Token

_MOST = 5000
"""Moves of one job: its list stands in one message."""
_OVER = [*(status.value for status in ENDED), Status.RESOLVED.value]


class AskMoves(BaseModel):
    """What a bulk move would do: as ``MoveRequests``."""

    model_config = ConfigDict(extra="forbid")

    from_worker: Token
    to_worker: Token | None = None
    to_grid: Code | None = None
    requests: Annotated[tuple[Token, ...], Field(max_length=_MOST)] = ()


async def frozen(
    command: MoveRequests, desk: Desk, store: Store, book: GridBook
) -> tuple[tuple[Move, ...], tuple[NotMoved, ...]]:
    """Return the list in the order of ids: what one worker is responsible for at this moment. Raises Refused."""
    if command.to_worker is not None:
        await book.must_be_posted(command.to_worker)
    if command.to_grid is not None and await book.by_hand(command.to_grid) is None:
        raise Refused("unknown_grid", grid=command.to_grid)
    asked: dict[str, Any] = {
        "tenant": command.tenant,
        "body.worker": command.from_worker,
        "body.status": {"$nin": _OVER},
    }
    if command.requests:
        asked["id"] = {"$in": list(command.requests)}
    rows = store.documents(REQUEST.aggregate).find(asked, {"id": 1, "body.grid": 1})
    found = [row async for row in rows.sort("id", 1).limit(_MOST + 1)]
    if len(found) > _MOST:
        raise Refused("too_many_at_once", most=_MOST)
    begun = await desk.state("job", command.tenant, command.job)
    if not found and begun.starter is None:
        # Whoever has gone already may have left some behind; a slip of the pen has none.
        await book.must_be_posted(command.from_worker)
    takers = _Takers(command, desk)
    moves: list[Move] = []
    left_out = [
        NotMoved(request=one, reason="not_theirs_now")
        for one in sorted(set(command.requests) - {row["id"] for row in found})
    ]
    for row in found:
        grid = command.to_grid or row["body"]["grid"]
        taker = await takers.of(grid)
        if taker is None or (taker, grid) == (command.from_worker, row["body"]["grid"]):
            left_out.append(NotMoved(request=row["id"], reason="no_deputy"))
        else:
            moves.append(Move(request=row["id"], grid=grid, worker=taker))
    return tuple(moves), tuple(left_out)


class _Takers:
    """Who takes over in a grid, looked up once each."""

    def __init__(self, command: MoveRequests, desk: Desk) -> None:
        self._command = command
        self._desk = desk
        self._known: dict[str, str | None] = {}

    async def of(self, grid: str) -> str | None:
        if self._command.to_worker is not None:
            return self._command.to_worker
        if grid not in self._known:
            self._known[grid] = await self._posted(grid)
        return self._known[grid]

    async def _posted(self, grid: str) -> str | None:
        """A grid that was chosen has a worker; of one whose worker leaves, the deputy steps in."""
        duties = (Duty.WORKER, Duty.DEPUTY) if self._command.to_grid else (Duty.DEPUTY,)
        for duty in duties:
            post = post_id(self._command.tenant, grid, duty)
            if worker := (await self._desk.state("post", self._command.tenant, post)).worker:
                return worker
        return None


async def preview(
    asked: dict[str, Any], tenant: str, desk: Desk, store: Store, book: GridBook
) -> dict[str, Any]:
    """``query.routing.Moves``: how many would go to whom, and how many to nobody and why. Nothing is written.

    Raises BadRequestError, Refused.
    """
    try:
        wanted = AskMoves.model_validate(asked)
    except ValidationError as invalid:
        raise BadRequestError(f"{invalid.errors()[0]['loc'][0]} cannot be used") from None
    name = new_id()
    command = MoveRequests(
        id=name, tenant=tenant, actor="service:routing", at=now(), job=name, **wanted.model_dump()
    )
    moves, left_out = await frozen(command, desk, store, book)
    return {
        "moves": len(moves),
        "to": dict(Counter(move.worker for move in moves)),
        "left_out": dict(Counter(one.reason for one in left_out)),
    }

"""Working through a job's list: each stretch follows from the fact before it, so a crash anywhere loses nothing."""

from typing import Any

from services.routing.request.reactions import Work, reactions
from shared.commands.job import AdvanceJob, FinishJob
from shared.commands.request import TransferRequest
from shared.envelope import Fact
from shared.events.event import Event
from shared.events.job import JobAdvanced, JobStarted, Move, NotMoved
from shared.ids import named_id
from shared.refusal import NOT_NOW, Refused

_STRETCH = 20
"""Items between two marks in the job's own history."""


async def go_on(fact: Fact, _event: Event, work: Work) -> None:
    """Do the next items, each by a command whose id the job and the item name: repeated, it is quiet."""
    tenant, job = fact.history.tenant, fact.history.id
    state = await work.desk.state("job", tenant, job)
    envelope: dict[str, Any] = {"tenant": tenant, "at": _event.at, "job": job}
    stretch: tuple[Move, ...] = state.moves[state.upto : state.upto + _STRETCH]
    if not stretch:
        finish = FinishJob(id=named_id(job, "finish"), actor="service:routing", **envelope)
        await work.desk.do(finish, cause=fact.id)
        return
    refused = [
        NotMoved(request=move.request, reason=why)
        for move in stretch
        if (why := await _moved(fact, move, state, work)) is not None
    ]
    upto = state.upto + len(stretch)
    advance = AdvanceJob(
        id=named_id(job, "advance", str(upto)),
        actor="service:routing",
        **envelope,
        upto=upto,
        refused=tuple(refused),
    )
    await work.desk.do(advance, cause=fact.id)


async def _moved(fact: Fact, move: Move, state: Any, work: Work) -> str | None:
    """Return the slug of a refusal, or None. What only does not answer now comes again with the fact."""
    command = TransferRequest(
        id=named_id(fact.history.id, "move", move.request),
        tenant=fact.history.tenant,
        actor=state.starter,
        at=fact.event.at if fact.event else fact.recorded,
        request=move.request,
        grid=move.grid,
        worker=move.worker,
        reason=state.reason,
    )
    try:
        await work.desk.do(await work.completing.completed(command), cause=fact.id)
    except Refused as refused:
        if refused.reason in NOT_NOW:
            raise
        return refused.reason
    return None


for _each in (JobStarted, JobAdvanced):
    reactions.on(_each)(go_on)

"""Somebody is posted where nobody stood: what has waited there is theirs."""

from services.routing.request.domain import REQUEST
from services.routing.request.reactions import Work
from shared.clock import now
from shared.commands.request import AssignGrid
from shared.envelope import Fact, History
from shared.events.grid_book import WorkerPosted
from shared.events.submission import RequestSubmitted
from shared.ids import named_id
from shared.observability import log
from shared.refusal import NOT_NOW, Refused


async def give_what_waited(fact: Fact, event: WorkerPosted, work: Work) -> None:
    """It is assigned anew, by the policy and the grid book of now, with clocks that run from now on."""
    tenant = fact.history.tenant
    index = await work.book.index()
    below = {event.grid} if index is None else {event.grid, *index.areas.within(event.grid)}
    asked = {"tenant": tenant, "body.vacant": {"$in": sorted(below)}}
    waiting = work.store.documents(REQUEST.aggregate).find(asked, {"id": 1}, batch_size=500)
    async for row in waiting:
        history = History(tenant, "intake", "submission", row["id"])
        said = await work.bus.journal.after(history, 0)
        if said is None or not isinstance(said.event, RequestSubmitted):
            continue
        named = {
            "id": named_id(fact.id, row["id"]),
            "tenant": tenant,
            "actor": "service:routing",
            "at": now(),
            "request": row["id"],
        }
        command = await work.assigning.command(history, said.event, named)
        if not isinstance(command, AssignGrid):
            continue
        try:
            await work.desk.do(command, cause=fact.id)
        except Refused as refused:
            if refused.reason in NOT_NOW:
                raise
            log.info("still_waits", reason=refused.reason)  # whoever was posted is accused in it, say

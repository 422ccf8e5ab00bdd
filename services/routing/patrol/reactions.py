"""A patrol that comes again is planned when the one before was made or called off."""

from datetime import timedelta

from services.routing.request.reactions import Work, reactions
from shared.commands.patrol import PlanPatrol
from shared.envelope import Fact
from shared.events.event import Event
from shared.events.patrol import PatrolMade, PatrolMissed
from shared.ids import named_id


@reactions.on(PatrolMade)
async def plan_the_next(fact: Fact, event: PatrolMade, work: Work) -> None:
    """So many days after this one was due, or after today when that is over already."""
    await _plan_after(fact, event, work)


@reactions.on(PatrolMissed)
async def plan_the_next_all_the_same(fact: Fact, event: PatrolMissed, work: Work) -> None:
    """A round that nobody made does not end the series. Both may happen: the next one's id is the same."""
    await _plan_after(fact, event, work)


async def _plan_after(fact: Fact, event: Event, work: Work) -> None:
    tenant, patrol = fact.history.tenant, fact.history.id
    plan = (await work.desk.state("patrol", tenant, patrol)).plan
    if plan is None or plan.every_days is None:
        return
    rhythm = timedelta(days=plan.every_days)
    due_at = plan.due_at + rhythm
    while due_at <= event.at:
        due_at += rhythm
    following = named_id("patrol", tenant, patrol, "next")
    command = PlanPatrol(
        id=following,
        tenant=tenant,
        actor="service:routing",
        at=event.at,
        patrol=following,
        grid=plan.grid,
        worker=plan.worker,
        due_at=due_at,
        items=plan.items,
        every_days=plan.every_days,
        series=plan.series,
    )
    await work.desk.do(command, cause=fact.id)

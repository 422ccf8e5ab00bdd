"""What a visit sets going: the next one of its round."""

from services.routing.request.reactions import Work, reactions
from shared.commands.visit import LetVisitFallDue, RaiseVisit
from shared.envelope import Fact
from shared.events.event import Event
from shared.events.visit import VisitMade, VisitMissed, VisitUnanswered
from shared.ids import named_id


async def let_the_next_fall_due(fact: Fact, event: Event, work: Work) -> None:
    """Seen: one rhythm later. Not met: tomorrow, and so on until somebody was seen."""
    assert isinstance(event, VisitMade | VisitUnanswered | VisitMissed)
    command = LetVisitFallDue(
        id=named_id(fact.id, "next"),
        tenant=fact.history.tenant,
        actor="service:routing",
        at=event.at,
        round=event.round,
        tried=not isinstance(event, VisitMade),
    )
    await work.desk.do(command, cause=fact.id)


for _each in (VisitMade, VisitUnanswered, VisitMissed):
    reactions.on(_each)(let_the_next_fall_due)


@reactions.on(VisitUnanswered)
async def tell_the_head(fact: Fact, event: VisitUnanswered, work: Work) -> None:
    """Nobody answered a welfare visit: the head of the area, or of the nearest one above, hears it at once."""
    if not event.welfare:
        return
    command = RaiseVisit(
        id=named_id(fact.id, "raise"),
        tenant=fact.history.tenant,
        actor="service:routing",
        at=event.at,
        visit=fact.history.id,
        to=await work.book.head_of(event.grid),
    )
    await work.desk.do(command, cause=fact.id)

"""What follows when a call-up has too few people: one area up is asked, and in the end somebody above is told."""

from services.routing.call_up.state import State
from services.routing.request.reactions import Work, reactions
from shared.clock import now
from shared.commands.call_up import CheckCallUp, EscalateCallUp, WidenCallUp
from shared.envelope import Fact
from shared.events.call_up import CallUpAnswered, CallUpRanShort
from shared.ids import named_id

_SERVICE = "service:routing"


@reactions.on(CallUpRanShort)
async def ask_further(fact: Fact, event: CallUpRanShort, work: Work) -> None:
    """One area up; nobody there, or time is up: the head hears how many are missing."""
    tenant, call_up = fact.history.tenant, fact.history.id
    state: State = await work.desk.state("call_up", tenant, call_up)
    named = {"tenant": tenant, "actor": _SERVICE, "at": now(), "call_up": call_up}
    found = False
    if not state.furthest:
        wider = WidenCallUp.model_validate(named | {"id": named_id(fact.id, "widen")})
        wider = await work.call_ups.further(wider, state, {each.shift for each in event.short})
        found = bool(wider.asked)
        await work.desk.do(wider, cause=fact.id)
    late = state.answer_by is not None and state.answer_by <= event.at
    if late or not found:
        head = await work.book.head_of(state.area or "")
        command = EscalateCallUp.model_validate(named | {"id": named_id(fact.id, "escalate"), "to": head})
        await work.desk.do(command, cause=fact.id)


@reactions.on(CallUpAnswered)
async def notice_an_empty_place(fact: Fact, event: CallUpAnswered, work: Work) -> None:
    """Somebody dropped out and no reserve was there: that does not wait for the next look."""
    if event.stands == "dropped" and event.moved_up is None:
        command = CheckCallUp(
            id=named_id(fact.id, "check"),
            tenant=fact.history.tenant,
            actor=_SERVICE,
            at=now(),
            call_up=fact.history.id,
            about="short",
        )
        await work.desk.do(command, cause=fact.id)

"""Who is told of a call-up: whoever is asked, has a place, moves up, is reminded, may go home; and the head, when too few come."""

from collections.abc import Iterable

from services.notify.reactions import reactions
from services.notify.telling import Work, remembered, tell
from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.call_up import (
    CallUpAnswered,
    CallUpCheckedIn,
    CallUpEscalated,
    CallUpIssued,
    CallUpRelieved,
    CallUpReminded,
    CallUpStoodDown,
    CallUpWidened,
    Crew,
)


def _key(history: History) -> str | None:
    return history.id if (history.owner, history.aggregate) == ("routing", "call_up") else None


def _fold(body: Body, fact: Fact) -> Body:
    if not isinstance(fact.event, CallUpIssued):
        return body
    shifts = {
        each.code: {"grid": each.area, "starts": each.starts.isoformat(), "ends": each.ends.isoformat()}
        for each in fact.event.shifts
    }
    return {"reason": fact.event.reason, "area": fact.event.area, "shifts": shifts}


CALL_UPS = Model(name="call_up", key=_key, fold=_fold)


@reactions.on(CallUpIssued)
async def ask(fact: Fact, event: CallUpIssued, work: Work) -> None:
    await _ask(fact, event.asked, work)


@reactions.on(CallUpWidened)
async def ask_further(fact: Fact, event: CallUpWidened, work: Work) -> None:
    await _ask(fact, event.asked, work)


async def _ask(fact: Fact, asked: Iterable[Crew], work: Work) -> None:
    """One message a person, about the first shift and how many there are; the page has the rest."""
    shifts: dict[str, list[str]] = {}
    for each in asked:
        for worker in each.people:
            shifts.setdefault(worker, []).append(each.shift)
    for worker, codes in shifts.items():
        await _tell(fact, work, worker, "sms.worker.called_up", codes[0], count=str(len(codes)))


@reactions.on(CallUpAnswered)
async def tell_where_one_stands(fact: Fact, event: CallUpAnswered, work: Work) -> None:
    """Confirmed or a reserve; and whoever moves up for one who dropped out."""
    template = {"confirmed": "sms.worker.placed", "reserve": "sms.worker.reserve"}.get(event.stands)
    if template is not None:
        await _tell(fact, work, event.worker, template, event.shift)
    if event.moved_up is not None:
        await _tell(fact, work, event.moved_up, "sms.worker.moved_up", event.shift)


@reactions.on(CallUpReminded)
async def remind(fact: Fact, event: CallUpReminded, work: Work) -> None:
    for crew in event.crews:
        for worker in crew.people:
            await _tell(fact, work, worker, "sms.worker.shift_soon", crew.shift)


@reactions.on(CallUpCheckedIn)
async def tell_the_relieved(fact: Fact, event: CallUpCheckedIn, work: Work) -> None:
    if event.relieves not in (None, event.worker) and event.relieved_of is not None:
        await _tell(fact, work, event.relieves or "", "sms.worker.relieved", event.relieved_of)


@reactions.on(CallUpRelieved)
async def tell_who_is_sent_home(fact: Fact, event: CallUpRelieved, work: Work) -> None:
    """Whoever handed over by an own tap knows it."""
    if fact.actor != f"worker:{event.worker}":
        await _tell(fact, work, event.worker, "sms.worker.relieved", event.shift)


@reactions.on(CallUpStoodDown)
async def tell_that_it_is_over(fact: Fact, event: CallUpStoodDown, work: Work) -> None:
    template = "sms.worker.stood_down" if event.why == "over" else "sms.worker.called_off"
    for worker in event.people:
        await _tell(fact, work, worker, template, None)


@reactions.on(CallUpEscalated)
async def tell_the_head(fact: Fact, event: CallUpEscalated, work: Work) -> None:
    if event.to is not None:
        missing = sum(each.by for each in event.short)
        await _tell(
            fact, work, event.to, "sms.worker.call_up_short", event.short[0].shift, count=str(missing)
        )


async def _tell(fact: Fact, work: Work, worker: str, template: str, shift: str | None, **more: str) -> None:
    body = await remembered(CALL_UPS, fact, fact.history.id, work)
    about = body["shifts"].get(shift) or {"grid": body["area"]}
    values = {**about, "reason": body["reason"], **more}
    await tell(fact, work, f"worker:{worker}", template, values)

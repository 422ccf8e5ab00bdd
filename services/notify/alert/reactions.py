"""What follows when a warning is relayed: whoever is in its grids is told; what it ends is over, and whoever got that hears
so; where nobody has acknowledged a grave one, the next are called.
"""

from collections.abc import Iterable

from services.notify.alert.broadcasting import SERVICE, Work, follow, publish, who_got
from services.notify.alert.projection import WARNING
from services.notify.alert.state import State
from services.notify.telling import remembered, tell
from shared.clock import now
from shared.commands.alert import CancelAlert, CheckAlert, SupersedeAlert
from shared.envelope import Fact
from shared.events.alert import (
    AlertArrivedLate,
    AlertCancelled,
    AlertEscalated,
    AlertRelayed,
    AlertSuperseded,
    Ended,
    Message,
)
from shared.ids import named_id
from shared.reaction import Reactions, is_news

reactions: Reactions[Work] = Reactions()


@reactions.on(AlertRelayed)
async def relay(fact: Fact, event: AlertRelayed, work: Work) -> None:
    """To its grids, and to whoever got what it ends; each person once over one channel."""
    if is_news(fact, work.told.oldest_news):
        ended = [each.alert for each in event.ends if each.by == fact.history.id]
        await publish(fact, event.message, await who_got(fact, ended, work), work)
    await _end(fact, event.ends, work)


@reactions.on(AlertArrivedLate)
async def end_what_it_was_about(fact: Fact, event: AlertArrivedLate, work: Work) -> None:
    """It tells nobody, and still says what belongs together."""
    await _end(fact, event.ends, work)


async def _end(fact: Fact, ends: Iterable[Ended], work: Work) -> None:
    for each in ends:
        said = {
            "id": named_id(fact.id, each.alert, each.by),
            "tenant": fact.history.tenant,
            "actor": SERVICE,
            "at": now(),
            "alert": each.alert,
            "by": each.by,
        }
        model = CancelAlert if each.cancelled else SupersedeAlert
        await work.desk.do(model.model_validate(said), cause=fact.id)


async def tell_whoever_got_it(fact: Fact, event: AlertSuperseded | AlertCancelled, work: Work) -> None:
    """Only where its successor was relayed before anybody knew that this one is what it ends; otherwise they were told with
    it.
    """
    tenant, ended = fact.history.tenant, fact.history.id
    later = await remembered(WARNING, fact, event.by, work.told)
    if "message" not in later:
        raise TimeoutError("the warning that took its place was not seen yet")
    state: State = await work.desk.state("alert", tenant, ended)
    over = state.over_at is not None and state.over_at <= event.at
    message = Message.model_validate(later["message"])
    told_with_it = not later["relayed"] or ended in later["ends"]
    if told_with_it or (message.kind == "Cancel" and over) or not is_news(fact, work.told.oldest_news):
        return
    await follow(fact, event.by, message, await who_got(fact, [ended], work), work, ended)


reactions.on(AlertSuperseded)(tell_whoever_got_it)
reactions.on(AlertCancelled)(tell_whoever_got_it)


# acknowledging ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@reactions.on(AlertEscalated)
async def call_the_next(fact: Fact, event: AlertEscalated, work: Work) -> None:
    for each in event.called:
        await tell(fact, work.told, f"worker:{each.worker}", "sms.worker.alert_unseen", {"grid": each.grid})


async def set_the_clock(fact: Fact, event: AlertRelayed | AlertEscalated, work: Work) -> None:
    """Ask when the time to acknowledge is over; what ran out already is the sweep's."""
    moment, tenant, alert = event.acknowledge_by, fact.history.tenant, fact.history.id
    if moment is None or moment < now():
        return
    name = f"{tenant}.alert-{alert}.{int(moment.timestamp())}"
    await work.bus.set_timer(name, moment, {"tenant": tenant, "aggregate": "alert", "id": alert})


reactions.on(AlertRelayed)(set_the_clock)
reactions.on(AlertEscalated)(set_the_clock)


def check(tenant: str, alert: str) -> CheckAlert:
    """A timer fired, or the sweep asks."""
    at = now()
    name = named_id("check", alert, at.isoformat())
    return CheckAlert(id=name, tenant=tenant, actor=SERVICE, at=at, alert=alert)

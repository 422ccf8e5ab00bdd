"""Who is told of a micro-wish (微心愿): whoever takes it on, whoever wished it, and the worker on whose desk it lies.

That it is fulfilled the resident hears with the request, which is resolved with it: nobody is told twice.
"""

from typing import Literal

from services.notify.projection import MATTER
from services.notify.reactions import Work, reactions
from shared.clock import now
from shared.commands.delivery import RequestDelivery
from shared.documents import Body, Model, document_id
from shared.envelope import Fact
from shared.events.offer import HelpOffered
from shared.events.wish import (
    ClaimConfirmed,
    ClaimReleased,
    WishClaimed,
    WishEnded,
    WishFulfilled,
    WishThanked,
)
from shared.ids import named_id
from shared.reaction import is_news


def _offer(body: Body, fact: Fact) -> Body:
    match fact.event:
        case HelpOffered() as event:
            return {"sealed": event.sealed.model_dump() if event.reachable else None}
        case _:
            return body


GIVERS = Model(
    name="giver",
    key=lambda history: history.id if (history.owner, history.aggregate) == ("routing", "offer") else None,
    fold=_offer,
)
"""``sealed`` is the offer's, opened only when the gateway is called."""


@reactions.on(WishClaimed)
async def tell_of_the_claim(fact: Fact, event: WishClaimed, work: Work) -> None:
    """Known to staff: go ahead. From the public: wait for the yes, and the worker finds out who it is."""
    if event.confirmed:
        await _tell_that_it_is_taken(fact, event.offer, work)
        return
    await _tell_the_giver(fact, event.offer, "received", work)
    await _tell_the_worker(fact, "wish_waiting", work)


@reactions.on(ClaimConfirmed)
async def tell_of_the_yes(fact: Fact, event: ClaimConfirmed, work: Work) -> None:
    await _tell_that_it_is_taken(fact, event.offer, work)


@reactions.on(ClaimReleased)
async def tell_that_it_is_free_again(fact: Fact, event: ClaimReleased, work: Work) -> None:
    """The resident hears of it only after hearing that somebody would come."""
    template = "lapsed" if event.reason == "lapsed" else "released"
    await _tell_the_giver(fact, event.offer, template, work)
    await _tell_the_worker(fact, "wish_released", work)
    if event.confirmed:
        await _tell_the_reporter(fact, "wish_released", work)


@reactions.on(WishEnded)
async def tell_that_nothing_is_left(fact: Fact, event: WishEnded, work: Work) -> None:
    """The request came to an end another way: the resident and the worker know."""
    if event.offer is not None:
        await _tell_the_giver(fact, event.offer, "released", work)


@reactions.on(WishFulfilled)
async def tell_of_the_end(fact: Fact, event: WishFulfilled, work: Work) -> None:
    await _tell_the_giver(fact, event.offer, "fulfilled", work)
    await _tell_the_worker(fact, "wish_fulfilled", work)


@reactions.on(WishThanked)
async def pass_the_thanks_on(fact: Fact, event: WishThanked, work: Work) -> None:
    """Once, however often staff change who may read them."""
    once = named_id("thanks", fact.history.id, event.offer)
    await _tell_the_giver(fact, event.offer, "thanked", work, once)
    await _tell_the_worker(fact, "wish_thanked", work, once)


async def _tell_that_it_is_taken(fact: Fact, offer: str, work: Work) -> None:
    await _tell_the_giver(fact, offer, "confirmed", work)
    await _tell_the_reporter(fact, "wish_claimed", work)
    await _tell_the_worker(fact, "wish_claimed", work)


async def _tell_the_giver(fact: Fact, offer: str, template: str, work: Work, once: str = "") -> None:
    giver = await _remembered(GIVERS, fact, offer, work)
    if giver.get("sealed"):
        await _tell(fact, work, (f"giver:{offer}", "sms", f"sms.giver.{template}"), {}, once)


async def _tell_the_reporter(fact: Fact, template: str, work: Work) -> None:
    about = await _remembered(MATTER, fact, fact.history.id, work)
    if about.get("reachable"):
        to = f"reporter:{fact.history.id}"
        await _tell(fact, work, (to, "sms", f"sms.reporter.{template}"), about)


async def _tell_the_worker(fact: Fact, template: str, work: Work, once: str = "") -> None:
    """Nobody is told what he just did himself."""
    about = await _remembered(MATTER, fact, fact.history.id, work)
    worker = about.get("worker")
    if worker is not None and fact.actor != f"worker:{worker}":
        await _tell(fact, work, (f"worker:{worker}", "chat", f"sms.worker.{template}"), about, once)


async def _remembered(model: Model, fact: Fact, name: str, work: Work) -> Body:
    found = await work.store.documents(model.name).find_one({"_id": document_id(fact.history.tenant, name)})
    return found["body"] if found else {}


async def _tell(
    fact: Fact,
    work: Work,
    what: tuple[str, Literal["sms", "chat"], str],
    about: Body,
    once: str = "",
) -> None:
    """``what``: whom, over what, with which text. The delivery's id is named by the fact, or by what is said once."""
    if not is_news(fact, work.oldest_news):
        return
    to, over, template = what
    delivery = named_id("delivery", once or fact.id, to, over)
    command = RequestDelivery(
        id=delivery,
        tenant=fact.history.tenant,
        actor="service:notify",
        at=now(),
        delivery=delivery,
        because=fact.id,
        recipient=to,
        channel=over,
        template=template,
        values={name: about[name] for name in ("code", "grid", "category") if about.get(name)},
    )
    await work.desk.do(command, cause=fact.id)

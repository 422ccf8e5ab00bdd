"""Who is told of a micro-wish (微心愿): whoever takes it on, whoever wished it, and the worker on whose desk it lies.

That it is fulfilled the resident hears with the request, which is resolved with it: nobody is told twice.
"""

from services.notify.projection import GIVERS
from services.notify.reactions import reactions
from services.notify.telling import Work, matter, remembered, tell, told_of
from shared.envelope import Fact
from shared.events.wish import (
    ClaimConfirmed,
    ClaimReleased,
    WishClaimed,
    WishEnded,
    WishFulfilled,
    WishThanked,
)
from shared.ids import named_id


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
    if (await remembered(GIVERS, fact, offer, work))["sealed"]:
        await tell(fact, work, f"giver:{offer}", f"sms.giver.{template}", {}, over="sms", once=once)


async def _tell_the_reporter(fact: Fact, template: str, work: Work) -> None:
    about = await matter(fact, work)
    if about.get("reachable"):
        to = f"reporter:{fact.history.id}"
        await tell(fact, work, to, f"sms.reporter.{template}", told_of(about), over="sms")


async def _tell_the_worker(fact: Fact, template: str, work: Work, once: str = "") -> None:
    """Nobody is told what he just did himself."""
    about = await matter(fact, work)
    worker = about.get("worker")
    if worker is not None and fact.actor != f"worker:{worker}":
        to = f"worker:{worker}"
        await tell(fact, work, to, f"sms.worker.{template}", told_of(about), once=once)

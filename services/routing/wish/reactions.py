"""What a wish sets going: its offer is drawn on and given back, its request is resolved, and it ends with its request."""

from datetime import datetime
from typing import Any, Literal

from services.routing.request.reactions import Work, reactions
from shared.commands.command import Command
from shared.commands.offer import DrawOnOffer, GiveBackOffer
from shared.commands.request import AcceptRequest, ResolveRequest
from shared.commands.wish import EndWish, OpenWish, ReleaseClaim, ReopenWish
from shared.envelope import Fact
from shared.events.event import Event
from shared.events.offer import OfferWithdrawn
from shared.events.request import RequestClosed, RequestDeclined, RequestReopened, RequestResolved
from shared.events.submission import RequestSubmitted
from shared.events.wish import ClaimReleased, WishClaimed, WishEnded, WishFulfilled
from shared.ids import named_id
from shared.refusal import NOT_NOW, Refused
from shared.words import Kind, Status

_SERVICE = "service:routing"
_END: dict[type[Event], Literal["resolved", "closed", "declined"]] = {
    RequestResolved: "resolved",
    RequestClosed: "closed",
    RequestDeclined: "declined",
}


@reactions.on(RequestSubmitted)
async def look_for_somebody(fact: Fact, event: RequestSubmitted, work: Work) -> None:
    """A request of this kind is the wish itself: from now on its days unclaimed are counted."""
    if event.kind is Kind.WISH:
        await _do(OpenWish(**_named(fact, "open", event.at), request=fact.history.id), fact, work)


@reactions.on(WishClaimed)
async def draw_on_the_offer(fact: Fact, event: WishClaimed, work: Work) -> None:
    """One time less is left of it. Two wishes took the last one at the same moment: the later one lets it go."""
    wish = fact.history.id
    draw = DrawOnOffer(**_named(fact, "draw", event.at), offer=event.offer, wish=wish)
    try:
        await _do(draw, fact, work)
    except Refused as refused:
        if refused.reason in NOT_NOW:
            raise
        named = _named(fact, "let_go", event.at)
        await _do(ReleaseClaim(**named, request=wish, offer=event.offer, reason="used_up"), fact, work)


async def give_the_offer_back(fact: Fact, event: ClaimReleased | WishEnded, work: Work) -> None:
    if event.offer is not None:
        named = _named(fact, "give_back", event.at)
        await _do(GiveBackOffer(**named, offer=event.offer, wish=fact.history.id), fact, work)


reactions.on(ClaimReleased)(give_the_offer_back)
reactions.on(WishEnded)(give_the_offer_back)


@reactions.on(OfferWithdrawn)
async def let_its_claims_go(fact: Fact, event: OfferWithdrawn, work: Work) -> None:
    """Whoever takes the offer back gives nobody a reason to wait for it."""
    offer = fact.history.id
    for wish in (await work.desk.state("offer", fact.history.tenant, offer)).drawn:
        named = _named(fact, f"let_go {wish}", event.at)
        await _do(ReleaseClaim(**named, request=wish, offer=offer, reason="offer_withdrawn"), fact, work)


@reactions.on(WishFulfilled)
async def resolve_the_request(fact: Fact, event: WishFulfilled, work: Work) -> None:
    """By the same commands as any other; the resident is asked whether it is solved, as of any other."""
    tenant, request = fact.history.tenant, fact.history.id
    state = await work.desk.state("request", tenant, request)
    if state.status is Status.ASSIGNED:
        accept = AcceptRequest(**_named(fact, "accept", event.at), request=request, worker=state.worker)
        await _do(accept, fact, work)
    resolve = ResolveRequest(**_named(fact, "resolve", event.at), request=request)
    await _do(await work.completing.completed(resolve), fact, work)


async def end_with_the_request(fact: Fact, event: Event, work: Work) -> None:
    """It came to an end another way: whoever claims it is told that nothing is left to do."""
    if await _is_wish(fact, work):
        named = _named(fact, "end", event.at)
        await _do(EndWish(**named, request=fact.history.id, reason=_END[type(event)]), fact, work)


for _event in _END:
    reactions.on(_event)(end_with_the_request)


@reactions.on(RequestReopened)
async def open_again(fact: Fact, event: RequestReopened, work: Work) -> None:
    if await _is_wish(fact, work):
        await _do(ReopenWish(**_named(fact, "reopen", event.at), request=fact.history.id), fact, work)


async def _is_wish(fact: Fact, work: Work) -> bool:
    return bool(await work.desk.known("wish", fact.history.tenant, [fact.history.id]))


async def _do(command: Command, fact: Fact, work: Work) -> None:
    await work.desk.do(command, cause=fact.id)


def _named(fact: Fact, what: str, at: datetime) -> dict[str, Any]:
    """Reacting twice is once; what follows from an imported fact is imported, too, and texts nobody."""
    return {
        "id": named_id(fact.id, "wish", what),
        "tenant": fact.history.tenant,
        "actor": fact.actor if fact.actor.startswith("import:") else _SERVICE,
        "at": at,
    }

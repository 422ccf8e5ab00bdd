"""Telling somebody something because of a fact: what every reaction of notify works with.

A delivery's id is named by the fact, whom it is for and the channel, so a repeat is impossible.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from services.notify.projection import MATTER
from services.notify.standing_in import StandingIn
from shared.clock import now
from shared.commands.delivery import RequestDelivery
from shared.desk import Desk
from shared.documents import Body, Model, document_id
from shared.envelope import Fact
from shared.ids import named_id
from shared.reaction import is_news
from shared.store import Store


@dataclass(frozen=True)
class Work:
    desk: Desk
    store: Store
    oldest_news: timedelta
    standing_in: StandingIn


async def tell(
    fact: Fact,
    work: Work,
    to: str,
    template: str,
    values: Mapping[str, str],
    *,
    over: Literal["sms", "chat"] = "chat",
    once: str = "",
) -> None:
    """Nobody is told what is old or was imported. ``once`` names it instead of the fact, where several facts say one thing."""
    if not is_news(fact, work.oldest_news):
        return
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
        values=dict(values),
    )
    await work.desk.do(command, cause=fact.id)


def told_of(about: Body) -> dict[str, str]:
    """What a message says of a request."""
    return {name: about[name] for name in ("code", "grid", "category") if about.get(name)}


async def matter(fact: Fact, work: Work, request: str | None = None) -> Body:
    """What notify remembers of the fact's own request, or of this one."""
    about = await remembered(MATTER, fact, request or fact.history.id, work)
    if "code" not in about:
        raise _unseen("submission")
    return about


async def remembered(model: Model, fact: Fact, name: str, work: Work) -> Body:
    """Our own projections have seen the fact before its reactions do; what was said elsewhere before it, another replica may
    have in hand: then the fact comes again.
    """
    row = await work.store.documents(model.name).find_one({"_id": document_id(fact.history.tenant, name)})
    if row is None:
        raise _unseen(model.name)
    return row["body"]


def _unseen(what: str) -> TimeoutError:
    return TimeoutError(f"the {what} was not seen yet")

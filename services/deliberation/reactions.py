"""What deliberation does when a fact appears: it notices what many call for."""

from dataclasses import dataclass
from datetime import timedelta

from services.deliberation.projection import CALL
from shared.commands import ProposeTopic
from shared.desk import Desk
from shared.documents import document_id
from shared.envelope import Fact
from shared.events import Event, GridAssigned, RequestTransferred
from shared.ids import named_id
from shared.reaction import Reactions
from shared.settings import Settings
from shared.store import Store

_WINDOW = timedelta(days=30)
_NAMED_AT_MOST = 100


@dataclass(frozen=True)
class Work:
    desk: Desk
    store: Store
    settings: Settings


reactions: Reactions[Work] = Reactions()


async def notice_what_many_call_for(fact: Fact, event: Event, work: Work) -> None:
    """Enough open requests of one category in one grid within a month propose a topic."""
    tenant, calls = fact.history.tenant, work.store.documents(CALL.name)
    call = await calls.find_one({"_id": document_id(tenant, fact.history.id)})
    if call is None or "said_at" not in call["body"]:
        raise TimeoutError("the submission was not seen yet")  # another replica has it in hand: come again
    about = call["body"]
    if not about.get("category") or not about.get("grid"):
        return
    alike = calls.find(
        {
            "tenant": tenant,
            "body.grid": about["grid"],
            "body.category": about["category"],
            "body.open": True,
            "body.said_at": {"$gt": about["said_at"] - _WINDOW, "$lte": about["said_at"]},
        },
        {"id": 1},
    )
    requests = tuple([row["id"] async for row in alike.sort("body.said_at", 1).limit(_NAMED_AT_MOST)])
    if len(requests) < work.settings.topic_threshold:
        return
    month = about["said_at"].astimezone(work.settings.zone).strftime("%Y-%m")
    topic = named_id("topic", tenant, about["grid"], about["category"], month)
    await work.desk.do(
        ProposeTopic(
            id=named_id(topic, "propose"),
            tenant=tenant,
            actor="service:deliberation",
            at=event.at,
            topic=topic,
            grid=about["grid"],
            category=about["category"],
            requests=requests,
            threshold=work.settings.topic_threshold,
            month=month,
        ),
        cause=fact.id,
    )


for _event in (GridAssigned, RequestTransferred):
    reactions.on(_event)(notice_what_many_call_for)

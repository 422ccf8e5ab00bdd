"""What deliberation does when a fact appears: it notices what many call for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.deliberation.projection import CALL
from shared.commands.topic import ProposeTopic
from shared.desk import Desk
from shared.documents import Body, Document, document_id
from shared.envelope import Fact
from shared.events.event import Event
from shared.events.request import AssignmentFailed, GridAssigned, RequestTransferred
from shared.ids import named_id
from shared.reaction import Reactions
from shared.settings import Settings
from shared.store import Collection, Store

_WINDOW = timedelta(days=30)
_NAMED_AT_MOST = 100


@dataclass(frozen=True)
class Work:
    desk: Desk
    store: Store
    settings: Settings


reactions: Reactions[Work] = Reactions()


async def notice_what_many_call_for(fact: Fact, event: Event, work: Work) -> None:
    """Enough people with open requests of one category in one grid within a month propose a topic."""
    tenant, calls = fact.history.tenant, work.store.documents(CALL.name)
    call = await calls.find_one({"_id": document_id(tenant, fact.history.id)})
    if call is None or "said_at" not in call["body"]:
        raise TimeoutError("the submission was not seen yet")  # another replica has it in hand: come again
    about = call["body"]
    if not about.get("category") or not about.get("grid"):
        return
    for month, requests in _called_for(await _alike(calls, tenant, about), about["said_at"], work.settings):
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


async def _alike(calls: Collection, tenant: str, about: Body) -> list[Document]:
    """Return the open requests that call for the same within a month before or after, in the order of saying."""
    said_at = about["said_at"]
    found = calls.find(
        {
            "tenant": tenant,
            "body.grid": about["grid"],
            "body.category": about["category"],
            "body.open": True,
            "body.said_at": {"$gt": said_at - _WINDOW, "$lt": said_at + _WINDOW},
        },
        {"id": 1, "body.said_at": 1, "body.person": 1},
    )
    return [row async for row in found.sort("body.said_at", -1).limit(_NAMED_AT_MOST)][::-1]


def _called_for(
    alike: list[Document], since: datetime, settings: Settings
) -> list[tuple[str, tuple[str, ...]]]:
    """Return the months in which enough people called for it, and by which requests.

    A message may come after those of what was said later, so whatever was said ``since`` is counted again.
    """
    found: dict[str, tuple[str, ...]] = {}
    for last in (row["body"]["said_at"] for row in alike if row["body"]["said_at"] >= since):
        requests = one_each([row for row in alike if last - _WINDOW < row["body"]["said_at"] <= last])
        if len(requests) >= settings.topic_threshold:
            found.setdefault(last.astimezone(settings.zone).strftime("%Y-%m"), requests)
    return list(found.items())


def one_each(said: list[Document]) -> tuple[str, ...]:
    """Return each person's first request: however often one says it, it is one voice. Nobody known is somebody."""
    first: dict[str, str] = {}
    for row in said:
        first.setdefault(row["body"].get("person") or row["id"], row["id"])
    return tuple(first.values())


for _event in (GridAssigned, RequestTransferred, AssignmentFailed):
    reactions.on(_event)(notice_what_many_call_for)

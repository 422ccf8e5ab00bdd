"""A bulletin (工作计划及进展) as a document: where it stands, the text that staff work on, and the one that residents read.

Both doors keep it by the same fold; the residents' door shows nothing but ``public``.
"""

from datetime import date, timedelta
from typing import Literal

from shared.documents import Body, Document, Model, document_id
from shared.envelope import Fact, History, UnreadableError
from shared.events.bulletin import (
    BulletinDrafted,
    BulletinEdited,
    BulletinPublished,
    BulletinWithdrawn,
    Span,
)
from shared.events.event import Event
from shared.ids import named_id
from shared.journal import Journal
from shared.projection import document_now
from shared.store import Store

Days = tuple[date, date]
"""The first day and the last, on the tenant's clock."""


def bulletin_id(tenant: str, area: str, span: Span, since: date) -> str:
    """An area has one bulletin of each week and month."""
    return named_id("bulletin", tenant, area, span, since.isoformat())


def span_around(span: Span, day: date) -> Days:
    """Return the week (Monday to Sunday) or the month in which a day lies."""
    if span == "week":
        since = day - timedelta(days=day.weekday())
        return since, since + timedelta(days=6)
    since = day.replace(day=1)
    return since, (since + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def span_after(span: Span, days: Days) -> Days:
    return span_around(span, days[1] + timedelta(days=1))


def span_before(span: Span, day: date) -> Days:
    """Return the last week or month that was over on this day."""
    return span_around(span, span_around(span, day)[0] - timedelta(days=1))


def _fold(body: Body, fact: Fact) -> Body:
    assert fact.event is not None
    step = {"type": fact.type, "at": fact.event.at, "actor": fact.actor}
    return body | _told(body, fact.event) | {"steps": [*body.get("steps", []), step]}


def _told(body: Body, event: Event) -> Body:
    match event:
        case BulletinDrafted():
            said = event.model_dump(
                mode="json", include={"area", "community", "grids", "span", "since", "until"}
            )
            return {"stands": "draft", "public": None, **said, **_text(body, event)}
        case BulletinEdited():
            return _text(body, event)
        case BulletinPublished():
            edition = {"edition": event.edition, "at": event.at, "why": event.why}
            editions = [*body.get("editions", []), edition]
            public = {name: body.get(name) for name in ("title", "lines")}
            return {"stands": "published", "editions": editions, "public": public, "published_at": event.at}
        case BulletinWithdrawn():
            return {"stands": "withdrawn", "public": None, "withdrawn": {"at": event.at, "why": event.why}}
        case _:
            return {}


def _text(body: Body, event: BulletinDrafted | BulletinEdited) -> Body:
    said = event.model_dump(mode="json", include={"title", "lines"})
    return {"changes": body.get("changes", 0) + 1, **said}


def stage_of(body: Body) -> Literal["draft", "published", "correcting", "withdrawn"]:
    """``correcting``: a person has changed what is published, and the next edition is not out."""
    public = body.get("public")
    if body["stands"] == "published" and public != {name: body[name] for name in ("title", "lines")}:
        return "correcting"
    return body["stands"]


BULLETINS = Model(
    name="bulletin",
    key=lambda history: history.id if (history.owner, history.aggregate) == ("notify", "bulletin") else None,
    fold=_fold,
    indexes=[["tenant", "-r"], ["tenant", "body.stands", "-body.published_at"]],
)


async def bulletin_now(store: Store, journal: Journal, tenant: str, name: str) -> Document | None:
    """Return one as the journal has it now: whoever has just saved or published it reads that. Raises what both raise."""
    history = History(tenant, "notify", "bulletin", name)
    try:
        document = await document_now(BULLETINS, store, journal, tenant, [history])
    except UnreadableError:  # held: what was readable stands in the document
        document = await store.documents(BULLETINS.name).find_one({"_id": document_id(tenant, name)})
    return document if document is not None and "stands" in document["body"] else None

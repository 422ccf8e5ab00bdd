"""What was heard, for comparing: of every request, what similarity asks about, and its words, sealed as they came."""

from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.event import Event
from shared.events.request import (
    AssignmentFailed,
    GridAssigned,
    RequestJoinedMatter,
    RequestLeftMatter,
    RequestTransferred,
)
from shared.events.submission import RequestAmended, RequestSubmitted
from shared.life import status_after
from shared.words import ENDED

_MATTERS = (("intake", "submission"), ("routing", "request"))


def _key(history: History) -> str | None:
    return history.id if (history.owner, history.aggregate) in _MATTERS else None


def _fold(body: Body, fact: Fact) -> Body:
    event = fact.event
    assert event is not None
    after = body | _said(body, fact, event) | _done(event)
    if fact.history.owner != "intake" and (status := status_after(event)):
        after["status"] = status.value
        after["ended_at"] = event.at if status in ENDED else None
    return after


def _said(body: Body, fact: Fact, event: Event) -> Body:
    """Submission and request each write fields of their own: it does not matter how the two interleave."""
    sealed = getattr(event, "sealed", None) if isinstance(event, RequestSubmitted | RequestAmended) else None
    boxes = [*body.get("boxes", []), {"sealed": sealed.model_dump(), "at": event.at}] if sealed else None
    said: Body = {"boxes": boxes, "subject": fact.history.subject} if boxes else {}
    if isinstance(event, RequestSubmitted):
        said |= {
            "code": event.code,
            "category": event.category,
            "place": event.place.model_dump(),
            "at": event.at,
            "source_key": event.source_key,
        }
    return said


def _done(event: Event) -> Body:
    match event:
        case GridAssigned() | AssignmentFailed():
            told = {"grid": event.grid, "person": event.person}
            return {field: value for field, value in told.items() if value}
        case RequestTransferred():
            return {"grid": event.grid}
        case RequestJoinedMatter():
            return {"matter": event.matter}
        case RequestLeftMatter():
            return {"matter": None}
        case _:
            return {}


HEARD = Model(name="heard", key=_key, fold=_fold, indexes=[["tenant", "r"], ["tenant", "body.code"]])

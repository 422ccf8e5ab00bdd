"""What deliberation remembers of each request: what it calls for, where, and whether it is still open."""

from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.request import AssignmentFailed, GridAssigned, RequestTransferred
from shared.events.submission import RequestSubmitted
from shared.life import status_after
from shared.words import ENDED, Status

_DONE = ENDED | {Status.RESOLVED}


def _key(history: History) -> str | None:
    mine = (history.owner, history.aggregate) in (("intake", "submission"), ("routing", "request"))
    return history.id if mine else None


def _fold(body: Body, fact: Fact) -> Body:
    event = fact.event
    assert event is not None
    match event:
        case RequestSubmitted():
            return body | {"category": event.category, "said_at": event.at}
        case GridAssigned() | RequestTransferred():
            person = event.person if isinstance(event, GridAssigned) else None
            return body | {"grid": event.grid, "open": True} | ({"person": person} if person else {})
        case AssignmentFailed(grid=str(grid)):
            return body | {"grid": grid, "open": True}
        case _:
            status = status_after(event)
            known = fact.history.owner == "routing" and status is not None
            return body | {"open": status not in _DONE} if known else body


CALL = Model(
    name="call",
    key=_key,
    fold=_fold,
    indexes=[["tenant", "body.grid", "body.category", "body.open", "body.said_at"]],
)

"""What the figures need of one request, folded from its events. The ledger keeps it; the journal gives it for any past
moment, through the same function.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shared.documents import Body
from shared.events.event import CATALOGUE, Event, Sealed
from shared.events.request import (
    AssignmentFailed,
    FeedbackRecorded,
    GridAssigned,
    ProgressNoted,
    RequestAccepted,
    RequestClosed,
    RequestDeclined,
    RequestReopened,
    RequestReportedUp,
    RequestResolved,
    RequestReturned,
    RequestTransferred,
    ResidentContacted,
    Running,
    SeverityChanged,
    Standing,
)
from shared.events.submission import RequestSubmitted

_LEFT_OUT: dict[Any, Any] = {Sealed: Sealed(key="none", box=b""), str: ""}
"""What a step says nothing about: words, which the ledger keeps beside it, and what is empty. The rest is None."""


def tallied(tally: Body, event: Event) -> Body:
    """Return the tally after one event. What either history writes, the other does not."""
    return tally | _change(tally, event)


def _change(tally: Body, event: Event) -> Body:
    match event:
        case RequestSubmitted():
            return {"at": event.at, "category": event.category, "named_area": event.community}
        case GridAssigned():
            return {
                "grid": event.grid,
                "worker": event.worker,
                "area": event.community,
                "due_at": event.due_at,
                "ended": None,
            }
        case AssignmentFailed(grid=str(grid)):
            return {"grid": grid, "area": event.community}
        case RequestTransferred():
            return {"grid": event.grid, "worker": event.worker}
        case RequestReportedUp():
            return {"worker": event.worker}
        case Standing():
            return {"due_at": None}
        case Running() | SeverityChanged():
            return {"due_at": event.due_at}
        case RequestAccepted():
            return {"worker": event.worker} | _responded(tally, event)
        case ProgressNoted() | ResidentContacted():
            return _responded(tally, event)
        case RequestReturned():
            return {"worker": None, "returned": tally.get("returned", 0) + 1}
        case RequestResolved():
            return {"resolved_at": event.at} | _responded(tally, event)
        case FeedbackRecorded():
            return {"solved": event.solved, "satisfaction": event.satisfaction}
        case RequestReopened():
            again = {"resolved_at": None, "ended": None, "reopened": tally.get("reopened", 0) + 1}
            return again | {"due_at": event.due_at}
        case RequestClosed():
            return {"ended": "withdrawn" if event.reason == "withdrawn" else "closed"}
        case RequestDeclined():
            return {"ended": "declined"} | _responded(tally, event)
        case _:
            return {}


def _responded(tally: Body, event: Event) -> Body:
    return {} if tally.get("responded_at") else {"responded_at": event.at}


def tally_until(steps: Iterable[Mapping[str, object]], moment: datetime) -> Body:
    """Return the tally as of a moment, from the steps that the ledger keeps of both histories, in their order."""
    tally: Body = {}
    for step in steps:
        if isinstance(at := step["at"], datetime) and at <= moment and (event := _revived(step, at)):
            tally = tallied(tally, event)
    return tally


def _revived(step: Mapping[str, object], at: datetime) -> Event | None:
    name, about = str(step["type"]), step["about"]
    model = CATALOGUE.get(name)
    if model is None or not isinstance(about, dict):
        return None
    left_out = {
        field: _LEFT_OUT.get(one.annotation)
        for field, one in model.model_fields.items()
        if one.is_required() and field not in about
    }
    return model.model_validate({**left_out, **about, "at": at})

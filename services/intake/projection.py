"""What anybody with the tracking code may read: where it stands and what happened when. Nothing personal.

Submission, request, matter and wish are histories of one document, so each writes only its own part.
"""

from typing import Any

from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.event import Event
from shared.events.matter import MatterWeighed
from shared.events.request import (
    ClockResumed,
    GridAssigned,
    RequestDeclined,
    RequestHeld,
    RequestReopened,
    RequestResolved,
    RequestTransferred,
    ResidentAnswered,
    ResidentAsked,
    Running,
    SeverityChanged,
    Standing,
)
from shared.events.submission import RequestSubmitted, RequestWithdrawn
from shared.events.wish import ClaimConfirmed, ClaimReleased, WishClaimed
from shared.life import status_after
from shared.words import Status

_UNSPOKEN = frozenset(
    {
        "AccusedNamed",
        "DeadlineMissed",
        "DeadlineReminded",
        "RequestEscalated",
        "SeverityChanged",
        "StallNoticed",
    }
)
"""What is between the office and its workers."""


_HISTORIES = (("intake", "submission"), ("routing", "request"), ("routing", "matter"), ("routing", "wish"))


def _key(history: History) -> str | None:
    return history.id if (history.owner, history.aggregate) in _HISTORIES else None


def fold(body: Body, fact: Fact) -> Body:
    event = fact.event
    assert event is not None
    if isinstance(event, MatterWeighed):
        return body | {"people": event.people}
    if fact.history.aggregate == "wish":
        return body | _wished(body, event)
    half = "said" if fact.history.owner == "intake" else "done"
    before: dict[str, Any] = body.get(half, {})
    after = before | _facts(event)
    if fact.type not in _UNSPOKEN:
        after["timeline"] = [*before.get("timeline", []), _step(fact.type, event, before)]
    if half == "done" and (status := status_after(event)):
        after |= {"status": status.value, "why": _why(event)}
    return body | {half: after}


def _why(event: Event) -> Body | None:
    """Why it waits, or is not ours and where to go: as long as it stands so."""
    match event:
        case RequestHeld():
            return {"reason": event.reason, "instead": ""}
        case RequestDeclined():
            return {"reason": event.reason, "instead": event.instead}
        case _:
            return None


def _wished(body: Body, event: Event) -> Body:
    """Whoever wished it reads that somebody comes, once staff said yes, and that it came to nothing."""
    match event:
        case WishClaimed(confirmed=True) | ClaimConfirmed():
            name = "WishClaimed"
        case ClaimReleased(confirmed=True):
            name = "ClaimReleased"
        case _:
            return {}
    step: Body = {"type": name, "at": event.at, "status": None}
    return {"wish": [*body.get("wish", []), step]}


def _facts(event: Event) -> Body:
    match event:
        case RequestSubmitted():
            return {
                "code": event.code,
                "kind": event.kind.value,
                "category": event.category,
                "submitted_at": event.at,
            }
        case RequestWithdrawn():
            return {"withdrawn": True}
        case GridAssigned():
            return {"grid": event.grid, "due_at": event.due_at}
        case RequestTransferred():
            return {"grid": event.grid}
        case RequestResolved():
            return {"pictures": list(event.shown), "outcome": event.outcome and event.outcome.model_dump()}
        case RequestReopened():
            return {"due_at": event.due_at, "pictures": [], "outcome": None}
        case SeverityChanged():
            return {"due_at": event.due_at}
        case ResidentAsked():
            return {"asked": True, "due_at": None, "question": event.question.model_dump()}
        case ResidentAnswered():
            return {"asked": False, "due_at": event.due_at, "question": None}
        case Standing():
            return {"due_at": None}
        case ClockResumed():
            return {"asked": False, "due_at": event.due_at, "question": None}
        case Running():
            return {"due_at": event.due_at}
        case _:
            return {}


def _step(name: str, event: Event, before: Body) -> Body:
    status = status_after(event)
    step: Body = {"type": name, "at": event.at, "status": status.value if status else before.get("status")}
    match event:
        case GridAssigned() | RequestTransferred():
            return step | {"grid": event.grid}
        case _:
            return step


def public(body: Body) -> Body | None:
    """What the door answers; None when nobody submitted it."""
    said = body.get("said", {})
    if "code" not in said:
        return None
    done = body.get("done", {})
    steps = [*said["timeline"], *done.get("timeline", []), *body.get("wish", [])]
    timeline = sorted(steps, key=lambda step: step["at"])
    return {
        "code": said["code"],
        "status": done.get("status", Status.SUBMITTED.value),
        "kind": said["kind"],
        "category": said["category"],
        "submitted_at": said["submitted_at"],
        "grid": done.get("grid"),
        "due_at": done.get("due_at"),
        "asked": done.get("asked", False),
        "why": done.get("why"),
        "people": body.get("people", 1),
        "pictures": done.get("pictures", []),
        "timeline": timeline,
    }


PUBLIC = Model(name="public", key=_key, fold=fold)

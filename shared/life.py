"""Which word says where a request stands after an event: one answer for the rules and for every read model."""

from shared.events.event import Event
from shared.events.request import (
    AccusedNamed,
    AssignmentFailed,
    GridAssigned,
    ProgressNoted,
    RequestAccepted,
    RequestClosed,
    RequestDeclined,
    RequestHeld,
    RequestReopened,
    RequestReportedUp,
    RequestResolved,
    RequestReturned,
    RequestTransferred,
)
from shared.events.submission import RequestSubmitted
from shared.words import Status

_AFTER: dict[type[Event], Status] = {
    RequestSubmitted: Status.SUBMITTED,
    AssignmentFailed: Status.TRIAGE,
    GridAssigned: Status.ASSIGNED,
    RequestTransferred: Status.ASSIGNED,
    RequestReportedUp: Status.ASSIGNED,
    RequestAccepted: Status.ACCEPTED,
    ProgressNoted: Status.IN_PROGRESS,
    RequestHeld: Status.ON_HOLD,
    RequestReturned: Status.RETURNED,
    RequestResolved: Status.RESOLVED,
    RequestReopened: Status.REOPENED,
    RequestDeclined: Status.DECLINED,
}


def status_after(event: Event) -> Status | None:
    """Return the status that an event brings, or None when it leaves it as it was.

    A withdrawal is the resident's wish; the request is withdrawn once routing has closed it for that reason.
    """
    if isinstance(event, RequestClosed):
        return Status.WITHDRAWN if event.reason == "withdrawn" else Status.CLOSED
    if isinstance(event, AccusedNamed):
        return Status(event.stands) if event.stands else None
    return _AFTER.get(type(event))

"""What staff look at: the ledger (台账) with every step of every request.

Submission, request and the weight of its matter are three histories of one document. Each writes its own fields, so
that it does not matter how they interleave; what follows from all of them is worked out anew each time.
"""

from collections.abc import Sequence
from datetime import UTC

from services.console.figures.tally import tallied
from services.console.priority import rank_at, why
from services.console.sight import for_followers
from services.console.step import step_of
from services.console.wish_models import in_the_ledger
from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.event import Event
from shared.events.matter import MatterWeighed
from shared.events.request import (
    AccusedNamed,
    AssignmentFailed,
    ClockPaused,
    FeedbackRecorded,
    GridAssigned,
    ProgressNoted,
    RequestAccepted,
    RequestEscalated,
    RequestJoinedMatter,
    RequestLeftMatter,
    RequestReopened,
    RequestReportedUp,
    RequestResolved,
    RequestReturned,
    RequestTransferred,
    ResidentAsked,
    ResidentContacted,
    Running,
    SeverityChanged,
    Standing,
)
from shared.events.submission import PictureAdded, RequestSubmitted
from shared.life import status_after
from shared.words import Status


def _key(history: History) -> str | None:
    return history.id if (history.owner, history.aggregate) in _MINE else None


_MINE = (("intake", "submission"), ("routing", "request"), ("routing", "matter"), ("routing", "wish"))


def _fold(body: Body, fact: Fact) -> Body:
    event = fact.event
    assert event is not None
    after = _after(body, fact.history, event, step_of(fact, event))
    after["community"] = after.get("area") or after.get("named_area")
    after.setdefault("status", Status.SUBMITTED.value)
    if "at" in after:
        after["day"] = after["at"].astimezone(UTC).date().isoformat()
    reasons = why(after)
    return after | {"why": reasons, "rank_at": rank_at(reasons)}


def _after(body: Body, history: History, event: Event, step: Body) -> Body:
    if history.aggregate == "matter":
        return body | _weighed(event)
    if history.aggregate == "wish":
        return body | in_the_ledger(event)
    said = history.owner == "intake"
    after = body | (_said(event) if said else _done(event))
    if isinstance(event, GridAssigned | AssignmentFailed | AccusedNamed):
        after |= {name: _and(body, name, getattr(event, name)) for name in ("hidden_from", "hidden_offices")}
    steps = "said_steps" if said else "done_steps"
    after[steps] = [*body.get(steps, []), step]
    # By name: which of its two histories is heard first, nobody promises.
    after["pictures"] = sorted({*body.get("pictures", ()), *_pictures(event)})
    after["tally"] = tallied(body.get("tally", {}), event)
    if not said and (status := status_after(event)):
        after["status"] = status.value
    return after


def _pictures(event: Event) -> Sequence[str]:
    match event:
        case PictureAdded():
            return (event.picture,)
        case ProgressNoted() | RequestResolved():
            return event.pictures
        case _:
            return ()


def _and(body: Body, name: str, more: Sequence[str]) -> list[str]:
    """Whoever was accused once stays accused."""
    return list(dict.fromkeys((*(body.get(name) or ()), *more)))


def _weighed(event: Event) -> Body:
    if not isinstance(event, MatterWeighed):
        return {}
    return {"people": event.people, "requests": event.requests, "vulnerable": event.vulnerable}


def _said(event: Event) -> Body:
    match event:
        case RequestSubmitted():
            return {
                "code": event.code,
                "kind": event.kind.value,
                "category": event.category,
                "named_area": event.community,
                "channel": event.channel.value,
                "place": event.place.model_dump(),
                "at": event.at,
                "source_key": event.source_key,
                "reachable": event.reachable,
                "about": event.about.value if event.about else None,
                "sealed": event.sealed.model_dump() if event.sealed else None,
            }
        case _:
            return {}


def _done(event: Event) -> Body:
    match event:
        case AssignmentFailed():
            return {"grid": event.grid, "area": event.community}
        case GridAssigned():
            return {
                "grid": event.grid,
                "worker": event.worker,
                "area": event.community,
                "severity": event.severity.value,
                "accept_by": event.accept_by,
                "contact_by": event.contact_by,
                "due_at": event.due_at,
                "paused": None,
                "told": None,
                "level": None if event.level == "grid" else event.level,
            }
        case AccusedNamed() if event.taken:
            return {"worker": event.worker, "level": event.level, "accept_by": event.accept_by}
        case RequestTransferred():
            return {"grid": event.grid, "worker": event.worker, "accept_by": event.accept_by, "told": None}
        case RequestEscalated():
            return {"told": event.head}
        case RequestReportedUp():
            return {"worker": event.worker, "level": event.level, "accept_by": event.accept_by}
        case SeverityChanged():
            return {"severity": event.severity.value, **_deadlines(event)}
        case ResidentContacted():
            return {"contact_by": None}
        case Standing() | Running():
            return _stood_or_ran(event)
        case RequestAccepted():
            return {"worker": event.worker, "accept_by": None}
        case RequestReturned():
            return {"worker": None, "accept_by": None}
        case RequestReopened():
            return {"due_at": event.due_at}
        case FeedbackRecorded():
            return {"solved": event.solved, "satisfaction": event.satisfaction}
        case _:
            return {}


def _stood_or_ran(event: Standing | Running) -> Body:
    """While clocks stand no deadline is shown; what is waited for, is."""
    clocks: Body = {"accept_by": None, "contact_by": None, "due_at": None}
    match event:
        case ClockPaused():
            return clocks | {"paused": event.reason}
        case ResidentAsked():
            return clocks | {"paused": "waiting_for_resident"}
        case RequestJoinedMatter():
            return clocks | {"matter": event.matter}
        case RequestLeftMatter():
            return _deadlines(event) | {"matter": None}
        case Running():
            return _deadlines(event) | {"paused": None}
        case _:
            return clocks


def _deadlines(event: Running | SeverityChanged) -> Body:
    return {"accept_by": event.accept_by, "contact_by": event.contact_by, "due_at": event.due_at}


_SHOWN = (
    "code", "status", "kind", "category", "community", "grid", "worker", "channel", "severity",
    "at", "accept_by", "contact_by", "due_at", "paused", "level", "place", "solved", "satisfaction", "source_key",
    "people", "requests", "vulnerable", "matter", "rank_at", "why", "about",
)  # fmt: skip


def shown(body: Body) -> Body:
    """A row as the desk shows it: nothing personal."""
    return {name: body.get(name) for name in _SHOWN}


def published(body: Body) -> Body:
    """A row as followers of the view get it. Of what accuses somebody they learn that it is there, and no more: the
    accused may follow, too.
    """
    return shown(body) if for_followers(body) else {"withheld": True}


_FILTERS = ("grid", "status", "worker", "community", "category", "kind", "severity", "channel", "day")
"""Each with an index in the order of priority. ``day`` (in UTC) is what a page from some day on is merged from."""
_BY_TIME = ("grid", "status", "worker", "community", "matter")
"""Those of which there may be few among many are indexed in the order of time, too; the others are walked."""

LEDGER = Model(
    name="ledger",
    key=_key,
    fold=_fold,
    view="ledger",
    show=published,
    indexes=[
        ["tenant", "-body.at", "-id"],
        ["tenant", "body.rank_at", "id"],
        *[["tenant", f"body.{name}", "body.rank_at", "id"] for name in _FILTERS],
        *[["tenant", f"body.{name}", "-body.at", "-id"] for name in _BY_TIME],
        ["tenant", "body.pictures"],
        ["r"],
    ],
)

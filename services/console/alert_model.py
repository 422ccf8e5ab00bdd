"""What staff see of a warning: the issuer's words, whom it touches, what became of it, and who has seen it."""

from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.alert import (
    AlertAcknowledged,
    AlertArrivedLate,
    AlertCancelled,
    AlertEscalated,
    AlertRelayed,
    AlertSuperseded,
    Called,
    Message,
)


def _fold(body: Body, fact: Fact) -> Body:
    event = fact.event
    assert event is not None
    step: Body = {"type": fact.type, "at": event.at, "about": {}}
    after = body
    match event:
        case AlertRelayed():
            after = (
                body
                | _said(event.message)
                | {
                    "at": event.at,
                    "relayed": True,
                    "over_at": event.over_at,
                    "acknowledge_by": event.acknowledge_by,
                    "called": _called(event.called),
                    "seen": [],
                }
            )
        case AlertArrivedLate():
            after = (
                body
                | _said(event.message)
                | {
                    "at": event.at,
                    "relayed": False,
                    "over_at": None,
                    "ended": event.why,
                    "by": event.by,
                    "called": [],
                    "seen": [],
                }
            )
        case AlertSuperseded():
            after = body | {"ended": "superseded", "by": event.by}
        case AlertCancelled():
            after = body | {"ended": "cancelled", "by": event.by}
        case AlertAcknowledged():
            after = body | {"seen": [*body.get("seen", []), {"worker": event.worker, "at": event.at}]}
            step["about"] = {"worker": event.worker}
        case AlertEscalated():
            called = [*body.get("called", []), *_called(event.called)]
            after = body | {"called": called, "acknowledge_by": event.acknowledge_by}
            step["about"] = {"to": event.to, "grids": list(event.unseen)}
        case _:
            return body
    return after | {"steps": [*body.get("steps", []), step]}


def _said(message: Message) -> Body:
    hazards = [each.model_dump() for each in message.hazards]
    return {
        **message.model_dump(include={"sender", "identifier", "sent", "kind", "source"}),
        "hazards": hazards,
        "grids": list(dict.fromkeys(grid for each in message.hazards for grid in each.grids)),
    }


def _called(called: tuple[Called, ...]) -> list[Body]:
    return [each.model_dump() for each in called]


def _key(history: History) -> str | None:
    return history.id if (history.owner, history.aggregate) == ("notify", "alert") else None


ALERTS = Model(name="alert", key=_key, fold=_fold, indexes=[["tenant", "-body.sent"]])

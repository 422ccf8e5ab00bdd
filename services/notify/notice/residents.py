"""Whom a notice can reach among the people of the grid book: where each lives, and the sealed box with the phone."""

from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.record import RecordCorrected, RecordEntered, RecordRemoved
from shared.words import RecordKind

_HOMES = (RecordKind.PERSON.value, RecordKind.DWELLING.value)


def _fold(body: Body, fact: Fact) -> Body:
    event = fact.event
    match event:
        case RecordEntered():
            return _as_said({"kind": event.kind.value}, event)
        case RecordCorrected():
            return _as_said(body, event)
        case RecordRemoved():
            return {"kind": body.get("kind")}
        case _:
            return body


def _as_said(body: Body, event: RecordEntered | RecordCorrected) -> Body:
    """Of what is neither a person nor a home nothing is kept. ``sealed`` only where a phone is in it."""
    if body.get("kind") not in _HOMES:
        return body
    sealed = event.sealed if event.sealed and "phone" in event.filled else None
    return {
        "kind": body["kind"],
        "grid": event.grid,
        "building": event.building,
        "dwelling": event.dwelling,
        "sealed": sealed.model_dump() if sealed else None,
        "stands": True,
    }


def _key(history: History) -> str | None:
    return history.id if (history.owner, history.aggregate) == ("routing", "record") else None


RESIDENT = Model(
    name="resident",
    key=_key,
    fold=_fold,
    indexes=[["tenant", "body.grid", "id"], ["tenant", "body.building"], ["tenant", "body.dwelling"]],
)

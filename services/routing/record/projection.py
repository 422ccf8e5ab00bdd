"""The grid book as it is looked through: one document a record, with who changed which fields and when."""

from typing import Any

from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.record import RecordCorrected, RecordEntered, RecordRemoved

_PLAIN = ("grid", "building", "dwelling", "category", "residents", "care", "filled", "doubts", "digest")


def _key(history: History) -> str | None:
    return history.id if (history.owner, history.aggregate) == ("routing", "record") else None


def _record(body: Body, fact: Fact) -> Body:
    event = fact.event
    match event:
        case RecordEntered():
            return _as_said(body, event) | {"kind": event.kind.value, "removed": None} | _step(body, fact)
        case RecordCorrected():
            return _as_said(body, event) | _step(body, fact, changed=list(event.changed))
        case RecordRemoved():
            return body | {"removed": event.reason.value} | _step(body, fact, reason=event.reason.value)
        case _:
            return body


def _as_said(body: Body, event: RecordEntered | RecordCorrected) -> Body:
    said = event.model_dump(include={*_PLAIN})
    said |= {"filled": list(event.filled), "doubts": list(event.doubts)}
    box = event.sealed.model_dump() if event.sealed else None
    return (
        body
        | said
        | {
            "confirmed_on": event.confirmed_on.isoformat() if event.confirmed_on else None,
            "sealed": box,
            "keys": [*body.get("keys", []), *([box["key"]] if box else [])],
        }
    )


def _step(body: Body, fact: Fact, **about: Any) -> Body:
    assert fact.event is not None
    step = {"type": fact.type, "at": fact.event.at, "actor": fact.actor, **about}
    return {"history": [*body.get("history", []), step], "at": fact.event.at}


BOOK = Model(
    name="record_book",
    key=_key,
    fold=_record,
    indexes=[
        ["tenant", "body.kind", "body.grid", "id"],
        ["tenant", "body.grid", "id"],
        ["tenant", "body.dwelling"],
    ],
)
"""``keys`` are those of every box that the record ever had: erasing somebody destroys them all."""

"""The grid book as it is looked through: one document a record, with who changed which fields and when."""

from typing import Any

from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.record import CellsRequested, RecordCorrected, RecordEntered, RecordRemoved
from shared.records.gaps import missing
from shared.records.making import PUBLIC

_PLAIN = ("grid", "building", "dwelling", "category", "residents", "care", "filled", "doubts", "digest")


def _key(history: History) -> str | None:
    return history.id if (history.owner, history.aggregate) == ("routing", "record") else None


def _record(body: Body, fact: Fact) -> Body:
    known = _told(body, fact)
    return known if known is body or "kind" not in known else known | {"missing": _missing(known)}


def _missing(body: Body) -> list[str]:
    """What templates ask for and nobody has told: it goes when it is told, by whatever way."""
    if body["removed"] is not None or not body.get("asked"):
        return []
    public = {name: body[name] for name in PUBLIC}
    return missing(body["asked"], public, body["filled"], body["doubts"])


def _told(body: Body, fact: Fact) -> Body:
    event = fact.event
    match event:
        case RecordEntered():
            return _as_said(body, event) | {"kind": event.kind.value, "removed": None} | _step(body, fact)
        case RecordCorrected():
            return _as_said(body, event) | _step(body, fact, changed=list(event.changed))
        case CellsRequested():
            return (
                body
                | {"asked": _asked(body, event)}
                | _step(body, fact, changed=list(event.fields), office=event.office)
            )
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


def _asked(body: Body, event: CellsRequested) -> Body:
    ask = {"template": event.template, "office": event.office, "due_on": event.due_on.isoformat()}
    before = body.get("asked", {})
    return before | {field: [*before.get(field, []), ask] for field in event.fields}


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
        ["tenant", "body.missing", "body.grid"],
    ],
)
"""``keys`` are those of every box that the record ever had: erasing somebody destroys them all."""

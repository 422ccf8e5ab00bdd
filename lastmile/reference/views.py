"""What the last message of each subject of stream VIEWS holds: the present state of what others may follow."""

from typing import Any

from shared.words import About, Channel, Kind, Severity, Status

Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_TEXT_OR_NONE: Json = {"type": ["string", "null"]}
_NUMBER_OR_NONE: Json = {"type": ["number", "null"]}


def _object(required: list[str], **properties: Json) -> Json:
    return {"type": "object", "required": required, "properties": properties}


_LEDGER_ROW = _object(
    ["id", "revision"],
    id=_TEXT | {"description": "the request's id"},
    revision={"type": "integer", "description": "the greatest one is the present state"},
    code=_TEXT | {"description": "tracking code"},
    status={"enum": [status.value for status in Status]},
    kind={"enum": [kind.value for kind in Kind]},
    category=_TEXT_OR_NONE,
    community=_TEXT_OR_NONE,
    grid=_TEXT_OR_NONE,
    worker=_TEXT_OR_NONE,
    channel={"enum": [channel.value for channel in Channel]},
    severity={"enum": [None, *(severity.value for severity in Severity)]},
    at=_TEXT | {"format": "date-time"},
    accept_by=_TEXT_OR_NONE,
    contact_by=_TEXT_OR_NONE,
    due_at=_TEXT_OR_NONE,
    paused=_TEXT_OR_NONE,
    level={"enum": [None, "community", "street"]},
    matter=_TEXT_OR_NONE,
    place=_object([], lon=_NUMBER_OR_NONE, lat=_NUMBER_OR_NONE, building=_TEXT_OR_NONE),
    solved={"type": ["boolean", "null"], "description": "what the resident said of it"},
    satisfaction={"type": ["integer", "null"], "minimum": 1, "maximum": 5},
    source_key=_TEXT_OR_NONE | {"description": "an imported row's own key"},
    people={"type": ["integer", "null"], "description": "distinct people who call for it"},
    requests={"type": ["integer", "null"], "description": "how many requests are about it"},
    vulnerable={"type": ["integer", "null"], "description": "vulnerable residents among them"},
    rank_at=_TEXT_OR_NONE | {"description": "the order of priority, ascending; null: it has none"},
    why={
        "type": ["object", "null"],
        "description": "base (a moment), by (deadline or age) and shifts in hours by name",
    },
    about={"enum": [None, *(about.value for about in About)], "description": "whom it is about"},
    withheld={
        "type": "boolean",
        "description": "true: it accuses somebody, or nobody has said yet whom; followers learn no more of it",
    },
)
_TOPIC = _object(
    ["id", "revision"],
    id=_TEXT,
    revision={"type": "integer"},
    grid=_TEXT,
    category=_TEXT,
    month=_TEXT | {"description": "YYYY-MM"},
    threshold={"type": "integer"},
    requests={"type": "array", "items": _TEXT},
    at=_TEXT | {"format": "date-time"},
)

VIEWS: dict[str, tuple[str, Json]] = {
    "ledger": ("One open or ended request, as the console lists it; no words of a person.", _LEDGER_ROW),
    "topic": ("What many called for in one grid.", _TOPIC),
}
"""By model: what it is, and the JSON schema of its messages."""

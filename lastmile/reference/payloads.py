"""What AsyncAPI's messages carry: the schemas of events, commands and envelopes, from the models."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from lastmile.reference.corridor import INBOUND, QUERIES
from shared import commands, events
from shared.refusal import Reply

Json = dict[str, Any]


def said(name: str, summary: str, traits: list[Json] | None = None) -> Json:
    said: Json = {"name": name, "payload": {"$ref": f"#/components/schemas/{name}"}}
    if summary:
        said["summary"] = summary
    return said | ({"traits": traits} if traits else {})


def answers() -> dict[str, Json]:
    reply = {"ok": True, "event": {"type": "RequestAccepted", "id": "…"}, "revision": 42}
    return {
        "Reply": said("Reply", "The event, or a refusal with its reason")
        | {
            "examples": [
                {"payload": reply},
                {"payload": {"ok": False, "reason": "already_resolved", "detail": {}}},
            ]
        },
        "Answer": {
            "name": "Answer",
            "summary": "The answer, or why there is none",
            "payload": {
                "type": "object",
                "required": ["ok"],
                "properties": {
                    "ok": {"type": "boolean"},
                    "answer": {},
                    "reason": {"type": "string"},
                    "detail": {"type": "object"},
                },
            },
        },
    }


def schemas() -> Json:
    asked_with = [e.asks for e in (*INBOUND, *QUERIES) if not isinstance(e.asks, dict)]
    models: list[type[BaseModel]] = [
        *events.CATALOGUE.values(),
        *commands.CATALOGUE.values(),
        *asked_with,
        Reply,
    ]
    _, defined = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    text = {"type": "string"}
    envelope = {
        "ce-specversion": {"const": "1.0"},
        "ce-id": text | {"description": "the command's id; also Nats-Msg-Id"},
        "ce-source": text,
        "ce-type": text | {"description": "the event's name"},
        "ce-time": text | {"format": "date-time", "description": "when it was recorded"},
        "ce-subject": text,
        "ce-dataschema": text | {"format": "uri"},
        "lm-version": text | {"pattern": "^[0-9]+$", "description": "1, 2, 3 … within the history"},
        "lm-cause": text,
        "lm-actor": text,
        "traceparent": text,
    }
    asked = {"traceparent": text, "lm-cause": text | {"description": "id of the event behind it"}}
    return {
        **dict(sorted(defined["$defs"].items())),
        "EventHeaders": {"type": "object", "required": list(envelope)[:8], "properties": envelope},
        "RequestHeaders": {"type": "object", "properties": asked},
    }

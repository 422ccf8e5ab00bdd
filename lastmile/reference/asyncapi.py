"""docs/asyncapi.json: AsyncAPI 3.0 of everything that Lastmile says and hears over NATS.

Lastmile is the application described: it *sends* events and views, and *receives* commands, questions and other
systems' messages. Who of its services does it stands in each operation.
"""

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from lastmile.reference.catalogues import journal_of, readers
from lastmile.reference.corridor import INBOUND, QUERIES, Exchange
from lastmile.reference.payloads import answers, said, schemas
from lastmile.reference.shapes import meaning
from lastmile.reference.views import VIEWS
from shared import commands, events
from shared.events.event import Event

Json = dict[str, Any]

_PARAMETERS: dict[str, Json] = {
    "tenant": {"description": "a slug, [a-z0-9-]{1,32}: the street office or community that runs it"},
    "partition": {"description": "crc32(id) % 16 in two digits"},
    "id": {"description": "id of the history"},
    "service": {"description": "the service that parked it"},
}


def asyncapi() -> Json:
    """Return the document."""
    channels, operations, messages = {}, {}, {}
    for add in (_histories, _commands, _queries, _inbound, _views, _parking_lot):
        for name, channel, operation, message in add():
            channels[name] = channel
            operations[operation.pop("name", name)] = operation
            messages |= message
    channels["reply"] = {
        "address": None,
        "title": "Whoever asked",
        "description": "The inbox that the request's NATS reply subject names.",
        "messages": {name: _message(name) for name in ("Reply", "Answer")},
    }
    return {
        "asyncapi": "3.0.0",
        "id": "urn:lastmile",
        "info": {
            "title": "Lastmile",
            "version": version("lastmile"),
            "description": "What Lastmile says and hears over NATS. The journal's stream keeps every event for ever;"
            " VIEWS keeps the last message of each subject. Written by `make docs` from the code.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "local": {
                "host": "127.0.0.1:4222",
                "protocol": "nats",
                "description": "Each service and each other system has its own identity and rights"
                " (deploy/nats/nats.conf).",
                "security": [{"$ref": "#/components/securitySchemes/identity"}],
            }
        },
        "channels": channels,
        "operations": operations,
        "components": {
            "schemas": schemas(),
            "messages": messages | answers(),
            "messageTraits": {"event": {"headers": {"$ref": "#/components/schemas/EventHeaders"}}},
            "securitySchemes": {"identity": {"type": "userPassword", "description": "a NATS user"}},
        },
    }


Part = tuple[str, Json, Json, dict[str, Json]]


def _histories() -> Iterable[Part]:
    owned: dict[tuple[str, str], list[type[Event]]] = {}
    for model in events.CATALOGUE.values():
        owned.setdefault((model.owner, model.aggregate), []).append(model)
    for (owner, aggregate), models in owned.items():
        journal = journal_of(aggregate)
        address = f"{journal}.{{tenant}}.{{partition}}.{owner}.{aggregate}.{{id}}"
        follow = ", ".join(readers(journal, owner, aggregate))
        yield (
            f"{owner}_{aggregate}",
            _channel(address, f"Histories: {aggregate} of {owner}", [m.__name__ for m in models]),
            {
                "name": f"{owner}_append_{aggregate}",
                "action": "send",
                "channel": {"$ref": f"#/channels/{owner}_{aggregate}"},
                "title": f"{owner} appends to a {aggregate}'s history",
                "description": f"Conditional on the last revision. Followed by: {follow}.",
            },
            {
                m.__name__: said(m.__name__, meaning(m), [{"$ref": "#/components/messageTraits/event"}])
                for m in models
            },
        )


def _commands() -> Iterable[Part]:
    for name, model in commands.CATALOGUE.items():
        yield (
            name,
            _channel(f"command.{model.owner}.{name}", f"Command: {name}", [name]),
            _asked(name, f"{model.owner} decides {name}", model.owner, "Reply"),
            {name: said(name, meaning(model)) | {"headers": {"$ref": "#/components/schemas/RequestHeaders"}}},
        )


def _queries() -> Iterable[Part]:
    return _exchanges(QUERIES, "Question")


def _inbound() -> Iterable[Part]:
    return _exchanges(INBOUND, "Inbound")


def _exchanges(exchanges: Iterable[Exchange], title: str) -> Iterable[Part]:
    for exchange in exchanges:
        name = exchange.subject.replace(".", "_")
        yield (
            name,
            _channel(exchange.subject, f"{title}: {exchange.subject}", [name]),
            _asked(name, exchange.why, exchange.answered_by, "Answer"),
            {
                name: {
                    "name": name,
                    "summary": exchange.why,
                    "headers": {"$ref": "#/components/schemas/RequestHeaders"},
                    "payload": exchange.asks
                    if isinstance(exchange.asks, dict)
                    else {"$ref": f"#/components/schemas/{exchange.asks.__name__}"},
                }
            },
        )


def _views() -> Iterable[Part]:
    for model, (summary, payload) in VIEWS.items():
        name = f"view_{model}"
        yield (
            name,
            _channel(f"view.{{tenant}}.{model}.{{id}}", f"View: {model}", [name]),
            {
                "name": f"console_show_{model}",
                "action": "send",
                "channel": {"$ref": f"#/channels/{name}"},
                "title": f"console shows the {model}",
                "description": "Stream VIEWS keeps the last message of each subject: whoever subscribes gets the"
                " present state first and every change after it. The greatest `revision` wins.",
            },
            {name: {"name": name, "summary": summary, "payload": payload}},
        )


def _parking_lot() -> Iterable[Part]:
    payload = {
        "type": "object",
        "required": ["id", "at", "reason", "subject", "headers", "box"],
        "properties": {
            "id": {"type": "string"},
            "at": {"type": "string", "format": "date-time"},
            "reason": {"type": "string", "description": "why it could not be used"},
            "subject": {"type": "string", "description": "where it came in"},
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "box": {"type": "string", "description": "the bytes, sealed; base64. `lastmile parked` opens it"},
        },
    }
    summary = "A message that is not a fact and could not be used, kept for 30 days."
    yield (
        "parked",
        _channel("parked.{service}", "The parking lot", ["parked"]),
        {
            "name": "park",
            "action": "send",
            "channel": {"$ref": "#/channels/parked"},
            "title": "A service parks it",
        },
        {"parked": {"name": "parked", "summary": summary, "payload": payload}},
    )


def _channel(address: str, title: str, names: list[str]) -> Json:
    channel: Json = {"address": address, "title": title, "messages": {name: _message(name) for name in names}}
    parameters = {name: about for name, about in _PARAMETERS.items() if f"{{{name}}}" in address}
    if "{source}" in address:
        parameters["source"] = {"enum": ["web", "chat", "sms", "phone", "open311", "import"]}
    return channel | ({"parameters": parameters} if parameters else {})


def _asked(name: str, title: str, queue: str, answer: str) -> Json:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{name}"},
        "title": title,
        "bindings": {"nats": {"queue": queue}},
        "reply": {
            "address": {"location": "$message.header#/reply", "description": "the NATS reply subject"},
            "channel": {"$ref": "#/channels/reply"},
            "messages": [{"$ref": f"#/channels/reply/messages/{answer}"}],
        },
    }


def _message(name: str) -> Json:
    return {"$ref": f"#/components/messages/{name}"}

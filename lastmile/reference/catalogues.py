"""docs/events.md and docs/commands.md: every fact and every wish, by owner and aggregate, from the models."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from pydantic import BaseModel

from deploy.topology import DURABLES
from lastmile.reference.shapes import Schema, meaning, table
from shared import commands, events
from shared.envelope import PARTITIONS

_ENVELOPE = [
    ("Nats-Msg-Id", "the command's id: a repeat within ten minutes is recognised by the server"),
    (
        "Nats-Expected-Last-Subject-Sequence",
        "the revision that the decision was made on; 0 for a new history",
    ),
    ("ce-specversion", "`1.0` (CloudEvents, binary mode)"),
    ("ce-id", "the command's id: one command, one event"),
    ("ce-source", "`lastmile/<tenant>/<owner>`"),
    ("ce-type", "the event's name, as in this catalogue"),
    ("ce-time", "when it was recorded; `at` in the payload is when it happened, and rules use that one"),
    ("ce-subject", "`<aggregate>/<id>`"),
    ("ce-dataschema", "where the payload's schema is; the same as tests/contract/schemas"),
    ("content-type", "`application/json`"),
    ("lm-version", "1, 2, 3 … within the history; only versions order"),
    ("lm-cause", "id of the event or command behind it"),
    ("lm-actor", "`staff:<id>`, `worker:<id>`, `resident:<request>`, `import:<name>` or `service:<name>`"),
    ("traceparent", "W3C Trace Context"),
]

_GENERATED = "<!-- Written by `make docs` from the code. Do not edit. -->"


def event_catalogue() -> str:
    lines = [
        "# Events",
        "",
        _GENERATED,
        "",
        "Every fact that a journal can hold. Names and fields are storage formats: a new field is optional with a",
        "default, a new meaning is a new event, and a reader skips what it does not know. The released schema of each",
        "stands in `tests/contract/schemas`, and a golden file that must parse for ever in `tests/contract/golden`.",
        "",
        "A history is one aggregate's events in order, on one subject:",
        f"`journal.<tenant>.<partition>.<owner>.<aggregate>.<id>`; the partition is `crc32(id) % {PARTITIONS}` in two",
        "digits. Deliveries are built the same way, on `delivery.…`, and kept 400 days.",
        "",
        "## Who writes and who reads",
        "",
        "| history | written by | followed by | events |",
        "|---|---|---|---|",
        *_overview(),
        "",
        "## Envelope",
        "",
        "| header | holds |",
        "|---|---|",
        *(f"| `{name}` | {holds} |" for name, holds in _ENVELOPE),
        "",
        "A token is `[A-Za-z0-9_-]{1,64}`. Every payload has `at`, the time (UTC) when the thing happened.",
        "",
    ]
    parts: dict[str, Schema] = {}
    for owner, aggregate, models in _by_history(events.CATALOGUE.values()):
        lines += [f"## {owner}: {aggregate}", ""]
        for model in models:
            lines += _entry(model, frozenset({"at"}), parts)
    return "\n".join(lines + _parts(parts))


def command_catalogue() -> str:
    lines = [
        "# Commands",
        "",
        _GENERATED,
        "",
        "Every wish that may be sent to the owner of an aggregate: request-reply on `command.<owner>.<Name>`, or",
        "`POST /v1/commands/<Name>` at the staff's door, which fills in `id`, `tenant`, `actor` and `at` itself. The",
        '`Idempotency-Key` header becomes the `id`. The reply is `{"ok": true, "event": …, "revision": …}` or a refusal',
        '`{"ok": false, "reason": "already_resolved", "detail": …}`. A repeat under the same id is quiet; a command',
        "older than a day is refused. Where a field is [Sealed](#sealed), the staff's door takes plain text and seals it.",
        "",
        "Every command has `id`, `tenant`, `at` and `actor`: `staff:<id>`, `worker:<id>`, `resident:<request>`,",
        "`import:<name>` or `service:<name>`.",
        "",
    ]
    parts: dict[str, Schema] = {}
    for owner, aggregate, models in _by_history(commands.CATALOGUE.values()):
        lines += [f"## {owner}: {aggregate}", ""]
        for model in models:
            lines += _entry(model, frozenset({"id", "tenant", "actor", "at"}), parts)
            lines[-1:] = ["", f"The history is named by `{model.target}`.", ""]
    return "\n".join(lines + _parts(parts))


def journal_of(aggregate: str) -> str:
    """Return the first token of a history's subject."""
    return "delivery" if aggregate == "delivery" else "journal"


def readers(journal: str, owner: str, aggregate: str) -> list[str]:
    """Return the services whose consumers take this history's events."""
    subject = [journal, "t", "00", owner, aggregate, "id"]
    return sorted({d.service for d in DURABLES if any(_matches(f, subject) for f in d.filters)})


def _matches(pattern: str, subject: list[str]) -> bool:
    wanted = pattern.split(".")
    if wanted[-1] == ">":
        wanted, subject = wanted[:-1], subject[: len(wanted) - 1]
    return len(wanted) == len(subject) and all(w in ("*", s) for w, s in zip(wanted, subject, strict=True))


def _overview() -> Iterable[str]:
    for owner, aggregate, models in _by_history(events.CATALOGUE.values()):
        journal = journal_of(aggregate)
        names = ", ".join(f"[{m.__name__}](#{m.__name__.lower()})" for m in models)
        follow = ", ".join(readers(journal, owner, aggregate))
        yield f"| `{journal}.*.*.{owner}.{aggregate}.*` | {owner} | {follow} | {names} |"


def _by_history(models: Iterable[Any]) -> Iterable[tuple[str, str, list[Any]]]:
    for (owner, aggregate), group in groupby(models, key=lambda m: (m.owner, m.aggregate)):
        yield owner, aggregate, list(group)


def _entry(model: type[BaseModel], without: frozenset[str], parts: dict[str, Schema]) -> list[str]:
    schema = model.model_json_schema()
    parts.update(schema.get("$defs", {}))
    return [f"### {model.__name__}", *_paragraph(meaning(model)), *table(schema, without=without), ""]


def _paragraph(text: str) -> list[str]:
    return ["", text] if text else []


def _parts(parts: dict[str, Schema]) -> list[str]:
    lines = ["## Parts", ""]
    for name, schema in sorted(parts.items()):
        lines += [f"### {name}", *_paragraph(" ".join(schema.get("description", "").split()))]
        if "enum" in schema:
            lines += ["", "One of " + ", ".join(f"`{value}`" for value in schema["enum"]) + "."]
        lines += [*table(schema), ""]
    return lines

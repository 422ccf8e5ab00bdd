"""The documents that the code writes about itself."""

import ast
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema
from jsonschema import Draft202012Validator

from deploy.topology import SERVICES, streams
from lastmile.reference import __main__ as program
from lastmile.reference.asyncapi import asyncapi
from lastmile.reference.corridor import INBOUND, QUERIES
from lastmile.reference.documents import documents
from lastmile.reference.views import VIEWS
from services.console.projection import LEDGER
from services.console.topic_model import TOPICS
from shared import commands, events
from shared.envelope import Fact, History
from shared.events.event import CATALOGUE, Event
from shared.refusal import Reply

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = asyncapi()


def test_the_documents_in_the_repository_are_what_the_code_says():
    assert program.write_documents(ROOT, check=True) == []


def test_drift_is_named_and_make_docs_mends_it(tmp_path: Path):
    program.write_documents(tmp_path, check=False)
    (tmp_path / "docs" / "events.md").write_text("# Events as they were\n", encoding="utf-8")
    (complaint,) = program.write_documents(tmp_path, check=True)
    assert complaint == "docs/events.md is not what the code says: run `make docs` and commit it"
    program.write_documents(tmp_path, check=False)
    assert program.write_documents(tmp_path, check=True) == []


@pytest.mark.parametrize(
    ("page", "catalogue"),
    [("docs/events.md", events.CATALOGUE), ("docs/commands.md", commands.CATALOGUE)],
)
def test_a_catalogue_names_every_model_and_every_link_of_it_leads_somewhere(page: str, catalogue: Any):
    text = documents()[page]
    headings = set(re.findall(r"^### (\w+)$", text, re.MULTILINE))
    assert set(catalogue) <= headings
    assert set(re.findall(r"\]\(#(\w+)\)", text)) <= {heading.lower() for heading in headings}


# AsyncAPI ───────────────────────────────────────────────────────────────────────────────────────────────────────────
# No package of ours carries the specification's JSON schema: FastStream's model of an AsyncAPI 3.0 document and the
# rules below stand for it.


def test_the_asyncapi_document_has_the_shape_of_one():
    local = DOCUMENT["servers"]["local"] | {"pathname": ""}  # optional in the specification, not in the model
    told = ApplicationSchema.model_validate(DOCUMENT | {"servers": {"local": local}})
    assert told.asyncapi == "3.0.0"


def references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [found for item in part for found in references(item)]
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [found for item in part.values() for found in references(item)]
    return []


def at(pointer: str) -> Any:
    found: Any = DOCUMENT
    for step in pointer.removeprefix("#/").split("/"):
        found = found[step]
    return found


def test_every_reference_leads_to_something():
    for reference in references(DOCUMENT):
        assert reference.startswith("#/")
        assert at(reference) is not None


def test_every_parameter_of_an_address_is_explained():
    for name, channel in DOCUMENT["channels"].items():
        wanted = set(re.findall(r"{(\w+)}", channel["address"] or ""))
        assert wanted == set(channel.get("parameters", {})), name


def test_an_operation_answers_with_messages_of_the_channel_that_it_answers_on():
    for name, operation in DOCUMENT["operations"].items():
        assert at(operation["channel"]["$ref"]), name
        if reply := operation.get("reply"):
            channel = reply["channel"]["$ref"]
            assert all(m["$ref"].startswith(f"{channel}/messages/") for m in reply["messages"]), name


def test_every_event_and_command_is_a_message_and_every_schema_is_one():
    assert {*events.CATALOGUE, *commands.CATALOGUE} <= set(DOCUMENT["components"]["messages"])
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_stream_that_others_may_follow_has_a_channel():
    """TIMERS, PLANS and PICTURES are nobody else's business."""
    addresses = " ".join(channel["address"] or "" for channel in DOCUMENT["channels"].values())
    for stream in streams():
        if stream.name not in ("TIMERS", "PLANS", "PICTURES"):
            assert str((stream.subjects or [""])[0]).partition(".")[0] + "." in addresses, stream.name


def test_a_refusal_is_what_the_document_says():
    schema = {"$ref": "#/components/schemas/Reply", "components": DOCUMENT["components"]}
    refused = Reply(ok=False, reason="already_resolved").model_dump(mode="json")
    assert not list(Draft202012Validator(schema).iter_errors(refused))


# the corridor ───────────────────────────────────────────────────────────────────────────────────────────────────────


def calls(method: str) -> list[ast.Call]:
    """Every call of a method in the services' code."""
    return [
        node
        for path in sorted((ROOT / "services").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method
    ]


def test_every_question_that_a_service_answers_is_in_the_list():
    asked = {call.args[0].value for call in calls("answer_queries") if isinstance(call.args[0], ast.Constant)}
    assert asked == {exchange.subject.split(".", 2)[2] for exchange in QUERIES}
    assert {exchange.subject.split(".")[1] for exchange in QUERIES} <= set(SERVICES)


def test_other_systems_are_heard_where_the_list_says():
    assert len(calls("answer_inbound")) == len(INBOUND)


def test_every_view_that_a_service_publishes_is_in_the_list():
    shown = {
        keyword.value.value
        for path in sorted((ROOT / "services").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "view" and isinstance(keyword.value, ast.Constant)
    }
    assert shown == set(VIEWS)


def test_a_view_holds_what_the_list_says():
    """``id`` and ``revision`` are every view's; the rest is what the model shows."""
    topic = TOPICS.fold({}, fact_of(CATALOGUE["TopicProposed"]))
    row = LEDGER.show({}) | LEDGER.show(
        {"about": "grid_worker"}
    )  # of what accuses somebody no more than that
    for name, shown in {"ledger": row, "topic": TOPICS.show(topic)}.items():
        assert {"id", "revision", *shown} == set(VIEWS[name][1]["properties"]), name


def fact_of(model: type[Event]) -> Fact:
    """A fact as the journal would hold it, from the event's golden file."""
    golden = (ROOT / "tests" / "contract" / "golden" / f"{model.__name__}.json").read_bytes()
    return Fact(
        history=History("demo", model.owner, model.aggregate, "1"),
        type=model.__name__,
        id="1",
        version=1,
        revision=1,
        event=model.model_validate_json(golden),
        cause="",
        actor="service:test",
        recorded=datetime(2026, 3, 2, tzinfo=UTC),
        traceparent="",
    )


# OpenAPI ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("door", ["intake", "console"])
def test_a_door_says_what_each_of_its_routes_is_for(door: str):
    document = json.loads((ROOT / "docs" / "openapi" / f"{door}.json").read_text(encoding="utf-8"))
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), f"{method} {path}"

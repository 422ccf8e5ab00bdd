"""What yesterday's release wrote into the journal, today's must read, and mean the same by it."""

import json
from pathlib import Path
from typing import Annotated, Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import Field, create_model

from lastmile.reference.asyncapi import asyncapi
from lastmile.reference.released import Released, describe
from shared.events.event import CATALOGUE, Event, Place, Sealed

HERE = Path(__file__).parent
GOLDEN = sorted((HERE / "golden").glob("*.json"))


def named(path: Path) -> str:
    return path.name.partition(".")[0]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_event_parses_for_ever(path: Path):
    """And nothing that was said in it is lost on the way."""
    written = json.loads(path.read_text(encoding="utf-8"))
    event = CATALOGUE[named(path)].model_validate_json(path.read_bytes())
    assert _stands_in(written, event.model_dump(mode="json"))


def _stands_in(written: Any, read: Any) -> bool:
    """A part of an event may have learned new fields, as the event itself may."""
    if isinstance(written, dict):
        return all(name in read and _stands_in(value, read[name]) for name, value in written.items())
    if isinstance(written, list):
        return len(written) == len(read) and all(map(_stands_in, written, read))
    return written == read


def test_every_event_type_has_a_golden_file_and_a_released_schema():
    """`make docs` writes those of a new event."""
    assert set(CATALOGUE) == {named(path) for path in GOLDEN}
    assert set(CATALOGUE) == {path.stem for path in (HERE / "schemas").glob("*.json")}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_event_is_what_asyncapi_promises(path: Path):
    """Another system that validates against docs/asyncapi.json accepts what the journal holds."""
    document = asyncapi()
    schema = {"$ref": f"#/components/schemas/{named(path)}", "components": document["components"]}
    assert not list(Draft202012Validator(schema).iter_errors(json.loads(path.read_text(encoding="utf-8"))))


def test_what_stands_in_the_repository_is_in_order():
    assert Released(HERE).check() == []


# a release, and the one after it ────────────────────────────────────────────────────────────────────────────────────

FIELDS: dict[str, Any] = {
    "worker": (Annotated[str, Field(pattern="^[a-z0-9-]+$")], ...),
    "satisfaction": (Annotated[int, Field(ge=1, le=5)], ...),
    "note": (Sealed | None, None),
    "place": (Place, Place()),
    "reason": (str, ""),
}


def thing_done(*, gone: str = "", aggregate: str = "thing", **fields: Any) -> dict[str, type[Event]]:
    """A made-up event in a catalogue of its own; what it registers in the house's catalogue is taken out again."""
    wanted = {name: kind for name, kind in (FIELDS | fields).items() if name != gone}
    model = create_model("ThingDone", __base__=Event, **wanted)
    model.owner, model.aggregate = "routing", aggregate
    return {"ThingDone": model}


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A folder as the last release left it."""
    assert Released(tmp_path, thing_done()).update() == []
    return tmp_path


def test_the_same_again_is_in_order(released: Path):
    assert Released(released, thing_done()).check() == []


def test_a_new_optional_field_is_welcome(released: Path):
    """It needs `make docs`; then there is a second golden, and the first is as it was."""
    first = (released / "golden" / "ThingDone.json").read_text(encoding="utf-8")
    now = Released(released, thing_done(channel=(str, "web")))
    assert now.check() == ["ThingDone: its schema is not the released one: run `make docs`"]
    assert now.update() == []
    assert now.check() == []
    assert (released / "golden" / "ThingDone.json").read_text(encoding="utf-8") == first
    assert json.loads((released / "golden" / "ThingDone.2.json").read_text(encoding="utf-8"))["channel"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"gone": "reason"}, "reason was released and is gone or renamed"),
        ({"gone": "reason", "why": (str, "")}, "reason was released and is gone or renamed"),
        ({"severity": (str, ...)}, "refuses events"),
        ({"satisfaction": (Annotated[int, Field(ge=1, le=4)], ...)}, "refuses events"),
        ({"satisfaction": (str, ...)}, "refuses events"),
        ({"note": (Sealed, ...)}, "note has another default now"),
        ({"reason": (str, ...)}, "reason has another default now"),
        ({"reason": (str, "unknown")}, "reason has another default now"),
        ({"reason": (Annotated[str, Field(max_length=5)], "")}, "refuses events"),
        ({"worker": (Annotated[str, Field(pattern="^w-[0-9]+$")], ...)}, "worker has another pattern now"),
        ({"place": (str, "")}, "place.building was released and is gone"),
        ({"aggregate": "other"}, "a history does not move"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_change_that_breaks_stored_events_is_refused(released: Path, change: dict[str, Any], says: str):
    """Neither the check lets it through nor the writer, and no file changes."""
    before = {path: path.read_bytes() for path in released.rglob("*.json")}
    now = Released(released, thing_done(**change))
    for complaints in (now.check(), now.update()):
        assert any(says in complaint for complaint in complaints), complaints
    assert {path: path.read_bytes() for path in released.rglob("*.json")} == before


def test_an_event_type_that_is_gone_is_refused(released: Path):
    assert Released(released, {}).check() == ["ThingDone: it was released, and no model reads it any more"]


def test_a_golden_that_no_longer_parses_is_refused(released: Path):
    """Even when somebody edited the released schema to get past."""
    narrower = thing_done(satisfaction=(Annotated[int, Field(ge=3, le=5)], ...))
    schema = json.dumps(describe(narrower["ThingDone"]))
    (released / "schemas" / "ThingDone.json").write_text(schema, encoding="utf-8")
    assert any("no longer parses" in complaint for complaint in Released(released, narrower).check())

"""Events are storage formats: what yesterday's release wrote, today's must read, and mean the same by it.

``schemas/<Event>.json`` is what was released. ``golden/<Event>.json`` is an event as it was written once; when a
compatible change gives an event more fields, ``golden/<Event>.2.json`` joins it, and none is ever rewritten.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsoncompat
from pydantic import ValidationError

from lastmile.reference.sample import sample
from lastmile.reference.shapes import Schema
from shared.envelope import SCHEMAS
from shared.events.event import CATALOGUE, Event

Kept = dict[tuple[str, ...], dict[str, set[str]]]


class Released:
    """The folder with ``schemas`` and ``golden``, against a catalogue of today's models."""

    def __init__(self, folder: Path, catalogue: Mapping[str, type[Event]] = CATALOGUE) -> None:
        self._schemas = folder / "schemas"
        self._golden = folder / "golden"
        self._catalogue = catalogue

    def check(self) -> list[str]:
        """Return what is wrong: changes that break stored events, and files that are not there yet."""
        complaints = self._broken()
        for name, model in self._catalogue.items():
            if self._read(name) != describe(model):
                complaints.append(f"{name}: its schema is not the released one: run `make docs`")
            if not self._goldens(name):
                complaints.append(f"{name}: it has no golden file: run `make docs`")
        return complaints

    def update(self) -> list[str]:
        """Release today's schemas and write the golden files that are missing. Refuses what would break."""
        if complaints := self._broken():
            return complaints
        for folder in (self._schemas, self._golden):
            folder.mkdir(parents=True, exist_ok=True)
        for name, model in self._catalogue.items():
            before, now = self._read(name), describe(model)
            if before == now and self._goldens(name):
                continue
            (self._schemas / f"{name}.json").write_text(_pretty(now), encoding="utf-8")
            if not self._goldens(name) or (before and properties(before).keys() != properties(now).keys()):
                complaints += self._write_golden(name, model, now)
        return complaints

    def _broken(self) -> list[str]:
        complaints = []
        for path in sorted(self._schemas.glob("*.json")):
            if path.stem not in self._catalogue:
                complaints.append(f"{path.stem}: it was released, and no model reads it any more")
            else:
                before = json.loads(path.read_text(encoding="utf-8"))
                complaints += incompatible(before, describe(self._catalogue[path.stem]))
        for path in sorted(self._golden.glob("*.json")):
            complaints += self._unread(path)
        return complaints

    def _unread(self, path: Path) -> list[str]:
        """Say whether a golden file still parses and comes back with everything that was in it."""
        name = path.name.partition(".")[0]
        if name not in self._catalogue:
            return []
        written = json.loads(path.read_text(encoding="utf-8"))
        try:
            event = self._catalogue[name].model_validate(written)
        except ValidationError as invalid:
            return [f"{name}: {path.name} no longer parses: {invalid.errors()[0]['loc']}"]
        lost = sorted(_lost(written, event.model_dump(mode="json")))
        return [f"{name}: {path.name} parses, but {field} is lost or changed" for field in lost]

    def _write_golden(self, name: str, model: type[Event], schema: Schema) -> list[str]:
        place = len(self._goldens(name)) + 1
        path = self._golden / (f"{name}.json" if place == 1 else f"{name}.{place}.json")
        drawn = sample(schema)
        try:
            event = model.model_validate(drawn)
        except ValidationError as invalid:
            return [
                f"{name}: no golden could be drawn ({invalid.errors()[0]['loc']}): write {path.name} by hand"
            ]
        path.write_text(_pretty(event.model_dump(mode="json")), encoding="utf-8")
        return []

    def _read(self, name: str) -> dict[str, Any] | None:
        path = self._schemas / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def _goldens(self, name: str) -> list[Path]:
        return [path for path in self._golden.glob("*.json") if path.name.partition(".")[0] == name]


def describe(model: type[Event]) -> dict[str, Any]:
    """Return an event's JSON schema with its address; whose it is belongs to the format, too."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{SCHEMAS}/{model.__name__}.json",
        "x-owner": model.owner,
        "x-aggregate": model.aggregate,
        **model.model_json_schema(),
    }


def incompatible(before: Schema, now: Schema) -> list[str]:
    """Return why events written under ``before`` are no longer read, or read as something else, under ``now``."""
    name = before["title"]
    complaints = [
        f"{name}: {whose} was {before[whose]} and is {now[whose]}; a history does not move"
        for whose in ("x-owner", "x-aggregate")
        if before[whose] != now[whose]
    ]
    old, new = properties(before), properties(now)
    for path, kept in old.items():
        field = ".".join(path)
        if path not in new:
            complaints.append(f"{name}: {field} was released and is gone or renamed")
            continue
        # What jsoncompat does not compare: patterns, formats, and what an absent field means.
        complaints += [
            f"{name}: {field} has another {keyword} now: {', '.join(sorted(narrower))}"
            for keyword in ("pattern", "format")
            if (narrower := new[path][keyword] - kept[keyword])
        ]
        if kept["default"] and new[path]["default"] != kept["default"]:
            complaints.append(
                f"{name}: {field} has another default now; an absent one would change its meaning"
            )
    if not complaints and not jsoncompat.check_compat(_closed(before), _plain(now), role="deserializer"):
        complaints.append(f"{name}: today's model refuses events that the released schema allows")
    return complaints


def properties(schema: Schema) -> Kept:
    """Return every field, of parts too, by its path, with what is compared of it."""
    found: Kept = defaultdict(lambda: {"pattern": set(), "format": set(), "default": set()})
    for path, part in _walk(schema, schema.get("$defs", {}), ()):
        for keyword, values in found[path].items():
            # The default of a part is all its fields', and they are compared each by itself.
            if keyword in part and not isinstance(part[keyword], dict):
                values.add(json.dumps(part[keyword], ensure_ascii=False))
    return dict(found)


def _walk(
    schema: Schema, definitions: Schema, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Schema]]:
    if path:
        yield path, schema
    if "$ref" in schema:
        yield from _walk(definitions[schema["$ref"].rpartition("/")[2]], definitions, path)
    for choice in schema.get("anyOf", ()):
        yield from _walk(choice, definitions, path)
    if "items" in schema:
        yield from _walk(schema["items"], definitions, path)
    for name, field in schema.get("properties", {}).items():
        yield from _walk(field, definitions, (*path, name))


def _plain(schema: Schema) -> str:
    """Leave out what only says where the schema lives and whose it is: jsoncompat wants neither."""
    return json.dumps({k: v for k, v in schema.items() if not k.startswith(("$id", "$schema", "x-"))})


def _closed(schema: Schema) -> str:
    """Close every object: what the old release wrote had its own fields and no others."""

    def close(part: dict[str, Any]) -> dict[str, Any]:
        return part | {"additionalProperties": False} if "properties" in part else part

    return json.dumps(json.loads(_plain(schema), object_hook=close))


def _lost(written: Any, now: Any, path: str = "") -> Iterator[str]:
    if isinstance(written, dict) and isinstance(now, dict):
        for key, value in written.items():
            yield from _lost(value, now.get(key), f"{path}.{key}".lstrip("."))
    elif written != now:
        yield path


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"

"""JSON schemas, read for people: what a field may hold, in a few words, and the tables of the catalogues."""

from collections.abc import Mapping
from inspect import getdoc
from typing import Any

from pydantic import BaseModel

Schema = Mapping[str, Any]

_ID = "^[A-Za-z0-9_-]{1,64}$"  # shared.words.Token
_FORMATS = {"date-time": "time", "binary": "bytes", "base64": "bytes", "base64url": "bytes"}


def meaning(model: type[BaseModel]) -> str:
    """Return the model's own docstring on one line; the empty string where it has none."""
    return " ".join((getdoc(model) or "").replace("``", "`").split()) if model.__doc__ else ""


def in_words(schema: Schema) -> str:
    """Return what a value may be: ``token``, ``one of a, b``, ``Place``, ``list of text``, ``integer 1 to 5``."""
    if "$ref" in schema:
        return f"[{_last(schema['$ref'])}](#{_last(schema['$ref']).lower()})"
    if "anyOf" in schema:
        return " or ".join(in_words(choice) for choice in schema["anyOf"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    match schema.get("type"):
        case "array":
            return f"list of {in_words(schema.get('items', {}))}"
        case "object":
            inside = schema.get("additionalProperties")
            return f"map of text to {in_words(inside if isinstance(inside, dict) else {})}"
        case "string":
            return _FORMATS.get(schema.get("format", ""), "text") + _limits(schema)
        case None:
            return "anything"
        case kind:
            return f"{kind}{_limits(schema)}"


def _limits(schema: Schema) -> str:
    if schema.get("pattern") == _ID:
        return " that is a token"
    if "pattern" in schema:
        return f" `{schema['pattern']}`"
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength"))
    unit = " characters" if schema.get("type") == "string" else ""
    if low is not None and high is not None:
        return f" {low:g} to {high:g}{unit}"
    if low is not None:
        return f" from {low:g}{unit}"
    return "" if high is None else f" up to {high:g}{unit}"


def _last(reference: str) -> str:
    return reference.rpartition("/")[2]


def table(schema: Schema, *, without: frozenset[str] = frozenset()) -> list[str]:
    """Return a Markdown table of an object's fields; a field without a default must be there."""
    rows = [
        _row(name, field, required=name in schema.get("required", ()))
        for name, field in schema.get("properties", {}).items()
        if name not in without
    ]
    if not rows:
        return []
    return ["", "| field | holds | default | meaning |", "|---|---|---|---|", *rows]


def _row(name: str, field: Schema, *, required: bool) -> str:
    if required:
        default = "required"
    elif isinstance(field.get("default"), dict):
        default = "nothing known"
    elif field.get("default") == []:
        default = "empty"
    else:
        value = field.get("default")
        default = {"None": "none", "": "empty", "True": "true", "False": "false", "[]": "none"}.get(
            str(value), f"`{value}`"
        )
    cells = (f"`{name}`", in_words(field), default, field.get("description", ""))
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def _plain(cell: str) -> str:
    return " ".join(cell.split()).replace("|", "\\|")

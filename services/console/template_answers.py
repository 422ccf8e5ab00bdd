"""What the staff's door takes and answers about superiors' tables, as OpenAPI tells it."""

from base64 import b64encode
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Base64Bytes, BaseModel, ConfigDict, Field

from services.console.moments import Day, Flag
from services.console.record_answers import Short
from shared.commands.command import Reason
from shared.documents import Body
from shared.records.template import Filled
from shared.words import RecordKind, in_one_line

_LINES = 200


class Since(BaseModel):
    """From which day on; none: this quarter."""

    model_config = ConfigDict(extra="forbid")

    since: Day | None = None


class Table(BaseModel):
    """The file as it came, in base64; its first bytes say what it is."""

    model_config = ConfigDict(extra="forbid")

    file: Base64Bytes
    name: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(in_one_line)]
    kind: RecordKind | None = None
    sheet: Annotated[str, Field(max_length=64)] | None = None


class FilledWish(Table):
    """For which office, about whom, and why. ``due_on`` is when the office wants it: another day is another asking."""

    office: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(in_one_line)]
    purpose: Reason
    area: Short = None
    care: Short = None
    due_on: Day | None = None
    tasks: Flag = True


class Known(BaseModel):
    field: str
    column: int


class Columns(BaseModel):
    """``lists_somebody``: its rows name people or places, and only those are filled."""

    kind: RecordKind
    sheet: str
    row: int
    known: list[Known]
    unknown: list[str]
    lists_somebody: bool


class TableLine(BaseModel):
    """What was not as it should be in a row; never a word of it."""

    row: int
    slug: Literal[
        "missing",
        "differs",
        "not_in_the_book",
        "nothing_identifies_it",
        "several_match",
        "twice",
        "formula",
        "unreadable",
    ]
    fields: list[str]
    record: str | None


class FilledTable(Columns):
    """The same file, filled, in base64; and at most 200 lines about what was not as it should be."""

    file: str
    rows: int
    cells: int
    missing: int
    lines: list[TableLine]
    more_lines: int


class MissingField(BaseModel):
    field: str
    due_on: date
    offices: list[str]


class MissingOfOne(BaseModel):
    id: str
    kind: RecordKind
    grid: str | None
    building: str | None
    due_on: date
    fields: list[MissingField]


class MissingCells(BaseModel):
    items: list[MissingOfOne]
    more: bool


class Asked(BaseModel):
    """``titles``: how many different tables; ``months``: how often in each."""

    kind: RecordKind
    care: str | None
    field: str
    times: int
    offices: list[str]
    titles: int
    months: dict[str, int]


class Asks(BaseModel):
    since: date
    templates: int
    rows: list[Asked]


def report_of(filled: Filled) -> Body:
    lines = [
        {"row": line.row, "slug": line.slug, "fields": list(line.fields), "record": line.record}
        for line in filled.lines
    ]
    return {
        "file": b64encode(filled.data).decode(),
        "rows": filled.rows,
        "cells": filled.cells,
        "missing": sum(len(fields) for fields in filled.missing.values()),
        "lines": lines[:_LINES],
        "more_lines": max(0, len(lines) - _LINES),
    }

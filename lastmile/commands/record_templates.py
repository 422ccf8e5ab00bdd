"""Superiors' templates: `lastmile records fill`, `lastmile records asks`."""

import asyncio
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, print_json
from lastmile.commands.records import records
from shared.words import RecordKind

_SHOWN = 10


@records.command()
def fill(
    template: Annotated[Path, typer.Argument(help="The table as it came: XLSX or CSV, headings anywhere.")],
    *,
    office: Annotated[
        str, typer.Option(help="Which office asks: what is asked for how often is counted by it.")
    ] = "上级",
    purpose: Annotated[
        str, typer.Option(help="Why; it is on record before anything is opened.")
    ] = "填报上级表格",
    out: Annotated[Path | None, typer.Option(help="Where to; otherwise NAME.filled.xlsx beside it.")] = None,
    kind: Annotated[
        RecordKind | None, typer.Option(help="What it is about, where headings fit several.")
    ] = None,
    area: Annotated[
        list[str] | None, typer.Option(help="Of this community or grid alone; may be repeated.")
    ] = None,
    care: Annotated[
        str | None,
        typer.Option(help="Only people who need looking after for this reason; any: for whatever."),
    ] = None,
    due: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="When they want it back.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="This sheet of the workbook.")] = None,
    tasks: Annotated[bool, typer.Option(help="Ask workers for what is missing.")] = True,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Fill a superior's table from the grid book. What nobody knows is marked, and becomes tasks; the rest stays as it was."""
    from lastmile.importing import templates
    from shared.records.filling import Scope

    wish = templates.Wish(template, kind, sheet, area or ())
    table = templates.read(wish)
    scope = Scope(office=office, purpose=purpose, care=care, due_on=due.date() if due else None, tasks=tasks)
    filled = asyncio.run(templates.fill(table, wish, scope, data))
    target = out or template.with_suffix(f".filled{template.suffix}")
    target.write_bytes(filled.data)
    lines = [asdict(line) for line in filled.lines]
    answer: dict[str, Any] = {
        "file": str(target),
        "kind": table.heading.kind,
        "known_columns": list(table.fields),
        "unknown_columns": list(table.heading.unknown),
        "rows": filled.rows,
        "cells": filled.cells,
        "missing": sum(len(fields) for fields in filled.missing.values()),
        "lines": lines,
    }
    if as_json:
        print_json(answer)
        return
    typer.echo(f"{filled.rows} rows, {filled.cells} cells filled, {answer['missing']} missing: {target}")
    typer.echo(f"Columns known: {', '.join(table.fields)}")
    if table.heading.unknown:
        typer.echo(f"Columns that the book has no place for: {', '.join(table.heading.unknown)}")
    for line in lines[:_SHOWN]:
        typer.echo(f"  row {line['row']}: {line['slug']} {', '.join(line['fields'])}")
    if len(lines) > _SHOWN:
        typer.echo(f"  … and {len(lines) - _SHOWN} more; --json has them all")


@records.command()
def asks(
    *,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Otherwise of this quarter.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Tell how often superiors asked for the same thing."""
    from lastmile.corridor import ask
    from lastmile.records import at_the_book

    day: date | None = since.date() if since else None

    async def work() -> Any:
        async with at_the_book(data) as (bus, _, _):
            return await ask(bus, "query.routing.Asks", {"since": day.isoformat() if day else None})

    found = asyncio.run(work())
    if as_json:
        print_json(found)
        return
    typer.echo(f"{found['templates']} templates since {found['since']}")
    for row in found["rows"]:
        whom = f"{row['kind']} ({row['care']})" if row["care"] else row["kind"]
        typer.echo(f"  asked {row['times']} times by {len(row['offices'])} offices: {row['field']} of {whom}")

"""The grid book's records: `lastmile records import`, `export`, `report`."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, print_json
from shared.words import RecordKind

records = typer.Typer(
    no_args_is_help=True, help="People, dwellings, enterprises and facilities: bring them in, look them over."
)

Kind = Annotated[RecordKind, typer.Option(help="What the records are about.")]
Grids = Annotated[list[str] | None, typer.Option("--grid", help="Of this grid alone; may be repeated.")]


@records.command("import")
def import_records(
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8 or GB18030) or XLSX, with a header.")],
    *,
    kind: Kind,
    fields: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN,…", help="For headers that are not known by themselves."),
    ] = None,
    data: Data = None,
    rejected: Annotated[Path | None, typer.Option(help="Where to put rows that were not taken.")] = None,
    as_json: Json = False,
) -> None:
    """Enter new rows, correct known ones. An empty cell erases nothing; the same file again changes nothing."""
    from lastmile.importing.records import Import, Summary, read_columns
    from lastmile.importing.sheets import open_rows
    from lastmile.records import at_the_book

    table = open_rows(file, kind)
    columns = read_columns(kind, table.columns, fields or [])

    async def work() -> Summary:
        async with at_the_book(data) as (bus, settings, vault):
            bringing = Import(bus, settings, vault, kind, columns)
            return await bringing.run(table, rejected or file.with_suffix(".rejected.csv"), lambda _: None)

    summary = asyncio.run(work())
    if as_json:
        print_json(summary.as_json())
        return
    typer.echo(
        f"{summary.rows} rows: {summary.entered} entered, {summary.corrected} corrected,"
        f" {summary.unchanged} as they were, {summary.rejected} not taken; {summary.doubtful} are doubtful"
    )
    for reason, count in sorted(summary.reasons.items(), key=lambda one: -one[1])[:10]:
        typer.echo(f"  {count} × {reason}")
    if summary.unknown_columns:
        typer.echo(f"Columns that were not used: {', '.join(summary.unknown_columns)}")
    if summary.rejected_file:
        typer.echo(f"They stand with their reasons in {summary.rejected_file}")


@records.command("export")
def export_records(
    file: Annotated[Path, typer.Argument(help="Where to; .csv or .xlsx.")],
    *,
    kind: Kind,
    purpose: Annotated[str, typer.Option(help="Why; it is on record before anything is opened.")],
    grid: Grids = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write records with all that is known of them. What a spreadsheet would compute is made harmless."""
    from lastmile.asking import put_on_record
    from lastmile.importing import handing_out
    from lastmile.records import at_the_book, must_be_drawn
    from shared.records.fields import FIELDS

    async def work() -> int:
        async with at_the_book(data) as (bus, settings, vault):
            grids = tuple(grid or ())
            fields = [field.slug for field in FIELDS[kind]]
            await put_on_record(
                bus, settings, f"records.{kind.value}", grids=grids, fields=fields, purpose=purpose
            )
            found = handing_out.contents(bus, vault, settings.tenant, kind, grids)
            count = await handing_out.write(file, kind, found)
            if not count:
                await must_be_drawn(bus, settings, grids)
            return count

    count = asyncio.run(work())
    if as_json:
        print_json({"rows": count, "file": str(file)})
    else:
        typer.echo(f"{count} records stand in {file}")


@records.command()
def report(
    *,
    kind: Annotated[RecordKind | None, typer.Option(help="Of this kind alone.")] = None,
    grid: Grids = None,
    flaw: Annotated[str | None, typer.Option(help="This flaw alone, with up to 500 ids a line.")] = None,
    stale_months: Annotated[int, typer.Option(min=1, max=120)] = 12,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Tell what is missing, contradictory or stale, by grid and kind."""
    from lastmile.corridor import ask
    from lastmile.records import at_the_book, must_be_drawn

    question: dict[str, Any] = {
        "kind": kind,
        "grids": grid or None,
        "flaw": flaw,
        "stale_months": stale_months,
    }

    async def work() -> Any:
        async with at_the_book(data) as (bus, settings, _):
            found = await ask(bus, "query.routing.RecordQuality", question)
            if not found["totals"]:
                await must_be_drawn(bus, settings, grid or ())
            return found

    found = asyncio.run(work())
    if as_json:
        print_json(found)
        return
    for total in found["totals"]:
        typer.echo(f"{total['grid'] or '(no grid)'}  {total['kind']}: {total['records']} records")
        for line in found["flaws"]:
            if (line["grid"], line["kind"]) == (total["grid"], total["kind"]):
                typer.echo(f"  {line['count']} × {line['flaw']}")

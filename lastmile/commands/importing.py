"""Bringing in what others have: `lastmile grids …`, `lastmile requests …`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from lastmile.commands import Data, Json, print_json

grids = typer.Typer(no_args_is_help=True, help="Grids: which there are, and who stands there.")
requests = typer.Typer(no_args_is_help=True, help="Requests that others have: bring them in, compare.")

_SHOWN = 10
"""So many rows of a report fit a person's eye."""


@grids.command("import")
def import_grids(
    file: Annotated[Path, typer.Argument(help="A GeoJSON FeatureCollection of polygons in WGS84.")],
    *,
    data: Data = None,
    community: Annotated[str | None, typer.Option(help="The community of grids that name none.")] = None,
    code_template: Annotated[
        str, typer.Option(help='The code out of the properties: "{number:02d} {borough!u}".')
    ] = "{code}",
    name_template: Annotated[str | None, typer.Option(help="The name, in the same way.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only look through the file.")] = False,
    as_json: Json = False,
) -> None:
    """Draw the grids anew and post their workers. The same file again changes nothing."""
    from lastmile.corridor import corridor
    from lastmile.importing.grids import Report, bring_in
    from lastmile.importing.shapes import Naming, read_file
    from lastmile.importing.template import Template
    from lastmile.stack import settings_for

    naming = Naming(Template(code_template), Template(name_template) if name_template else None, community)
    reading = read_file(file, naming)
    report = Report(grids=len(reading.grids), rejected=reading.rejected)

    async def work() -> Report:
        settings = settings_for(data)
        async with corridor(settings) as bus:
            return await bring_in(bus, settings, reading, name=file.stem)

    if reading.grids and not check:
        report = asyncio.run(work())
    if as_json:
        print_json(report.as_json())
    else:
        for bad in report.rejected[:_SHOWN]:
            typer.secho(f"feature {bad.feature} {bad.code}: {bad.reason}", fg="yellow", err=True)
        if len(report.rejected) > _SHOWN:
            typer.echo(f"… and {len(report.rejected) - _SHOWN} more; --json tells all", err=True)
        typer.echo(report.in_words(checked=check))
    if not reading.grids:
        if not as_json:
            typer.echo("  --code-template says how a code is made of the properties", err=True)
        raise typer.Exit(1)


@requests.command("import")
def import_requests(
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8 or GB18030) or XLSX, with a header.")],
    *,
    fields: Annotated[
        list[str],
        typer.Option(
            "--map", metavar="FIELD=COLUMN,…", help="text=a+b,lon=x,lat=y,category=c,at=t,resolved=r,key=id"
        ),
    ],
    data: Data = None,
    source: Annotated[
        str | None, typer.Option(help="Where the rows come from; the file's name otherwise.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Of times that name none; the tenant's otherwise.")
    ] = None,
    rejected: Annotated[Path | None, typer.Option(help="Where to put rows that were not taken.")] = None,
    wait: Annotated[
        bool, typer.Option(help="Until the ledger, the figures and the hot issues have them, too.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Make a request of every usable row. Interrupted, or done twice: each row is one request."""
    from lastmile.importing.start import import_file

    summary = import_file(
        file,
        data=data,
        fields=fields,
        source=source,
        timezone=timezone,
        rejected=rejected,
        wait=wait,
        quiet=as_json,
    )
    if as_json:
        print_json(summary.as_json())
        return
    typer.echo(f"{summary.accepted} of {summary.rows} rows are in; {summary.rejected} were not taken")
    for reason, count in sorted(summary.reasons.items(), key=lambda one: -one[1])[:10]:
        typer.echo(f"  {count} × {reason}")
    if summary.rejected_file:
        typer.echo(f"They stand with their reasons in {summary.rejected_file}")


@requests.command()
def agreement(
    file: Annotated[Path, typer.Argument(help="The table that was imported.")],
    key: Annotated[str, typer.Option(help="The column of the row's own key.")],
    expected: Annotated[str, typer.Option(help="The column with the grid that others assigned.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Compare the grids that routing chose with a column of the table; prints Markdown."""
    from lastmile.importing.agreement import as_markdown
    from lastmile.importing.start import compare_file

    result = compare_file(file, data=data, key=key, expected=expected)
    if as_json:
        print_json(result.as_json())
    else:
        typer.echo(as_markdown(result))

"""The grid book from files: `lastmile posts import`, `lastmile rota import`, `lastmile grids check`."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lastmile.commands import Data, Json, print_json
from lastmile.commands.importing import grids

if TYPE_CHECKING:
    from lastmile.importing.posts import Odd

posts = typer.Typer(
    no_args_is_help=True, help="Posts: who is worker, deputy, volunteer or head of which area."
)
rota = typer.Typer(no_args_is_help=True, help="The duty rota (值班表): who is on duty when in which area.")

_SHOWN = 10
"""So many rows of a report fit a person's eye."""
_POOL = 512


@posts.command("import")
def import_posts(
    file: Annotated[
        Path,
        typer.Argument(help="CSV (UTF-8 or GB18030) or XLSX with area, duty, worker (name, phone, chat)."),
    ],
    *,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Post everybody in the table. The same table again changes nothing; a new telephone is taken."""
    from lastmile.corridor import corridor
    from lastmile.importing.posts import PostsReport, post_all
    from lastmile.importing.sheets import open_rows
    from lastmile.stack import settings_for
    from shared.store import Store
    from shared.vault import Vault

    table = open_rows(file)

    async def work() -> PostsReport:
        settings = settings_for(data)
        store = Store(settings, "admin")
        vault = Vault(store, settings.master, "admin", pool=max(_POOL, 2 * table.rows))
        try:
            await vault.fill()
            async with corridor(settings) as bus:
                return await post_all(bus, settings, table, vault)
        finally:
            store.close()

    report = asyncio.run(work())
    if as_json:
        print_json(report.as_json())
        return
    _show_rejected(report.rejected)
    typer.echo(report.in_words())


@rota.command("import")
def import_rota(
    file: Annotated[
        Path,
        typer.Argument(help="CSV or XLSX with area, from, to, worker (deputy); times on the tenant's clock."),
    ],
    *,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Note who is on duty when (值班). The same table again changes nothing; a row with the same start and worker is corrected."""
    from lastmile.corridor import corridor
    from lastmile.importing.rota import RotaReport, roster_all
    from lastmile.importing.sheets import open_rows
    from lastmile.stack import settings_for

    table = open_rows(file)

    async def work() -> RotaReport:
        settings = settings_for(data)
        async with corridor(settings) as bus:
            return await roster_all(bus, settings, table)

    report = asyncio.run(work())
    if as_json:
        print_json(report.as_json())
        return
    _show_rejected(report.rejected)
    typer.echo(report.in_words())


def _show_rejected(rejected: "Sequence[Odd]") -> None:
    for bad in rejected[:_SHOWN]:
        typer.secho(f"row {bad.row}: {bad.reason}", fg="yellow", err=True)
    if len(rejected) > _SHOWN:
        typer.echo(f"… and {len(rejected) - _SHOWN} more; --json tells all", err=True)


@grids.command("check")
def check_grids(
    file: Annotated[Path, typer.Argument(help="A GeoJSON FeatureCollection, as `grids import` takes it.")],
    *,
    code_template: Annotated[
        str, typer.Option(help='The code out of the properties: "{number:02d} {borough!u}".')
    ] = "{code}",
    as_json: Json = False,
) -> None:
    """Look through a plan and name what cannot be used: nothing is sent. Ends with 1 when there is anything."""
    from lastmile.importing.shapes import Naming, read_file
    from lastmile.importing.template import Template

    reading = read_file(file, Naming(Template(code_template)))
    if as_json:
        rejected = [vars(row) for row in reading.rejected]
        print_json(
            {"grids": len(reading.grids), "areas": len(reading.more.get("areas", [])), "rejected": rejected}
        )
    else:
        for row in reading.rejected:
            where = f"feature {row.feature}" if row.feature else "area"
            typer.secho(f"{where} {row.code}: {row.reason}", fg="yellow", err=True)
        typer.echo(f"{len(reading.grids)} grids and {len(reading.more.get('areas', []))} areas can be used")
    if reading.rejected or not reading.grids:
        raise typer.Exit(1)

"""Read models: `lastmile rebuild`, `lastmile verify`."""

import asyncio
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, print_json

app = typer.Typer()

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[SERVICE] [MODEL]", help="A service, a model, or both.")
]


@app.command()
def rebuild(
    names: Names = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All models of all services.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make a read model anew from the journal, beside the live one. Without a name: say which there are."""
    from lastmile.models import kept, rebuilt
    from lastmile.stack import settings_for

    if not names and not everything:
        found = [
            {"service": one.service.name, "model": one.model.name} for one in kept(settings_for(data), [])
        ]
        if as_json:
            print_json(found)
        for one in found if not as_json else []:
            typer.echo(f"{one['service']:13} {one['model']}")
        return

    async def work() -> list[dict[str, Any]]:
        reports: list[dict[str, Any]] = []
        async for service, report in rebuilt(data, names or []):
            reports.append({"service": service, **vars(report)})
            if not as_json:
                typer.echo(
                    f"{service} {report.model}: {report.documents} documents of {report.events} events"
                    f" in {report.seconds:.1f} s" + (f", {report.held} held" if report.held else "")
                )
        return reports

    reports = asyncio.run(work())
    if as_json:
        print_json(reports)


@app.command()
def verify(names: Names = None, *, data: Data = None, as_json: Json = False) -> None:
    """Compare read models with the journal, document by document; exit code 1 when any differs."""
    from lastmile.models import verified

    async def work() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        async for one, differences in verified(data, names or []):
            found.append(
                {
                    "service": one.service.name,
                    "model": one.model.name,
                    "differences": [difference.id for difference in differences],
                }
            )
            if not as_json:
                said = f"{len(differences)} documents differ" if differences else "as the journal says"
                colour = "red" if differences else None
                typer.secho(f"{one.service.name:13} {one.model.name:12} {said}", fg=colour)
                for difference in differences[:10]:
                    typer.echo(f"  {difference.id}")
        return found

    found = asyncio.run(work())
    if as_json:
        print_json(found)
    if any(model["differences"] for model in found):
        raise typer.Exit(1)

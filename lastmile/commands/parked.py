"""The parking lot: `lastmile parked …`."""

import asyncio
import json
from typing import Annotated

import typer

from lastmile.commands import Data, Json, print_json

parked = typer.Typer(
    no_args_is_help=True, help="Messages that could not be used: look at them, try them again."
)


@parked.command("list")
def list_parked(
    data: Data = None, limit: Annotated[int, typer.Option(min=1)] = 100, as_json: Json = False
) -> None:
    """List what could not be used, newest first."""
    from lastmile import parked as lot

    rows = asyncio.run(lot.listed(data, limit))
    if as_json:
        print_json([row.as_json() for row in rows])
        return
    for row in rows:
        typer.echo(f"{row.id}  {row.at:%Y-%m-%d %H:%M:%S}  {row.service:12}  {row.reason:16}  {row.subject}")
    typer.echo(f"{len(rows)} parked; `lastmile parked show ID` opens one" if rows else "nothing is parked")


@parked.command("show")
def show_parked(
    message: Annotated[str, typer.Argument(metavar="ID")], data: Data = None, as_json: Json = False
) -> None:
    """Open one message: it may hold what somebody said, so mind who looks over your shoulder."""
    from lastmile import parked as lot

    row, payload = asyncio.run(lot.opened(data, message))
    if as_json:
        print_json({**row.as_json(), "payload": payload.decode(errors="replace")})
        return
    typer.echo(f"{row.reason} on {row.subject} at {row.at.isoformat()}")
    typer.echo(payload.decode(errors="replace"))


@parked.command()
def retry(
    message: Annotated[str, typer.Argument(metavar="ID")], data: Data = None, as_json: Json = False
) -> None:
    """Send one message again to where it was going, and say what was answered."""
    from lastmile import parked as lot

    answer = asyncio.run(lot.retried(data, message))
    if as_json:
        print_json(answer)
    else:
        typer.echo("taken this time" if answer.get("ok") else f"refused again: {answer.get('reason')}")
        if detail := answer.get("detail"):
            typer.echo(json.dumps(detail, ensure_ascii=False))
    if not answer.get("ok"):
        raise typer.Exit(1)

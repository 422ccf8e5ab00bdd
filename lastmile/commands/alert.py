"""Warnings of the authorities: `lastmile alert FILE`."""

import asyncio
from base64 import b64encode
from pathlib import Path
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, print_json
from lastmile.trouble import Trouble

app = typer.Typer()


@app.command()
def alert(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A message of the Common Alerting Protocol.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say what a warning is and whom it would reach, or why it is refused. Nobody is told."""
    said = asyncio.run(_asked(data, file))
    if as_json:
        print_json(said)
    elif refused := said.get("refused"):
        typer.echo(f"refused: {refused} {said['where']}".rstrip())
    else:
        told = said["alert"]
        typer.echo(
            f"{told['kind']} {told['identifier']} of {told['issuer'] or told['sender']}, {told['sent']}"
        )
        typer.echo(f"{told['level'] or '–'} {told['event']}: {told['headline']}")
        typer.echo(
            f"{len(said['grids'])} grids, {said['workers']} workers: {', '.join(said['grids']) or 'nobody'}"
        )
    if said.get("refused"):
        raise typer.Exit(1)


async def _asked(data: Path | None, file: Path) -> dict[str, Any]:
    from lastmile.corridor import corridor, patiently
    from lastmile.stack import settings_for
    from services.notify.alert.cap import UnusableAlertError, read_alert
    from services.notify.alert.xml import LARGEST
    from shared.journal import UnavailableError
    from shared.refusal import Refused

    try:
        with file.open("rb") as opened:
            read = opened.read(LARGEST + 1)
        read_alert(read)  # what is refused at once need not go anywhere
    except OSError as unreadable:
        raise Trouble(f"{file} cannot be read: {unreadable.strerror}.", "Name a file.") from None
    except UnusableAlertError as unusable:
        return {"refused": unusable.reason, "where": unusable.where}
    async with corridor(settings_for(data)) as bus:
        try:
            question = {"file": b64encode(read).decode()}
            return await patiently(lambda: bus.ask("query.notify.Alert", question))
        except Refused as refused:
            raise Trouble(f"Notify refuses: {refused.reason}.", "") from None
        except UnavailableError:
            raise Trouble(
                "Notify does not answer.", "Is the stack up? `lastmile doctor` says what is wrong."
            ) from None

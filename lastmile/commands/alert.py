"""Warnings of the authorities: `lastmile alert FILE` says what one is, `lastmile alert relay FILE` relays it."""

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
    what: Annotated[
        str, typer.Argument(metavar="[relay] FILE", help="A message of the Common Alerting Protocol.")
    ],
    file: Annotated[Path | None, typer.Argument(hidden=True)] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say what a warning is, whom it would reach and what would become of it, or why it is refused. With `relay`: relay
    it; without, nobody is told.
    """
    if file is not None and what != "relay":
        raise Trouble(f"{what} is nothing to be done with a file.", "lastmile alert [relay] FILE")
    subject = "inbound.cap.alert" if file is not None else "query.notify.Alert"
    said = asyncio.run(_asked(data, file or Path(what), subject))
    if as_json:
        print_json(said)
    elif said.get("refused"):
        _say_refused(said)
    elif file is not None:
        typer.echo(f"{_BECAME[said['event']['type'] if said['event'] else None]} {said['alert']}")
    else:
        _say(said)
    if said.get("refused"):
        raise typer.Exit(1)


_BECAME = {
    "AlertRelayed": "relayed",
    "AlertArrivedLate": "noted, nobody is told: it came after what took its place, or when it was over:",
    None: "relayed before, nothing changes:",
}


def _say_refused(said: dict[str, Any]) -> None:
    typer.echo(f"refused: {said['refused']} {said.get('where', '')}".rstrip())
    if of_itself := said.get("message"):
        typer.echo("it says: " + ", ".join(f"{name} {value}" for name, value in of_itself.items()))


def _say(said: dict[str, Any]) -> None:
    told = said["alert"]
    typer.echo(
        f"{told['kind']} {told['identifier']} of {told['issuer'] or told['sender']}, {told['sent']} "
        f"({told['status']}, {told['scope']})"
    )
    for each in told["references"]:
        typer.echo(f"about {each['identifier']} of {each['sender']}")
    typer.echo(f"{told['level'] or 'no level'} {told['event']}: {told['headline']}")
    if told["expires"]:
        typer.echo(f"until {told['expires']}")
    for area in told["areas"]:
        typer.echo(
            f"area: {area['words']}" + ("" if area["words"] not in said["unplaced"] else " (no shape)")
        )
    typer.echo(
        f"{len(said['grids'])} grids, {said['workers']} workers, {said['residents']} residents: "
        f"{', '.join(said['grids']) or 'nobody'}"
    )
    because = f": {said['because']}" if said["because"] else ""
    typer.echo(f"if it were relayed now, it would {said['would'].replace('_', ' ')}{because}")
    for each in said["ends"]:
        typer.echo(f"ends {each}; whoever got that hears of it")


async def _asked(data: Path | None, file: Path, subject: str) -> dict[str, Any]:
    from lastmile.asking import reaching
    from lastmile.corridor import ask
    from services.notify.alert.cap import read_alert
    from services.notify.alert.unusable import UnusableAlertError
    from services.notify.alert.xml import LARGEST
    from shared.refusal import Refused

    try:
        with file.open("rb") as opened:
            read = opened.read(LARGEST + 1)
        read_alert(read)  # what is refused at once need not go anywhere
    except OSError as unreadable:
        raise Trouble(f"{file} cannot be read: {unreadable.strerror}.", "Name a file.") from None
    except UnusableAlertError as unusable:
        return {"refused": unusable.reason, "where": unusable.where, "message": dict(unusable.said)}
    async with reaching("notify", data) as (bus, _):
        try:
            return await ask(bus, subject, {"file": b64encode(read).decode()})
        except Refused as refused:
            return {"refused": refused.reason, "where": "", **refused.detail}

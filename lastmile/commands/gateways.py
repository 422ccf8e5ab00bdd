"""The gateways: `lastmile gateways …`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from lastmile.commands import Data, Json, print_json
from lastmile.trouble import Trouble

gateways = typer.Typer(
    no_args_is_help=True,
    help="What sends messages to the outside: check the file, seal a credential, send one.",
)
File = Annotated[
    Path | None, typer.Option("--file", metavar="TOML", help="Another file than the one this stack uses.")
]


@gateways.command()
def check(data: Data = None, file: File = None, as_json: Json = False) -> None:
    """Read the file of gateways and say what it names, or what is wrong with it."""
    from lastmile import gateways as here

    known = here.read(data, file)
    rows = [
        {
            "name": each.name,
            "kind": each.kind,
            "channels": each.channels,
            "weight": each.weight,
            "per_second": each.per_second,
        }
        for each in known.gateway
    ]
    if as_json:
        said = {"dry_run": known.dry_run, "falls_back": known.falls_back, "gateways": rows}
        print_json(said | {"unreached": here.unreached(known)})
        return
    for row in rows:
        typer.echo("  ".join(str(value) for value in row.values()))
    for channel in here.unreached(known):
        typer.echo(f"no gateway for {channel}: {_WITHOUT[channel]}")
    typer.echo("a dry run: nothing goes out" if known.dry_run else "messages go out")


_WITHOUT = {
    "sms": "whoever is reached by telephone alone is told nothing",
    "chat": "people get SMS instead, if the file does not say otherwise; what is for groups, a worker relays",
}


@gateways.command()
def seal(data: Data = None) -> None:
    """Ask for a credential and print it sealed, as it may stand in the file."""
    from lastmile import gateways as here

    typer.echo(here.sealed(data, typer.prompt("credential", hide_input=True, err=True)))


@gateways.command()
def callback(
    name: Annotated[str, typer.Argument(help="Which gateway.")],
    data: Data = None,
    file: File = None,
    as_json: Json = False,
) -> None:
    """Print the addresses at which the provider may bring receipts and replies; whoever knows them may bring some."""
    from lastmile import gateways as here

    found = here.callback(data, file, name)
    if as_json:
        print_json({"receipts": found.receipts, "replies": found.replies, "callback": found.sealed})
        return
    typer.echo(f"receipts  {found.receipts}\nreplies   {found.replies}")
    if found.sealed is not None:
        typer.echo(
            f'These hold when the file says of {name}, and notify was started again:\ncallback = "{found.sealed}"'
        )


@gateways.command()
def send(
    name: Annotated[str, typer.Argument(help="Which gateway.")],
    to: Annotated[str, typer.Argument(help="A phone number with its +86, or a chat's address.")],
    *,
    text: Annotated[str, typer.Option(help="What to say.")] = "Lastmile: 测试 test",
    template: Annotated[str, typer.Option(help="Which of our templates the provider fills.")] = "",
    value: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="For the template.")] = None,
    data: Data = None,
    file: File = None,
    as_json: Json = False,
) -> None:
    """Really send one message, and say what the gateway answered: accepted or handed over, else this ends with 1."""
    from lastmile import gateways as here
    from services.notify.gateways.gateway import Accepted, HandedOver

    if odd := [each for each in value or () if "=" not in each]:
        raise Trouble(f"{odd[0]} is no NAME=VALUE.", "--value code=7KQ2")
    values = dict(each.split("=", 1) for each in value or ())
    outcome = asyncio.run(here.send(data, file, name, here.trial(to, text, template, values)))
    said = here.told(outcome)
    if as_json:
        print_json(said)
    else:
        typer.echo(": ".join(str(part) for part in (said["outcome"], said["detail"]) if part))
        if said["misset"]:
            typer.echo("what the file says of this gateway is why: somebody has to mend it")
    if not isinstance(outcome, Accepted | HandedOver):
        raise typer.Exit(1)

"""What was told to whom, and what became of it: `lastmile deliveries`."""

import asyncio
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, print_json
from lastmile.trouble import Trouble

app = typer.Typer()

_SHOWN = (
    "gateway",
    "attempt",
    "reference",
    "reason",
    "again_at",
    "part",
    "parts",
    "by",
    "into",
    "not_before",
)
_HELP = "`lastmile deliveries --help` tells what may be asked."


@app.command()
def deliveries(
    delivery: Annotated[str | None, typer.Argument(metavar="ID", help="Tell the story of this one.")] = None,
    *,
    status: Annotated[
        str | None, typer.Option(help="Only those that stand there: unknown, failed, deferred …")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List what was told to whom, the newest first, or tell all that became of one message."""
    from lastmile.asking import asked

    wanted = {"limit": limit, "status": status, "delivery": delivery}
    question = {name: value for name, value in wanted.items() if value is not None}
    found = asyncio.run(asked(data, "notify.Outbox", question, todo=_HELP))
    if delivery is not None and not found:
        raise Trouble(f"No delivery is named {delivery!r}.", "`lastmile deliveries` lists the newest.")
    if as_json:
        print_json(found if delivery is None else found[0])
    elif delivery is None:
        for row in found:
            typer.echo(_line(row))
        typer.echo("`lastmile deliveries ID` tells all of one" if found else "no such delivery")
    else:
        typer.echo(_line(found[0]))
        for fact in found[0]["story"]:
            said = "  ".join(f"{name}={fact[name]}" for name in _SHOWN if fact.get(name) not in (None, ""))
            typer.echo(f"  {_time(fact['at'])}  {fact['type']:20}  {said}")


def _line(row: dict[str, Any]) -> str:
    """One delivery; of an unknown one, whether it is asked about any more."""
    known = [row.get("reason") or ""]
    if row.get("again_at"):
        known.append(f"again at {_time(row['again_at'])}")
    elif row["status"] == "unknown":
        known.append("nobody asks any more: a receipt may still tell")
    return "  ".join(
        (
            row["delivery"],
            _time(row["at"]),
            f"{row['status']:10}",
            f"{row['channel']:4}",
            row["recipient"],
            row["template"],
            row.get("gateway") or "–",
            *filter(None, known),
        )
    )


def _time(said: str) -> str:
    return said[:19].replace("T", " ")

"""The commands of the program, by noun. Each loads what it needs when it runs, so that `--help` and a service's
start wait for nothing else.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from lastmile.trouble import Trouble

Data = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Which local stack; .stack unless LASTMILE_* says another.")
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]


def moment_of(said: str, data: Path | None) -> datetime:
    """A moment that names no zone is by the tenant's clock. Raises Trouble."""
    from lastmile.stack import settings_for

    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise Trouble(
            f"{said!r} is no moment.", "Say it like 2026-03-02T18:00+08:00, or 2026-03-02."
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=settings_for(data).zone)).astimezone(UTC)


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))

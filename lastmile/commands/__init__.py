"""The commands of the program, by noun. Each loads what it needs when it runs, so that `--help` and a service's
start wait for nothing else.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

Data = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Which local stack; .stack unless LASTMILE_* says another.")
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))

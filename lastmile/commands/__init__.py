"""The commands of the program, by noun. Each loads what it needs when it runs, so that `--help` and a service's
start wait for nothing else.
"""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, NoReturn, get_type_hints

import typer

from lastmile.trouble import Trouble

Data = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Which local stack; .stack unless LASTMILE_* says another.")
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """A parameter that is a dataclass stands for the options that its fields name. typer knows no groups of options."""
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if isinstance(hint, type) and is_dataclass(hint)}
    known, parameters = signature(command), list[Parameter]()
    for name, own in known.parameters.items():
        if name in groups:
            parameters += [
                Parameter(each.name, Parameter.KEYWORD_ONLY, default=each.default, annotation=each.type)
                for each in fields(groups[name])
            ]
        else:
            parameters.append(own)

    @wraps(command)
    def taken(**said: Any) -> None:
        made = {
            name: group(**{each.name: said.pop(each.name) for each in fields(group)})
            for name, group in groups.items()
        }
        command(**said, **made)

    taken.__signature__ = known.replace(parameters=parameters)  # pyright: ignore[reportAttributeAccessIssue]
    taken.__annotations__ = {each.name: each.annotation for each in parameters}
    return taken


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


def read_json(file: Path) -> Any:
    """Raises Trouble."""
    try:
        return json.loads(file.read_bytes())
    except OSError as absent:
        raise Trouble(f"{file} cannot be read: {absent.strerror}.") from absent
    except ValueError as odd:
        raise Trouble(f"{file} is not JSON in UTF-8: {odd}.") from odd


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_reply(reply: Any, *, new: str, same: str, as_json: bool) -> None:
    """What a service answered a command: ``new`` in words, or ``same`` where it changed nothing."""
    if as_json:
        print_json(reply.model_dump(include={"ok", "event", "revision"}))
    else:
        typer.echo(new if reply.event else same)


def refuse(reason: str, detail: Any, tell_mistakes: Callable[[Any], None], *, as_json: bool) -> NoReturn:
    """Say why nothing was changed, with its ``mistakes``, and end with exit code 1."""
    if as_json:
        print_json({"ok": False, "reason": reason, "detail": detail})
    else:
        typer.secho(reason, fg="red", err=True)
        tell_mistakes(detail.get("mistakes", []))
    raise typer.Exit(1)

"""Worded replies (话术): `lastmile guidance …`."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, print_json, print_reply, read_json, refuse
from lastmile.trouble import Trouble

guidance = typer.Typer(no_args_is_help=True, help="Worded replies that workers send with one tap.")
File = Annotated[Path, typer.Argument(help="A JSON list of replies; docs/templates.md tells their fields.")]


def read(file: Path) -> list[Any]:
    """Raises Trouble."""
    content = read_json(file)
    if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
        raise Trouble(f"{file} holds no JSON list of objects.")
    return content


def _tell_mistakes(mistakes: list[dict[str, str]]) -> None:
    for each in mistakes:
        typer.secho(f"{each['entry']} {each['field']}: {each['problem']}".lstrip(), fg="red", err=True)


@guidance.command()
def show(data: Data = None, as_json: Json = False) -> None:
    """Print the replies that hold; with --json as `adopt` takes them, under ``entries``."""
    from lastmile.asking import asked

    found = asyncio.run(asked(data, "notify.GuidanceSet", {}))
    if as_json:
        print_json(found)
        return
    typer.echo(f"version {found['version']}" if found["version"] else "the replies that the house brings")
    for number, entry in enumerate(found["entries"], 1):
        words = " ".join([*entry["all"], *entry["any"]])
        typer.echo(f"  {number}. {entry['code']} {entry['title_zh']}: {words}")


@guidance.command()
def check(file: File, data: Data = None, as_json: Json = False) -> None:
    """Say whether a set could be adopted; exit code 1 when not."""
    from lastmile.asking import asked

    answer = asyncio.run(asked(data, "notify.GuidanceCheck", {"entries": read(file)}))
    if as_json:
        print_json(answer)
    elif answer["ok"]:
        typer.echo("it can be adopted")
    else:
        _tell_mistakes(answer["mistakes"])
    if not answer["ok"]:
        raise typer.Exit(1)


@guidance.command()
def adopt(
    file: File,
    data: Data = None,
    note: Annotated[str, typer.Option(help="Why it is changed.")] = "",
    as_json: Json = False,
) -> None:
    """From now on these replies are offered. The same again changes nothing."""
    from pydantic import TypeAdapter, ValidationError

    from lastmile.wordings import adopted
    from shared.answering import plain_errors
    from shared.events.guidance import GuidanceEntry
    from shared.refusal import Refused

    try:
        entries = TypeAdapter(tuple[GuidanceEntry, ...]).validate_python(read(file))
        reply = asyncio.run(adopted(data, entries, note))
    except ValidationError as invalid:
        errors = [{"entry": "", "field": e["field"], "problem": e["why"]} for e in plain_errors(invalid)]
        refuse("malformed", {"mistakes": errors}, _tell_mistakes, as_json=as_json)
    except Refused as refused:
        refuse(refused.reason, refused.detail, _tell_mistakes, as_json=as_json)
    print_reply(reply, new="adopted", same="it holds already", as_json=as_json)


@guidance.command("try")
def attempt(
    text: Annotated[str, typer.Argument(help="What somebody might say. It is kept nowhere.")],
    category: Annotated[str | None, typer.Option(help="The request's category.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say which replies a text calls for, and by which of their words."""
    from lastmile.asking import asked

    question = {"text": text} | ({"category": category} if category else {})
    found = asyncio.run(asked(data, "notify.Guidance", question))
    if as_json:
        print_json(found)
        return
    for entry in found["fitting"]:
        typer.echo(f"{entry['code']} {entry['title_zh']} ({', '.join(entry['words']) or 'category'})")
        typer.echo(f"  {entry['zh']}")
    if not found["fitting"]:
        typer.echo("none")

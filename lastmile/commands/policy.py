"""The policy: `lastmile policy …`; and why a request is where it is: `lastmile explain`."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, print_json, print_reply, read_json, refuse
from lastmile.trouble import Trouble

policy = typer.Typer(no_args_is_help=True, help="How work is shared out and how long it may take.")
app = typer.Typer()

File = Annotated[Path, typer.Argument(help="The policy as JSON; docs/policies.md tells its fields.")]

_WHICH = "Is it an id or a tracking code that the console shows?"


def read(file: Path) -> dict[str, Any]:
    """Raises Trouble."""
    content = read_json(file)
    if not isinstance(content, dict):
        raise Trouble(f"{file} holds no JSON object.")
    return content


def _tell_mistakes(mistakes: list[dict[str, Any]]) -> None:
    for one in mistakes:
        typer.secho(f"{one['field'] or 'the policy'}: {one['detail']}", fg="red", err=True)


@policy.command()
def show(data: Data = None, as_json: Json = False) -> None:
    """Print the policy that holds and which there were."""
    from lastmile.asking import asked

    found = asyncio.run(asked(data, "routing.Policy", {}))
    if as_json:
        print_json(found)
        return
    named = f"version {found['version']}" if found["version"] else "the default, none was adopted yet"
    typer.echo(f"{found['name'] or 'without a name'}: {named}")
    for severity, clock in found["policy"]["clocks"].items():
        day = "round the clock" if clock["round_the_clock"] else "of working time"
        typer.echo(
            f"  {severity:7} accept {clock['accept']}, contact {clock['contact'] or '-'}, resolve {clock['resolve']}, {day}"
        )
    for number, rule in enumerate(found["policy"]["rules"], 1):
        typer.echo(f"  {number}. {rule['name']} {rule['title']}")
    for version in found["versions"]:
        typer.echo(f"  version {version['version']} {version['at']} {version['actor']} {version['note']}")


@policy.command()
def check(file: File, data: Data = None, as_json: Json = False) -> None:
    """Say whether a policy could be adopted here; exit code 1 when not."""
    from lastmile.asking import asked

    answer = asyncio.run(asked(data, "routing.PolicyCheck", {"content": read(file)}))
    if as_json:
        print_json(answer)
    elif answer["ok"]:
        typer.echo("it can be adopted")
    else:
        typer.secho(answer["reason"], fg="red", err=True)
        _tell_mistakes(answer["mistakes"])
    if not answer["ok"]:
        raise typer.Exit(1)


@policy.command()
def adopt(
    file: File,
    data: Data = None,
    note: Annotated[str, typer.Option(help="Why it is changed.")] = "",
    as_json: Json = False,
) -> None:
    """From now on requests are assigned and timed by it. The same again changes nothing."""
    from lastmile.policies import adopted
    from shared.refusal import Refused

    try:
        reply = asyncio.run(adopted(data, read(file), note))
    except Refused as refused:
        refuse(refused.reason, refused.detail, _tell_mistakes, as_json=as_json)
    print_reply(reply, new="adopted", same="it holds already", as_json=as_json)


@policy.command("dry-run")
def dry_run(
    file: File,
    data: Data = None,
    since: Annotated[str | None, typer.Option(help="Only what was said from this day or moment on.")] = None,
    as_json: Json = False,
) -> None:
    """Tell what a policy would have done otherwise with past requests. Changes nothing."""
    from lastmile.policies import tried

    try:
        moment = None if since is None else datetime.fromisoformat(since)
    except ValueError:
        raise Trouble(f"{since!r} is no day.", "Write it like 2026-03-01.") from None
    found = asyncio.run(tried(data, read(file), moment))
    if as_json:
        print_json(found)
        return
    if found.get("mistakes"):
        _tell_mistakes(found["mistakes"])
        raise typer.Exit(1)
    typer.echo(
        f"of {found['requests']} requests {found['elsewhere']} would have gone elsewhere, {found['other_severity']}"
        f" would have another severity, {found['other_deadlines']} other deadlines"
    )
    for move in found["moves"][:20]:
        typer.echo(f"  {move['requests']} × {move['before'] or 'triage'} → {move['after'] or 'triage'}")
    for name, count in found["rules"].items():
        typer.echo(f"  rule {name}: had a say in {count}")


@app.command()
def explain(
    request: Annotated[str, typer.Argument(help="Its id or its tracking code.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say why a request is where it is: what matched, and for each other rule why it did not."""
    from lastmile.asking import asked

    found = asyncio.run(asked(data, "routing.Explain", {"request": request}, todo=_WHICH))
    if as_json:
        print_json(found)
        return
    assigned = found["assigned"]
    if assigned is None:
        typer.echo("routing has not looked at it yet")
    elif assigned.get("grid"):
        typer.echo(f"{assigned['grid']}, {assigned['worker'] or 'nobody on the post'}, by {assigned['rule']}")
    else:
        typer.echo(f"in triage: {assigned['reason']}")
    for row in [*found["steps"], *found["rules"]]:
        mark = "→" if row["used"] else "+" if row["matched"] else "·"
        why = "matches" if row["matched"] else "no: " + ", ".join(row["missed"])
        typer.echo(f"  {mark} {row.get('step') or row['rule']}: {why}")

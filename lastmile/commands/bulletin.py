"""Bulletins (工作计划及进展) for programs and terminals: `lastmile bulletin draft|show|publish`."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, print_json
from lastmile.trouble import Trouble

bulletin = typer.Typer(
    no_args_is_help=True, help="What was decided, done and is due, counted for residents to read."
)


@bulletin.command()
def draft(
    area: Annotated[str, typer.Argument(help="A community, a grid or the street, by its code.")],
    *,
    span: Annotated[str, typer.Option(help="week or month.")] = "week",
    day: Annotated[
        str | None, typer.Option(metavar="DAY", help="A day in it; without one, the last that is over.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; keep nothing.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Count what was decided, done and is due, and keep it as a draft. What a person has edited is left alone."""
    asked: dict[str, Any] = {"area": area, "span": span} | ({"day": _day(day)} if day else {})
    counted = asyncio.run(_draft(data, asked, dry_run=dry_run))
    if as_json:
        print_json(counted)
    else:
        _print(counted, counted["bulletin"])


@bulletin.command()
def show(
    named: Annotated[str | None, typer.Argument(help="A bulletin's id; without one, the newest.")] = None,
    *,
    area: Annotated[str | None, typer.Option(help="Only of this community or grid.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show a bulletin with its lines, or list the newest, drafts included."""
    from lastmile.asking import asked

    wanted = {name: value for name, value in {"bulletin": named, "area": area}.items() if value is not None}
    items = asyncio.run(asked(data, "console.Bulletins", wanted))["items"]
    if named is not None and not items:
        raise Trouble(f"There is no bulletin {named}.", "`lastmile bulletin show` lists them.")
    if as_json:
        print_json(items[0] if named is not None else {"items": items})
        return
    for each in items:
        if named is not None:
            _print(each, f"{each['id']}  {each['stage']}")
        else:
            typer.echo(f"{each['id']}  {each['stage']:10}  {each['since']}  {each['title']['zh']}")
    if not items:
        typer.echo("there are no bulletins yet")


@bulletin.command()
def publish(
    named: Annotated[str, typer.Argument(help="A bulletin's id.")],
    *,
    why: Annotated[str, typer.Option(help="What is corrected, from the second edition on.")] = "",
    tell: Annotated[
        list[str] | None,
        typer.Option(help="Who is told: group, resident, worker, volunteer; again for more."),
    ] = None,
    quietly: Annotated[bool, typer.Option("--quietly", help="Tell nobody; the page alone.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Publish it as it stands: a page at the residents' door, and a notice to the chat groups of its grids."""
    roles = [] if quietly else (tell or ["group"])
    reply = asyncio.run(_publish(data, named, why, roles))
    if as_json:
        print_json(reply)
    else:
        typer.echo("published" if reply["event"] else "nothing has changed since it was published")
        typer.echo(f"  {reply['page']}")


def _print(said: dict[str, Any], head: str) -> None:
    typer.echo(f"{head}  {said['title']['zh']}")
    for line in said["lines"]:
        typer.echo(f"  {line['section']:8} {line['zh']}")
    if not said["lines"]:
        typer.echo("  nothing to tell")


def _day(said: str) -> str:
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        raise Trouble(f"{said!r} is no day.", "Say it like 2026-03-02.") from None


async def _draft(data: Path | None, wanted: dict[str, Any], *, dry_run: bool) -> dict[str, Any]:
    from lastmile.asking import asked, sent

    counted = await asked(data, "console.BulletinCounted", wanted)
    if not dry_run:
        await sent(data, "DraftBulletin", counted)
    return counted


async def _publish(data: Path | None, named: str, why: str, roles: list[str]) -> dict[str, Any]:
    from lastmile.asking import sent
    from lastmile.stack import settings_for

    reply = await sent(data, "PublishBulletin", {"bulletin": named, "why": why, "roles": roles})
    page = f"{settings_for(data).public_url.rstrip('/')}/b/{named}"
    return reply.model_dump(include={"ok", "event", "revision"}) | {"page": page}

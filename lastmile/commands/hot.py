"""Many voices, one matter: `lastmile hot`, `lastmile similar`."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, moment_of, print_json
from lastmile.trouble import Trouble

app = typer.Typer()

_SHOWN = 20
_THINKS = 60.0
"""Seconds that a first answer about many thousand requests may take."""
_WHICH = "Its id or tracking code is needed; the console shows both."


@app.command()
def hot(
    *,
    days: Annotated[int | None, typer.Option(min=1, max=3660, help="Only what was said since then.")] = None,
    grid: Annotated[str | None, typer.Option(help="Only what somebody in this grid said, too.")] = None,
    least: Annotated[int, typer.Option(min=2, max=1000, help="At least so many requests.")] = 2,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """What many say: clusters over days and grids, and the words that describe them."""
    from lastmile.asking import asked

    said = asyncio.run(_all_hot(data, {"days": days, "grid": grid, "least": least}))
    if grid is not None and not said["items"]:  # whether there is such a grid, the console says
        asyncio.run(asked(data, "console.Ledger", {"grid": grid, "limit": 1}))
    if as_json:
        print_json(said)
        return
    typer.echo(f"{len(said['items'])} hot issues among {said['compared']} requests")
    for issue in said["items"][:_SHOWN]:
        words = " ".join(issue["words"])
        grids = ", ".join(issue["grids"]) or "–"
        typer.echo(
            f"  {issue['size']} requests, {issue['people']} people, {issue['first'][:10]} to {issue['last'][:10]},"
            f" {grids}: {words}"
        )
    if len(said["items"]) > _SHOWN:
        typer.echo(f"… and {len(said['items']) - _SHOWN} more; --json tells all")


@app.command()
def similar(
    request: Annotated[str | None, typer.Argument(help="A request's id or tracking code.")] = None,
    *,
    text: Annotated[str | None, typer.Option(help="Or words, as somebody would say them.")] = None,
    lon: Annotated[float | None, typer.Option(help="Where: degrees, WGS84.")] = None,
    lat: Annotated[float | None, typer.Option()] = None,
    category: Annotated[str | None, typer.Option()] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="MOMENT", help="When: only what was said near it is like it, e.g. 2026-03-02T18:00+08:00."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=50)] = 10,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Who may have said the same: likely duplicates, each with its score and why."""
    if (request is None) == (text is None) or text == "":
        raise Trouble("Name a request, or say --text.", "One of the two.")
    if text is None and (lon, lat, category, at) != (None, None, None, None):
        raise Trouble("--lon, --lat, --category and --at belong to --text.", "A request says its own.")
    asked: dict[str, Any] = {
        "request": request,
        "text": text,
        "lon": lon,
        "lat": lat,
        "category": category,
        "at": None if at is None else moment_of(at, data).isoformat(),
        "limit": limit,
    }
    said = asyncio.run(_ask(data, "routing.Similar", asked))
    if as_json:
        print_json(said)
        return
    for match in said["items"]:
        why = match["reasons"]
        apart = "" if why["metres"] is None else f", {why['metres']} m"
        words = " ".join(why["about"] + why["words"])
        when = match["at"][:10] if why["days"] is None else f"{why['days']} days"
        typer.echo(f"  {match['score']:.2f}  {match['code']}  {when}{apart}: {words}")
    if not said["items"]:
        typer.echo("nobody said anything like it")


async def _all_hot(data: Path | None, asked: dict[str, Any]) -> dict[str, Any]:
    """Page after page: what many say may outgrow one message."""
    said = await _ask(data, "routing.Hot", asked)
    while said["next"] is not None:
        page = await _ask(data, "routing.Hot", asked | {"skip": said["next"]})
        said["items"] += page["items"]
        said["next"] = page["next"]
    return said


async def _ask(data: Path | None, query: str, question: dict[str, Any]) -> Any:
    from lastmile.asking import asked

    said = {name: value for name, value in question.items() if value is not None}
    return await asked(data, query, said, within=_THINKS, todo=_WHICH if "request" in said else "")

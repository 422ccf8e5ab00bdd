"""What staff look at, for programs and terminals: `lastmile ledger`, `lastmile figures`."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, moment_of, print_json
from lastmile.trouble import Trouble

app = typer.Typer()

_MARK = {"people": "people", "severity": "severity", "vulnerable": "vulnerable", "unclaimed_wish": "wish"}
_SHOWN = ("received", "responded", "resolved", "answered", "on_time", "late", "returned", "reopened")


def _only(name: str) -> Any:
    return typer.Option(f"--{name}", help=f"Of this {name} alone.")


@app.command()
def ledger(
    *,
    order: Annotated[str, typer.Option(help="rank (what is open, most pressing first) or newest.")] = "rank",
    grid: Annotated[str | None, _only("grid")] = None,
    status: Annotated[str | None, _only("status")] = None,
    category: Annotated[str | None, _only("category")] = None,
    worker: Annotated[str | None, _only("worker")] = None,
    community: Annotated[str | None, _only("community")] = None,
    kind: Annotated[str | None, _only("kind")] = None,
    severity: Annotated[str | None, _only("severity")] = None,
    channel: Annotated[str | None, _only("channel")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="What is open and past its deadline.")] = False,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="Said on this day or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Said on this day or before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    after: Annotated[str | None, typer.Option(help="The `next` of the page before.")] = None,
    without_owner: Annotated[
        bool, typer.Option("--without-owner", help="What is open and nobody's, though it should be.")
    ] = False,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write all of it as .csv or .xlsx.")
    ] = None,
    purpose: Annotated[str | None, typer.Option(help="Why it is exported; on record before it is.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List the ledger in its order of priority, and say of each row why it stands there. No words of people."""
    asked = {
        name: value
        for name, value in {
            "order": order, "grid": grid, "status": status, "category": category, "worker": worker,
            "community": community, "kind": kind, "severity": severity, "channel": channel,
            "overdue": overdue, "without_owner": without_owner, "since": since, "until": until, "limit": limit, "after": after,
        }.items()
        if value is not None
    }  # fmt: skip
    if export is not None:
        _export(export, asked, purpose, data, as_json=as_json)
        return
    from lastmile import asking

    page = asyncio.run(asking.asked(data, "console.Ledger", asked))
    if as_json:
        print_json(page)
        return
    for row in page["items"]:
        typer.echo(f"{row['code']}  {row['status']:12} {row['grid'] or '-':10} {_why(row['why'])}")
    typer.echo("that is all" if page["next"] is None else f"more: --after {page['next']}")


def _export(path: Path, asked: dict[str, Any], purpose: str | None, data: Data, *, as_json: bool) -> None:
    """Raises Trouble."""
    if not purpose:
        raise Trouble(
            "What is it exported for?", "Say so with --purpose: it is on record before anything is."
        )
    from lastmile.taking import take

    rows = asyncio.run(take(data, path, asked, purpose))
    if as_json:
        print_json({"rows": rows, "file": str(path)})
    else:
        typer.echo(f"{rows} rows stand in {path}")


@app.command()
def figures(
    *,
    by: Annotated[str, typer.Option(help="grid, worker, category, month or community.")] = "grid",
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="MOMENT", help="Recomputed from the journal, e.g. 2026-03-02T18:00+08:00."
        ),
    ] = None,
    behind: Annotated[
        str | None,
        typer.Option(metavar="FIGURE", help="The requests that this figure counts, from the journal."),
    ] = None,
    key: Annotated[str | None, typer.Option(help="With --behind: of this grid, worker, … alone.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Count response, resolution, satisfaction, on time, returned, reopened: now, or as of a past moment."""
    from lastmile import asking, ledger

    if behind is not None:
        moment = datetime.now(UTC) if as_of is None else moment_of(as_of, data)
        found = asyncio.run(ledger.behind_in_the_journal(data, by, behind, key, moment))
        if as_json:
            print_json({"requests": found})
        else:
            typer.echo("\n".join(found))
        return
    table = asyncio.run(
        asking.asked(data, "console.Figures", {"by": by})
        if as_of is None
        else ledger.figures_of_the_journal(data, by, moment_of(as_of, data))
    )
    if as_json:
        print_json(table)
        return
    typer.echo("  ".join([f"{by:16}", *(f"{name:>9}" for name in _SHOWN), "    score"]))
    for line in [*table["lines"], {"key": "total", **table["total"]}]:
        score = "-" if line["score"] is None else f"{line['score']:.1f}"
        cells = [f"{line[name]:>9}" for name in _SHOWN]
        typer.echo("  ".join([f"{line['key'] or '-':16}", *cells, f"{score:>9}"]))


def _why(why: dict[str, Any] | None) -> str:
    if why is None:
        return ""
    shifts = "  ".join(f"{_MARK.get(name, name)} {hours:+g} h" for name, hours in why["shifts"].items())
    return f"{why['by']} {why['base'][:16]}  {shifts}"

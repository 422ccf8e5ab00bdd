"""What the import commands share: from options to a running import, with its progress bar and its memory."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from lastmile.catching_up import caught_up
from lastmile.corridor import corridor, plan_that_holds
from lastmile.importing import agreement
from lastmile.importing.agreement import Agreement
from lastmile.importing.mapping import Mapper, read_mapping
from lastmile.importing.requests import Import, Summary
from lastmile.importing.sheets import Sheet, open_rows
from lastmile.importing.tables import Table
from lastmile.stack import find, settings_for
from lastmile.trouble import Trouble
from shared.clock import now

_READ_WITHIN = 900.0  # seconds


def import_file(
    file: Path,
    *,
    data: Path | None,
    fields: Sequence[str],
    source: str | None,
    timezone: str | None,
    rejected: Path | None,
    wait: bool,
    quiet: bool,
) -> Summary:
    """``wait`` until every service has read what was brought in. Raises Trouble."""
    settings = settings_for(data)
    table = open_rows(file)
    named = source or file.stem
    mapping = read_mapping(fields, table.columns)
    mapper = Mapper(mapping, named, _zone(timezone or settings.timezone), now())
    memory = _memory(data, named, table)
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=quiet or not sys.stderr.isatty(),
    ) as bar:
        task = bar.add_task(file.name, total=table.rows)

        async def work() -> Summary:
            async with corridor(settings) as bus:
                rejections = rejected or file.with_suffix(".rejected.csv")
                work = Import(bus, table, mapper, rejected=rejections, progress=memory)
                summary = await work.run(lambda count: bar.advance(task, count))
                if wait:
                    bar.update(task, description="the services read it")
                    if not await caught_up(bus, within=_READ_WITHIN):
                        console.print("Not everybody has read it yet; figures and hot issues follow.")
                return summary

        return asyncio.run(work())


def compare_file(file: Path, *, data: Path | None, key: str, expected: str) -> Agreement:
    """Raises Trouble."""
    settings = settings_for(data)
    table = open_rows(file)

    async def work() -> Agreement:
        async with corridor(settings) as bus:
            plan = await plan_that_holds(bus, settings.tenant)
            known = [feature["properties"]["code"] for feature in plan["features"]]
            given = await agreement.answers(bus, settings.tenant)
            return agreement.compare(table, given, key=key, expected=expected, known=known)

    return asyncio.run(work())


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Trouble(f"There is no time zone {name!r}.", "Name it like Asia/Shanghai.") from None


def _memory(data: Path | None, source: str, table: Table | Sheet) -> Path | None:
    """Where a local stack remembers how far this file came; elsewhere the keys of the rows are memory enough."""
    try:
        stack = find(data)
    except Trouble:
        return None
    return stack.at / "imports" / f"{source.replace('/', '_')}-{table.digest[:16]}.json"

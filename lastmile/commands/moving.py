"""Moving all open requests of a worker who leaves: `lastmile requests move`."""

import asyncio
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, print_json
from lastmile.commands.importing import requests
from lastmile.trouble import Trouble

_PATIENCE = 600.0  # seconds
_LOOK_EVERY = 0.2  # seconds
_SHOWN = 10


@requests.command()
def move(
    *,
    from_worker: Annotated[str, typer.Option("--from", help="The worker who leaves, by id.")],
    to_worker: Annotated[
        str | None, typer.Option("--to", help="Who takes over; each grid's deputy when left out.")
    ] = None,
    to_grid: Annotated[
        str | None, typer.Option(help="To this grid; to its worker unless --to names one.")
    ] = None,
    request: Annotated[
        list[str] | None, typer.Option(help="Of the worker's open ones this alone; may be repeated.")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Tell what it would do, and do nothing.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Stands in each request's history.")] = "worker_leaves",
    job: Annotated[str | None, typer.Option(help="Look at a job that was started before.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Give a worker's open requests to another. The list is frozen first; interrupted, routing goes on by itself."""
    from lastmile.asking import asked, reaching
    from lastmile.corridor import in_words, send
    from shared.clock import now
    from shared.commands.job import MoveRequests
    from shared.ids import new_id
    from shared.refusal import Refused

    wanted: dict[str, Any] = {
        "from_worker": from_worker, "to_worker": to_worker, "to_grid": to_grid, "requests": request or [],
    }  # fmt: skip
    if preview:
        _tell(asyncio.run(asked(data, "routing.Moves", wanted)), as_json=as_json)
        return

    async def work() -> dict[str, Any]:
        async with reaching("routing", data) as (bus, settings):
            name = job or new_id()
            if job is None:
                command = MoveRequests(
                    id=name,
                    tenant=settings.tenant,
                    actor="staff:lastmile",
                    at=now(),
                    job=name,
                    reason=reason,
                    **wanted,
                )
                await send(bus, command)
            return await _finished(bus, settings.tenant, name)

    try:
        done = asyncio.run(work())
    except Refused as refused:
        raise Trouble(f"Refused: {in_words(refused)}.") from None
    if as_json:
        print_json(done)
        return
    typer.echo(f"{done['moved']} moved, {len(done['not_moved'])} not")
    for one in done["not_moved"][:_SHOWN]:
        typer.echo(f"  {one['request']}: {one['reason']}")


def _tell(found: Any, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    typer.echo(f"{found['moves']} would move")
    for worker, count in found["to"].items():
        typer.echo(f"  {count} to {worker}")
    for why, count in found["left_out"].items():
        typer.echo(f"  {count} to nobody: {why}")


async def _finished(bus: Any, tenant: str, job: str) -> dict[str, Any]:
    """Wait until the job's history ends, and say what became of it."""
    from lastmile.corridor import facts, last_fact
    from shared.envelope import History
    from shared.events.job import JobAdvanced, JobFinished, JobStarted

    history = History(tenant, "routing", "job", job)
    clock = asyncio.get_running_loop().time
    deadline = clock() + _PATIENCE
    while True:
        last = await last_fact(bus, history)
        if last is None:
            raise Trouble(f"There is no job {job}.")
        if isinstance(last.event, JobFinished):
            break
        if clock() > deadline:
            raise Trouble(
                f"Job {job} still runs.", f"Look again: lastmile requests move --from … --job {job}"
            )
        await asyncio.sleep(_LOOK_EVERY)
    not_moved: list[dict[str, str]] = []
    async for fact in facts(bus, history.subject):
        match fact.event:
            case JobStarted(left_out=left):
                not_moved += [one.model_dump() for one in left]
            case JobAdvanced(refused=refused):
                not_moved += [one.model_dump() for one in refused]
            case _:
                pass
    return {"job": job, "moved": last.event.moved, "not_moved": not_moved}

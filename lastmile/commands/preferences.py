"""What a worker wishes to hear, for programs and terminals: `lastmile preferences show|set`."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, print_json

preferences = typer.Typer(
    no_args_is_help=True, help="What a worker hears of, over what, when and in which language."
)
_Worker = Annotated[str, typer.Argument(metavar="WORKER", help="The worker's id.")]


@preferences.command()
def show(worker: _Worker, data: Data = None, as_json: Json = False) -> None:
    """Show what one worker wishes, with the house's answer wherever nothing was said."""
    wished = asyncio.run(_shown(data, worker))
    if as_json:
        print_json(wished)
    else:
        _print(wished)


@preferences.command("set")
def set_(
    worker: _Worker,
    *,
    language: Annotated[str | None, typer.Option(help="zh or en.")] = None,
    quiet: Annotated[
        str | None, typer.Option(metavar="FROM-UNTIL", help="22:00-07:00; 00:00-00:00: none.")
    ] = None,
    off: Annotated[
        list[str] | None,
        typer.Option(metavar="TOPIC/CHANNEL", help="hall/sms; again for more; 'none': all on."),
    ] = None,
    daily: Annotated[
        list[str] | None, typer.Option(metavar="TOPIC=HH:MM", help="hall=18:00; again for more; 'none'.")
    ] = None,
    stopped: Annotated[
        bool | None, typer.Option("--stop/--start", help="Opt out of everything but duty and grave alerts.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say it for a worker who asks for it. What is not said stays as it is."""
    said: dict[str, Any] = {"language": language, "stopped": stopped}
    if quiet is not None:
        said["quiet_from"], _, said["quiet_until"] = quiet.partition("-")
    if off is not None:
        pairs = [each.partition("/") for each in off if each != "none"]
        said["off"] = [{"topic": topic, "channel": channel} for topic, _, channel in pairs]
    if daily is not None:
        times = [each.partition("=") for each in daily if each != "none"]
        said["digests"] = [{"topic": topic, "daily_at": at} for topic, _, at in times]
    wished = asyncio.run(_set(data, worker, said))
    if as_json:
        print_json(wished)
    else:
        _print(wished)


def _print(wished: dict[str, Any]) -> None:
    off = ", ".join(f"{each['topic']}/{each['channel']}" for each in wished["off"]) or "nothing"
    daily = ", ".join(f"{each['topic']} at {each['daily_at']}" for each in wished["digests"]) or "nothing"
    typer.echo(f"{wished['holder']}  {'opted out' if wished['stopped'] else 'hears'}  {wished['language']}")
    typer.echo(f"  quiet {wished['quiet_from']}-{wished['quiet_until']}; off: {off}; once a day: {daily}")


async def _set(data: Path | None, worker: str, said: dict[str, Any]) -> dict[str, Any]:
    from lastmile.asking import sent

    await sent(data, "SetPreferences", {"holder": f"worker:{worker}", "how": "desk", **said})
    return await _shown(data, worker)


async def _shown(data: Path | None, worker: str) -> dict[str, Any]:
    from lastmile.asking import asked

    return await asked(data, "notify.Preferences", {"holder": f"worker:{worker}"})

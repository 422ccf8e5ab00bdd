"""What a worker wishes to hear, for programs and terminals: `lastmile preferences show|set`."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, print_json
from lastmile.trouble import Trouble

preferences = typer.Typer(
    no_args_is_help=True, help="What a worker hears of, over what, when and in which language."
)
_ACTOR = "staff:cli"
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


async def _shown(data: Path | None, worker: str) -> dict[str, Any]:
    """Raises Trouble."""
    from lastmile.corridor import corridor
    from lastmile.stack import settings_for

    async with corridor(settings_for(data)) as bus:
        return await _ask(bus, worker)


async def _set(data: Path | None, worker: str, said: dict[str, Any]) -> dict[str, Any]:
    """Raises Trouble."""
    from pydantic import ValidationError

    from lastmile.corridor import corridor, in_words, send
    from lastmile.stack import settings_for
    from shared.answering import first_error
    from shared.clock import now
    from shared.commands.preference import SetPreferences
    from shared.ids import new_id
    from shared.refusal import Refused

    settings = settings_for(data)
    envelope = {"id": new_id(), "tenant": settings.tenant, "actor": _ACTOR, "at": now(), "how": "desk"}
    try:
        command = SetPreferences.model_validate({"holder": f"worker:{worker}", **said, **envelope})
    except ValidationError as invalid:
        raise Trouble("This cannot be set.", f"It says: {first_error(invalid)}.") from None
    async with corridor(settings) as bus:
        try:
            await send(bus, command)
        except Refused as refused:
            raise Trouble("It is refused.", f"It says: {in_words(refused)}.") from None
        return await _ask(bus, worker)


async def _ask(bus: Any, worker: str) -> dict[str, Any]:
    from lastmile.corridor import in_words
    from shared.journal import UnavailableError
    from shared.refusal import Refused

    try:
        return await bus.ask("query.notify.Preferences", {"holder": f"worker:{worker}"})
    except UnavailableError:
        raise Trouble("Notify does not answer.", "`lastmile doctor` says what is wrong.") from None
    except Refused as refused:
        raise Trouble(f"{worker!r} is no worker's id.", in_words(refused)) from None

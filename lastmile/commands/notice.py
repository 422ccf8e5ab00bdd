"""Notices (公告) for programs and terminals: `lastmile notice preview|publish|cancel|status`."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, moment_of, print_json
from lastmile.trouble import Trouble

notice = typer.Typer(no_args_is_help=True, help="What many people are told at once, each of them once.")
_ACTOR = "staff:cli"
_PATIENCE = 60.0
"""Seconds: whoever would reach a hundred thousand opens as many boxes first."""

Everyone = Annotated[bool, typer.Option("--everyone", help="The whole street.")]
Communities = Annotated[list[str] | None, typer.Option("--community", help="A community; again for more.")]
Grids = Annotated[list[str] | None, typer.Option("--grid", help="A grid; again for more.")]
Buildings = Annotated[list[str] | None, typer.Option("--building", help="A building; again for more.")]
Roles = Annotated[
    list[str] | None,
    typer.Option("--role", help="resident (as without any), worker, volunteer, group; again for more."),
]
Saved = Annotated[str | None, typer.Option("--audience", metavar="ID", help="A saved audience.")]
OfNotice = Annotated[str | None, typer.Option("--of-notice", metavar="ID", help="Whoever got this one.")]
Channels = Annotated[
    list[str] | None, typer.Option("--channel", help="sms or chat alone, whatever people prefer.")
]
Title = Annotated[str, typer.Option(help="The title, in Chinese.")]
Text = Annotated[str, typer.Option(help="The text, in Chinese.")]
TitleEn = Annotated[str, typer.Option(help="The title in English.")]
TextEn = Annotated[str, typer.Option(help="The text in English.")]


@notice.command()
def preview(
    *,
    title: Title = "",
    text: Text = "",
    title_en: TitleEn = "",
    text_en: TextEn = "",
    everyone: Everyone = False,
    community: Communities = None,
    grid: Grids = None,
    building: Buildings = None,
    role: Roles = None,
    audience: Saved = None,
    of_notice: OfNotice = None,
    channel: Channels = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say how many would get it over which channel, and who is left out and why. Nobody is told."""
    asked = _words(title, text, title_en, text_en) | {
        "audience": _audience(
            everyone=everyone,
            communities=community,
            grids=grid,
            buildings=building,
            roles=role,
            saved=audience,
            of_notice=of_notice,
        ),
        "channels": channel or [],
    }
    said = asyncio.run(_asked(data, "Audience", asked))
    if as_json:
        print_json(said)
        return
    over = ", ".join(f"{name} {number}" for name, number in sorted(said["channels"].items()))
    typer.echo(f"{said['recipients']} recipients ({over or 'nobody'})")
    for why, number in sorted(said["left_out"].items()):
        typer.echo(f"  left out: {number} {why}")
    for language, message in said["message"].items():
        typer.echo(f"  {language}: {message['characters']} characters, {message['sms']} SMS")


@notice.command()
def publish(
    *,
    title: Title,
    text: Text,
    title_en: TitleEn = "",
    text_en: TextEn = "",
    everyone: Everyone = False,
    community: Communities = None,
    grid: Grids = None,
    building: Buildings = None,
    role: Roles = None,
    audience: Saved = None,
    of_notice: OfNotice = None,
    channel: Channels = None,
    at: Annotated[str | None, typer.Option("--at", metavar="MOMENT", help="Not before then.")] = None,
    key: Annotated[
        str | None, typer.Option("--id", help="Its id: repeating it then tells nobody twice.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Publish a notice: it goes out at once, or at the moment that is named."""
    from shared.ids import new_id

    name = key or new_id()
    said: dict[str, Any] = _words(title, text, title_en, text_en) | {
        "notice": name,
        "audience": _audience(
            everyone=everyone,
            communities=community,
            grids=grid,
            buildings=building,
            roles=role,
            saved=audience,
            of_notice=of_notice,
        ),
        "channels": tuple(channel or ()),
        "starts": moment_of(at, data) if at else None,
    }
    asyncio.run(_commanded(data, "PublishNotice", said))
    print_json({"notice": name}) if as_json else typer.echo(f"published: {name}")


@notice.command()
def cancel(
    named: Annotated[str, typer.Argument(metavar="NOTICE")],
    *,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Stop it: whatever was not attempted yet is not sent. Says how many had gone out."""
    asyncio.run(_commanded(data, "CancelNotice", {"notice": named, "reason": reason}))
    _show(asyncio.run(_asked(data, "Notices", {"notice": named}))[0], as_json=as_json)


@notice.command()
def status(
    named: Annotated[str | None, typer.Argument(metavar="NOTICE", help="Without one, the newest.")] = None,
    *,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say how far a notice has come: how many messages are requested, gone out, waiting, failed."""
    items = asyncio.run(_asked(data, "Notices", {"notice": named} if named else {}))
    if as_json:
        print_json(items[0] if named else {"items": items})
        return
    for each in items:
        _show(each, as_json=False)
    if not items:
        typer.echo("there are no notices yet")


def _show(said: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    typer.echo(f"{said['notice']}  {said['stage']}  {said['starts']}  {said['title']['zh']}")
    outcomes = ", ".join(f"{name} {number}" for name, number in sorted(said["outcomes"].items()))
    typer.echo(f"  {said['gone_out']} of {said['deliveries']} have gone out ({outcomes or 'nothing yet'})")


def _words(title: str, text: str, title_en: str, text_en: str) -> dict[str, Any]:
    return {"title": {"zh": title, "en": title_en}, "text": {"zh": text, "en": text_en}}


def _audience(
    *,
    everyone: bool,
    communities: list[str] | None,
    grids: list[str] | None,
    buildings: list[str] | None,
    roles: list[str] | None,
    saved: str | None,
    of_notice: str | None,
) -> dict[str, Any]:
    return {
        "everyone": everyone,
        "communities": communities or [],
        "grids": grids or [],
        "buildings": buildings or [],
        "roles": roles or ["resident"],
        "saved": saved,
        "of_notice": of_notice,
    }


async def _asked(data: Path | None, query: str, asked: dict[str, Any]) -> Any:
    return await _with_notify(data, lambda bus, _: bus.ask(f"query.notify.{query}", asked, _PATIENCE))


async def _commanded(data: Path | None, name: str, said: dict[str, Any]) -> Any:
    from pydantic import ValidationError

    from shared import commands
    from shared.clock import now
    from shared.ids import new_id

    model = commands.CATALOGUE[name]

    async def send(bus: Any, settings: Any) -> Any:
        envelope = {"id": new_id(), "tenant": settings.tenant, "actor": _ACTOR, "at": now()}
        try:
            command = model.model_validate(envelope | said)
        except ValidationError as invalid:
            where = ".".join(map(str, invalid.errors()[0]["loc"]))
            raise Trouble(f"{where} cannot be used.", "`--help` says what it may be.") from None
        reply = await bus.send(command)
        if not reply.ok:
            raise Trouble(f"Notify refuses: {reply.reason}.", "")
        return reply

    return await _with_notify(data, send)


async def _with_notify(data: Path | None, work: Callable[[Any, Any], Awaitable[Any]]) -> Any:
    from lastmile.corridor import corridor, patiently
    from lastmile.stack import settings_for
    from shared.journal import UnavailableError
    from shared.refusal import Refused

    settings = settings_for(data)
    async with corridor(settings) as bus:
        try:
            return await patiently(lambda: work(bus, settings))
        except Refused as refused:
            raise Trouble(f"Notify refuses: {refused.reason}.", "") from None
        except UnavailableError:
            raise Trouble(
                "Notify does not answer.", "Is the stack up? `lastmile doctor` says what is wrong."
            ) from None

"""Notices (公告) for programs and terminals: `lastmile notice preview|publish|cancel|status`."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, grouped, moment_of, print_json

notice = typer.Typer(no_args_is_help=True, help="What many people are told at once, each of them once.")
_PATIENCE = 60.0
"""Seconds: whoever would reach a hundred thousand opens as many boxes first."""

Title = Annotated[str, typer.Option(help="The title, in Chinese.")]
Text = Annotated[str, typer.Option(help="The text, in Chinese.")]


@dataclass(frozen=True)
class More:
    """What a preview and a publication take alike, beside the words in Chinese."""

    title_en: Annotated[str, typer.Option(help="The title in English.")] = ""
    text_en: Annotated[str, typer.Option(help="The text in English.")] = ""
    everyone: Annotated[bool, typer.Option("--everyone", help="The whole street.")] = False
    community: Annotated[list[str] | None, typer.Option(help="A community; again for more.")] = None
    grid: Annotated[list[str] | None, typer.Option(help="A grid; again for more.")] = None
    building: Annotated[list[str] | None, typer.Option(help="A building; again for more.")] = None
    role: Annotated[
        list[str] | None,
        typer.Option(help="resident (as without any), worker, volunteer, group; again for more."),
    ] = None
    audience: Annotated[str | None, typer.Option(metavar="ID", help="A saved audience.")] = None
    of_notice: Annotated[str | None, typer.Option(metavar="ID", help="Whoever got this one.")] = None
    channel: Annotated[list[str] | None, typer.Option(help="sms or chat alone, whatever people prefer.")] = (
        None
    )

    def said(self, title: str, text: str) -> dict[str, Any]:
        return {
            "title": {"zh": title, "en": self.title_en},
            "text": {"zh": text, "en": self.text_en},
            "audience": {
                "everyone": self.everyone,
                "communities": self.community or [],
                "grids": self.grid or [],
                "buildings": self.building or [],
                "roles": self.role or ["resident"],
                "saved": self.audience,
                "of_notice": self.of_notice,
            },
            "channels": self.channel or [],
        }


@notice.command()
@grouped
def preview(
    *,
    title: Title = "",
    text: Text = "",
    more: More,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say how many would get it over which channel, and who is left out and why. Nobody is told."""
    said = _asked(data, "Audience", more.said(title, text))
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
@grouped
def publish(
    *,
    title: Title,
    text: Text,
    more: More,
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
    said = {"notice": name, "starts": moment_of(at, data) if at else None}
    _sent(data, "PublishNotice", more.said(title, text) | said)
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
    _sent(data, "CancelNotice", {"notice": named, "reason": reason})
    _show(_asked(data, "Notices", {"notice": named})[0], as_json=as_json)


@notice.command()
def status(
    named: Annotated[str | None, typer.Argument(metavar="NOTICE", help="Without one, the newest.")] = None,
    *,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say how far a notice has come: how many messages are requested, gone out, waiting, failed."""
    items = _asked(data, "Notices", {"notice": named} if named else {})
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


def _asked(data: Path | None, query: str, question: dict[str, Any]) -> Any:
    from lastmile.asking import asked

    return asyncio.run(asked(data, f"notify.{query}", question, within=_PATIENCE))


def _sent(data: Path | None, name: str, said: dict[str, Any]) -> None:
    from lastmile.asking import sent

    asyncio.run(sent(data, name, said))

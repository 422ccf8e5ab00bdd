"""What messages say: `lastmile templates …`."""

import asyncio
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, print_json, print_reply, refuse

templates = typer.Typer(
    no_args_is_help=True,
    help="What messages say: every text, how it looks and what it costs, another wording.",
)
Named = Annotated[str, typer.Argument(metavar="TEMPLATE", help="sms.reporter.received")]
Zh = Annotated[str | None, typer.Option(help="The text in Chinese; none: as it is.")]
En = Annotated[str | None, typer.Option(help="The text in English; none: as it is.")]


@templates.command("list")
def every(data: Data = None, as_json: Json = False) -> None:
    """Print what every message says, in Chinese."""
    from lastmile.asking import asked

    found = asyncio.run(asked(data, "notify.MessageTemplates", {}))
    if as_json:
        print_json(found)
        return
    for row in found["items"]:
        stale = f"  not what {', '.join(row['stale'])} has approved" if row["stale"] else ""
        typer.echo(f"{row['template']} (version {row['version']}): {row['zh']!r}{stale}")


@templates.command()
def show(template: Named, data: Data = None, as_json: Json = False) -> None:
    """Print one message: its texts, placeholders, versions, and what the providers have approved."""
    from lastmile.asking import asked

    found = asyncio.run(asked(data, "notify.MessageTemplate", {"template": template}))
    if as_json:
        print_json(found)
        return
    _tell(found)
    for each in found["approved"]:
        matches = {None: "takes any text", True: "matches", False: "does not match"}[each["matches"]]
        typer.echo(f"{each['gateway']}: {each['id'] or '–'} {matches}")
    for each in found["versions"]:
        typer.echo(f"version {each['version']} {each['at']} {each['actor']} {each['note']}")


@templates.command()
def preview(
    template: Named, *, zh: Zh = None, en: En = None, data: Data = None, as_json: Json = False
) -> None:
    """Say how a message looks, how long it gets and what it costs; exit code 1 where a wording cannot be used."""
    from lastmile.asking import asked

    wording = {name: text for name, text in (("zh", zh), ("en", en)) if text is not None}
    found = asyncio.run(asked(data, "notify.MessageTemplate", {"template": template} | wording))
    if as_json:
        print_json(found)
    else:
        _tell(found)
    if found["mistakes"]:
        raise typer.Exit(1)


@templates.command()
def revise(
    template: Named,
    *,
    zh: Zh = None,
    en: En = None,
    note: Annotated[str, typer.Option(help="Why it is changed.")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """From now on a message says this. The same again changes nothing."""
    from lastmile.wordings import revised
    from shared.refusal import Refused

    try:
        reply = asyncio.run(revised(data, template, zh, en, note))
    except Refused as refused:
        refuse(refused.reason, refused.detail, _tell_mistakes, as_json=as_json)
    print_reply(reply, new="a new version", same="it says so already", as_json=as_json)


def _tell_mistakes(mistakes: list[dict[str, str]]) -> None:
    for each in mistakes:
        typer.secho(f"{each['field']}: {each['problem']} {each['about']}".rstrip(), fg="red", err=True)


def _tell(found: dict[str, Any]) -> None:
    typer.echo(f"{found['template']}, version {found['version']}")
    named = ", ".join(
        f"{{{each['name']}}} {each['type']}{' (needed)' if each['needed'] else ''}"
        for each in found["placeholders"]
    )
    typer.echo(f"placeholders: {named}")
    _tell_mistakes(found["mistakes"])
    for language, shown in found["previews"].items():
        if shown is None:
            continue
        typer.echo(f"{language}: {shown['text']}")
        for what, said in (("as above", shown["length"]), ("at its longest", shown["longest"])):
            typer.echo(
                f"  {what}: {said['characters']} characters, {said['encoding']}, {said['parts']} parts"
            )
        for each in shown["gateways"]:
            cost = f", {each['cost']} {each['currency']}" if each["cost"] is not None else ""
            typer.echo(f"  {each['gateway']}: {each['parts']} parts{cost}, {each['longest_parts']} at most")

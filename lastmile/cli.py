"""The program `lastmile`."""

import logging
import sys
from importlib.metadata import version
from typing import Annotated, Any

import structlog
import typer
from typer.core import TyperGroup

from lastmile.commands import (
    alert,
    book,
    bulletin,
    deliveries,
    gateways,
    guidance,
    hot,
    importing,
    ledger,
    models,
    moving,
    notice,
    parked,
    policy,
    preferences,
    record_templates,
    stack,
    templates,
)
from lastmile.trouble import Trouble


class _Friendly(TyperGroup):
    """Tells a Trouble in two lines, without a traceback; and a file that cannot be used, whichever command asked for it."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Trouble as trouble:
            raise self._told(trouble) from None
        except OSError as unusable:
            if unusable.filename is None:
                raise
            trouble = Trouble(f"{unusable.filename} cannot be read or written: {unusable.strerror}.")
            raise self._told(trouble) from None

    def _told(self, trouble: Trouble) -> typer.Exit:
        typer.secho(trouble.what, fg="red", err=True)
        if trouble.todo:
            typer.echo(f"  {trouble.todo}", err=True)
        return typer.Exit(1)


app = typer.Typer(
    cls=_Friendly,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Every matter of the neighbourhood lands with one named grid worker, and nobody is left without an answer.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("lastmile"))
        raise typer.Exit


@app.callback()
def program(
    _version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    """What every command does first. Standard output is the answer's; a service sets up its own log."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


app.add_typer(stack.app)
app.add_typer(models.app)
app.add_typer(ledger.app)
app.add_typer(importing.grids, name="grids")
app.add_typer(book.posts, name="posts")
app.add_typer(book.rota, name="rota")
app.add_typer(moving.requests, name="requests")
app.add_typer(policy.policy, name="policy")
app.add_typer(policy.app)
app.add_typer(parked.parked, name="parked")
app.add_typer(deliveries.app)
app.add_typer(gateways.gateways, name="gateways")
app.add_typer(preferences.preferences, name="preferences")
app.add_typer(templates.templates, name="templates")
app.add_typer(guidance.guidance, name="guidance")
app.add_typer(record_templates.records, name="records")
app.add_typer(hot.app)
app.add_typer(alert.app)
app.add_typer(bulletin.bulletin, name="bulletin")
app.add_typer(notice.notice, name="notice")

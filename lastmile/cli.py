"""The program `lastmile`."""

from typing import Any

import typer
from typer.core import TyperGroup

from lastmile.commands import importing, parked, stack
from lastmile.trouble import Trouble


class _Friendly(TyperGroup):
    """Tells a Trouble in two lines, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Trouble as trouble:
            typer.secho(trouble.what, fg="red", err=True)
            if trouble.todo:
                typer.echo(f"  {trouble.todo}", err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=_Friendly,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Every matter of the neighbourhood lands with one named grid worker, and nobody is left without an answer.",
)
app.add_typer(stack.app)
app.add_typer(importing.grids, name="grids")
app.add_typer(importing.requests, name="requests")
app.add_typer(parked.parked, name="parked")

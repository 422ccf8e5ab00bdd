"""The stack and its programs: up, run, migrate, doctor, token, secrets, demo, simulate."""

import asyncio
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from lastmile.commands import Data, Json, print_json
from lastmile.trouble import Trouble

app = typer.Typer()


@app.command()
def up(
    data: Annotated[Path, typer.Option(metavar="DIR", help="Where the stack keeps everything.")] = Path(
        ".stack"
    ),
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="The residents' door; as last time, at first 8080."),
    ] = None,
    console_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The staff's door; as last time, at first 8090.")
    ] = None,
    demo: Annotated[
        bool | None, typer.Option("--demo/--no-demo", help="The demo street; as last time, at first yes.")
    ] = None,
) -> None:
    """Start everything here: NATS, MongoDB, all services. Ctrl-C stops it; the data stays."""
    from lastmile.stack import Stack
    from lastmile.up import Wishes, up

    up(Stack(data), Wishes(port, console_port, demo))


@app.command()
def run(
    service: Annotated[str, typer.Argument(help="intake, routing, notify, deliberation or console")],
) -> None:
    """Run one service in this process, with the settings of the environment."""
    from deploy.topology import SERVICES

    if service not in SERVICES:
        raise Trouble(f"There is no service {service!r}.", f"There are {', '.join(SERVICES)}.")
    from pydantic import ValidationError

    from shared.service import run
    from shared.settings import Settings

    try:
        settings = Settings()  # pyright: ignore[reportCallIssue] - read from the environment
    except ValidationError as invalid:
        wrong = [f"LASTMILE_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in invalid.errors()]
        raise Trouble(
            "; ".join(wrong), "`lastmile secrets --env` makes keys; .env.example lists every setting."
        ) from None
    run(import_module(f"services.{service}.app").build, settings)


@app.command()
def migrate(data: Data = None, replicas: Annotated[int, typer.Option(min=1, max=5)] = 1) -> None:
    """Declare streams and consumers, before services run. Doing it again changes nothing."""
    from deploy.topology import migrate
    from lastmile.corridor import corridor
    from lastmile.stack import settings_for

    async def work() -> list[str]:
        async with corridor(settings_for(data), within=60) as bus:
            return await migrate(bus.client, replicas=replicas)

    for line in asyncio.run(work()):
        typer.echo(line)


@app.command()
def doctor(data: Data = None, as_json: Json = False) -> None:
    """Say what is wrong here and what to do about it; exit code 1 when something is."""
    from lastmile.doctor import examine

    findings = asyncio.run(examine(data))
    if as_json:
        print_json([vars(finding) for finding in findings])
    else:
        for finding in findings:
            colour = {"look": "yellow", "wrong": "red"}.get(finding.state)
            typer.secho(f"{finding.state:7}{finding.name}: {finding.says}", fg=colour)
            if finding.state != "ok" and finding.todo:
                typer.echo(f"       {finding.todo}")
    if any(finding.state == "wrong" for finding in findings):
        raise typer.Exit(1)


@app.command()
def token(
    role: Annotated[str, typer.Option(help="staff, worker, secretary, director or operator")],
    data: Data = None,
    subject: Annotated[str | None, typer.Option(help="Who it is: s-… for staff, w-… for a worker.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it is good for.")] = 30,
    area: Annotated[list[str] | None, typer.Option(help="Only this community; may be repeated.")] = None,
) -> None:
    """Print a bearer token for the staff's door."""
    from lastmile.stack import settings_for
    from shared.staff import ROLES, make_token

    if role not in ROLES:
        raise Trouble(f"There is no role {role!r}.", f"There are {', '.join(ROLES)}.")
    if role == "worker" and subject is None:
        raise Trouble("A worker's token must say whose it is.", "Add --subject, for example w-chen-guilan.")
    typer.echo(
        make_token(
            settings_for(data),
            subject or f"s-{role}",
            role,
            timedelta(days=days),
            tuple(area or ()),
        )
    )


@app.command()
def secrets(
    data: Data = None,
    env: Annotated[bool, typer.Option("--env", help="Print them as NAME=value, for an .env file.")] = False,
) -> None:
    """Say where the stack's secrets are; make them when there are none yet."""
    from lastmile import keys
    from lastmile.stack import DEFAULT, Stack

    stack = Stack(data or DEFAULT)
    stack.make_room()
    if env:
        typer.echo(keys.as_environment(stack.secrets), nl=False)
        return
    path = stack.data / "secrets.env"
    typer.echo(f"{len(stack.secrets)} secrets in {path}, readable by you alone: {', '.join(stack.secrets)}")
    typer.echo("Keep a copy in a safe place: without the master key, what was sealed stays sealed.")


@app.command()
def demo(data: Data = None, as_json: Json = False) -> None:
    """Load the demo street into a running stack: grids, workers, thirty days. Again changes nothing."""
    from lastmile.demo.load import load_community, tell_history
    from lastmile.stack import settings_for

    settings = settings_for(data)

    async def work() -> dict[str, Any]:
        report = await load_community(settings)
        told = await tell_history(settings)
        return {"grids": report.grids, "workers": report.on_duty, **vars(told)}

    done = asyncio.run(work())
    if as_json:
        print_json(done)
    else:
        typer.echo("{grids} grids, {workers} posts, {requests} requests with their lives".format(**done))


@app.command()
def simulate(
    rate: Annotated[float, typer.Option(min=0.01, max=1000, help="Submissions a second.")] = 1.0,
    lasting: Annotated[str, typer.Option("--for", metavar="T", help="How long: 60s, 5m, 1h.")] = "60s",
    data: Data = None,
    seed: Annotated[int | None, typer.Option(help="The same seed says the same things.")] = None,
    as_json: Json = False,
) -> None:
    """Live on in the demo street: residents write over all channels, workers accept and resolve, residents answer."""
    from lastmile.simulation.run import simulate
    from lastmile.stack import settings_for

    summary = asyncio.run(
        simulate(settings_for(data), rate=rate, seconds=_seconds(lasting), seed=seed, quiet=as_json)
    )
    if as_json:
        print_json(summary)


def _seconds(text: str) -> float:
    units = {"s": 1, "m": 60, "h": 3600}
    number, unit = (text[:-1], text[-1:]) if text[-1:] in units else (text, "s")
    try:
        seconds = float(number) * units[unit]
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise Trouble(f"{text!r} is no length of time.", "Write it like 60s, 5m or 1h.")
    return seconds

"""`lastmile doctor`: what is wrong here, and what to do about it."""

import shutil
import stat
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
from nats.errors import Error as NatsError
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from deploy.topology import DURABLES
from lastmile import mongod, natsd, ports
from lastmile.corridor import corridor, last_fact
from lastmile.stack import DEFAULT, DOORS, Stack, settings_for
from lastmile.trouble import Trouble
from shared.bus import Bus
from shared.envelope import History
from shared.journal import UnavailableError
from shared.settings import Settings

_LEAST_SPACE = 1024**3  # bytes
_LONG_QUEUE = 1000  # messages


@dataclass(frozen=True)
class Finding:
    """``look``: nothing is broken, and somebody should have a look."""

    name: str
    state: Literal["ok", "look", "wrong"]
    says: str
    todo: str = ""


async def examine(data: Path | None) -> list[Finding]:
    findings = list(_machine())
    stack = Stack(data or DEFAULT)
    if stack.exists:
        findings += _stack(stack)
    try:
        settings = settings_for(data)
    except Trouble as none:
        findings += _before_the_first_start()
        findings.append(Finding("stack", "ok", none.what, none.todo))
        return findings
    if any(finding.name == "stack" and finding.state == "wrong" for finding in findings):
        return findings  # of what does not run there is no more to say
    async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
        findings += [finding async for finding in _services(settings, client)]
    try:
        async with corridor(settings, within=3) as bus:
            findings += [finding async for finding in _journal(settings, bus)]
    except Trouble as trouble:
        findings.append(Finding("nats", "wrong", trouble.what, "`lastmile up` starts the stack."))
    return findings


# the machine ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _machine() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    recent = sys.version_info >= (3, 11)
    yield Finding(
        "python",
        "ok" if recent else "wrong",
        version,
        "Lastmile needs Python 3.11 or newer; `make env` finds it.",
    )
    yield _engine("nats-server", natsd.program)
    yield _engine("mongod", lambda: (engine := mongod.choose()).remark or engine.program)


def _engine(name: str, choose: Callable[[], str]) -> Finding:
    try:
        return Finding(name, "ok", choose())
    except Trouble as trouble:
        return Finding(name, "wrong", trouble.what, trouble.todo)


def _before_the_first_start() -> Iterator[Finding]:
    for door, option in (("intake", "--port"), ("console", "--console-port")):
        free = ports.is_free(DOORS[door])
        says = f"port {DOORS[door]} is {'free' if free else 'taken'}"
        yield Finding(
            f"port of {door}", "ok" if free else "look", says, f"`lastmile up {option} PORT` uses another."
        )


# the stack on disk ─────────────────────────────────────────────────────────────────────────────────────────────────


def _stack(stack: Stack) -> Iterator[Finding]:
    free = shutil.disk_usage(stack.at).free
    yield Finding(
        "disk",
        "ok" if free > _LEAST_SPACE else "wrong",
        f"{free / 1024**3:.1f} GB are free",
        "Make room: NATS and MongoDB stop writing when the disk is full.",
    )
    mode = stat.S_IMODE((stack.at / "secrets.env").stat().st_mode)
    yield Finding(
        "secrets",
        "ok" if not mode & 0o077 else "wrong",
        f"secrets.env has mode {mode:04o}",
        f"Others can read it: chmod 600 {stack.data / 'secrets.env'}",
    )
    here = "" if stack.data == DEFAULT else f" --data {stack.data}"
    yield Finding(
        "stack",
        "ok" if stack.is_up else "wrong",
        f"{stack.data} is {'up' if stack.is_up else 'not running'}",
        f"`lastmile up{here}` starts it.",
    )


# what runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _services(settings: Settings, client: httpx.AsyncClient) -> AsyncIterator[Finding]:
    for service, url in settings.service_urls.items():
        try:
            answer = await client.get(f"{url}/readyz")
            checks = answer.json().get("checks", {})
        except (httpx.HTTPError, ValueError, AttributeError):
            yield Finding(service, "wrong", f"does not answer at {url}", f"See its log: logs/{service}.log.")
            continue
        waits = [name for name, well in checks.items() if not well]
        ready = answer.status_code == 200
        says = "ready" if ready else f"waits for {', '.join(waits) or 'itself'}"
        yield Finding(service, "ok" if ready else "wrong", says, "It goes on by itself when that is back.")
        for sample in await _counted(client, url, "lastmile_gateway_misset"):
            if sample.name.endswith("_total") and sample.value:
                yield Finding(
                    f"gateway {sample.labels['gateway']}",
                    "look",
                    f"{sample.labels['why']}: {sample.value:.0f} messages went elsewhere, or wait",
                    f"Mend gateways.toml or the account (docs/gateways.md), and start {service} again.",
                )
        held = int(sum(sample.value for sample in await _counted(client, url, "lastmile_histories_held")))
        if held:
            yield Finding(
                f"{service} histories",
                "wrong",
                f"{held} held: an event of theirs cannot be read",
                f"Look for history_held in logs/{service}.log; a release that reads it lets them go on.",
            )


async def _counted(client: httpx.AsyncClient, url: str, name: str) -> list[Sample]:
    """Return what a service counts under this name; nothing when it does not answer."""
    try:
        text = (await client.get(f"{url}/metrics")).text
        families = [f for f in text_string_to_metric_families(text) if f.name == name]
    except (httpx.HTTPError, ValueError):
        return []
    return [sample for family in families for sample in family.samples]


async def _journal(settings: Settings, bus: Bus) -> AsyncIterator[Finding]:
    js = bus.client.jetstream()
    for durable in DURABLES:
        name = f"consumer {durable.name}"
        try:
            info = await js.consumer_info(durable.stream, durable.name)
        except (NatsError, OSError):
            yield Finding(
                name, "wrong", "is not declared, or does not answer", "`lastmile migrate` declares it."
            )
            continue
        waiting = (info.num_pending or 0) + (info.num_ack_pending or 0)
        state = "look" if waiting > _LONG_QUEUE else "ok"
        todo = f"Is {durable.service} running, and does the number fall? Else start another replica of it."
        yield Finding(name, state, f"{waiting} messages wait", todo)
    try:
        lot = (await js.stream_info("PARKED")).state.messages
        yield Finding(
            "parked", "look" if lot else "ok", f"{lot} messages", "`lastmile parked list` shows them."
        )
        area = History(settings.tenant, "routing", "area", settings.tenant)
        drawn = await last_fact(bus, area) is not None
    except (NatsError, OSError, UnavailableError):
        yield Finding(
            "streams", "wrong", "are not declared, or do not answer", "`lastmile migrate` declares them."
        )
        return
    todo = "`lastmile grids import FILE.geojson` draws them; until then every request waits in triage."
    yield Finding("grids", "ok" if drawn else "look", "are drawn" if drawn else "are not drawn yet", todo)

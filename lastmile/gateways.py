"""Looking after the gateways: is the file right, and does one of them really send?"""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from lastmile.stack import settings_for
from lastmile.trouble import Trouble
from services.notify.gateways.calling_back import CallsBack
from services.notify.gateways.ears import Listens
from services.notify.gateways.gateway import (
    Accepted,
    Channel,
    Gateway,
    HandedOver,
    Message,
    Outcome,
    Parts,
    Rejected,
    RetryLater,
    Unknown,
)
from services.notify.gateways.registry import (
    Gateways,
    UnusableGatewaysError,
    parse_gateways,
    read_gateways,
)
from shared.ids import new_id
from shared.store import Store
from shared.tasks import end
from shared.vault import Locksmith


def sealed(data: Path | None, credential: str) -> str:
    """Seal a credential under the master key of this stack."""
    return Locksmith(settings_for(data).master).seal_setting(credential)


def read(data: Path | None, file: Path | None) -> Gateways:
    """Read the file, or the one that this stack uses. Raises Trouble."""
    settings = settings_for(data)
    try:
        return read_gateways(settings) if file is None else parse_gateways(file, Locksmith(settings.master))
    except UnusableGatewaysError as unusable:
        raise Trouble(str(unusable), "docs/gateways.md tells what each kind asks for.") from None


@dataclass(frozen=True)
class Callback:
    """``sealed``: what the file has to say so that these addresses hold; None: it says so."""

    receipts: str
    replies: str
    sealed: str | None


def callback(data: Path | None, file: Path | None, name: str) -> Callback:
    """Where the provider of this gateway may call back: as the file says, or at an address just thought up. Raises Trouble."""
    settings, known = settings_for(data), read(data, file)
    able = {each.name: each for each in known.gateway if isinstance(each, CallsBack)}
    if name not in able:
        named = "Able to are: " + ", ".join(able) if able else "docs/gateways.md tells which kinds are."
        raise Trouble(f"No gateway that is named {name} can be called back.", named)
    holds = able[name].callback
    secret = holds.get_secret_value() if holds else secrets.token_urlsafe(24)
    at = f"{settings.public_url.rstrip('/')}/callbacks/{name}"
    return Callback(
        f"{at}/receipts/{secret}", f"{at}/replies/{secret}", None if holds else sealed(data, secret)
    )


async def send(data: Path | None, file: Path | None, name: str, message: Message) -> Outcome:
    """Send one message over one gateway, now, beside all rules: nothing of it stands in the journal. Raises Trouble."""
    known = read(data, file)
    chosen = next((each for each in known.gateway if each.name == name), None)
    if chosen is None:
        raise Trouble(
            f"No gateway is named {name}.", "Named are: " + ", ".join(each.name for each in known.gateway)
        )
    if message.channel not in chosen.channels:
        able = " and ".join(chosen.channels)
        raise Trouble(
            f"{name} sends {able}, and {message.to} is an address of {message.channel}.",
            "A telephone number begins with +86, a chat's address with its gateway's name.",
        )
    store = Store(settings_for(data), "notify")
    try:
        async with httpx.AsyncClient(timeout=chosen.timeout) as http:
            gateway: Gateway = chosen.open(Parts(http, store.collection("sandbox")))
            async with _alive(gateway):
                return await gateway.send(message)
    finally:
        store.close()


@asynccontextmanager
async def _alive(gateway: Gateway) -> AsyncGenerator[None]:
    """Keep its connection, if it has one, to send alone: what comes in is for the service to hear."""
    life = asyncio.create_task(gateway.run(None)) if isinstance(gateway, Listens) else None
    try:
        yield
    finally:
        if life is not None:
            await end([life])


def unreached(known: Gateways) -> list[Channel]:
    """Return the channels that no gateway of the file serves."""
    served = {channel for each in known.gateway for channel in each.channels}
    channels: tuple[Channel, ...] = ("sms", "chat")
    return [channel for channel in channels if channel not in served]


def trial(to: str, text: str, template: str, values: dict[str, str]) -> Message:
    channel: Channel = "sms" if to.startswith("+") else "chat"
    return Message(new_id(), channel, to, text, template, values)


def told(outcome: Outcome) -> dict[str, Any]:
    """What became of a trial, in words. ``after``: seconds, where the provider says when to come again."""
    match outcome:
        case Accepted(reference=detail) | HandedOver(reference=detail):
            word = "handed over" if isinstance(outcome, HandedOver) else "accepted"
        case Rejected(why=detail):
            word = "rejected"
        case RetryLater(why=detail):
            word = "later"
        case Unknown(why=detail):
            word = "unknown"
    after = outcome.after if isinstance(outcome, RetryLater) else None
    return {
        "outcome": word,
        "detail": detail,
        "after": after.total_seconds() if after else None,
        "misset": isinstance(outcome, RetryLater) and outcome.ours,
    }

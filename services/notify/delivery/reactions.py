"""Sending what was requested: attempt, call the gateway, record the outcome. Never twice."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from services.notify.addresses import Addresses
from services.notify.gateways.gateway import Accepted, Gateway, Message, Outcome, Rejected, Unknown
from services.notify.templates import Templates
from shared.clock import now
from shared.commands.delivery import AttemptDelivery, RecordOutcome
from shared.desk import Desk, Done
from shared.envelope import Fact
from shared.events.delivery import DeliveryRequested
from shared.ids import named_id, new_id
from shared.journal import UnavailableError
from shared.observability import DELIVERIES
from shared.reaction import Reactions
from shared.store import StoreError

_PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0, 4.0)  # seconds; a server that was killed is back by then


@dataclass(frozen=True)
class Work:
    desk: Desk
    gateway: Gateway
    addresses: Addresses
    templates: Templates


reactions: Reactions[Work] = Reactions()


@reactions.on(DeliveryRequested)
async def send(fact: Fact, event: DeliveryRequested, work: Work) -> None:
    """An attempt without an outcome means that somebody died in between: unknown, and never blindly sent again."""
    tenant, delivery = fact.history.tenant, fact.history.id
    state = await work.desk.state("delivery", tenant, delivery)
    if state.status == "attempted":
        await _record(fact, event, Unknown("interrupted"), work)
        return
    if state.status != "requested":
        return
    to = await work.addresses.of(tenant, event.recipient, event.channel)
    text = await work.templates.render(event.template, event.values)
    attempt = AttemptDelivery(**_named(fact, new_id()), gateway=work.gateway.name)
    if (await _insist(attempt, fact, work)).type is None:
        # Another replica has it, or somebody died with it: the next look finds out which.
        raise TimeoutError("attempted already")
    if to is None:
        await _record(fact, event, Rejected("no_address"), work)
    else:
        message = Message(id=delivery, channel=event.channel, to=to, text=text)
        await _record(fact, event, await work.gateway.send(message), work)


async def _insist(command: AttemptDelivery | RecordOutcome, fact: Fact, work: Work) -> Done:
    """Do it when journal and store are back, if they were away for a moment. Only whoever is at it knows whether the
    gateway was called and what it said; whoever comes later can but write "unknown".
    """
    for pause in _PAUSES:
        with suppress(UnavailableError, StoreError):
            return await work.desk.do(command, cause=fact.id)
        await asyncio.sleep(pause)
    return await work.desk.do(command, cause=fact.id)


async def _record(fact: Fact, event: DeliveryRequested, outcome: Outcome, work: Work) -> None:
    match outcome:
        case Accepted(reference=detail):
            word = "accepted"
        case Rejected(why=detail):
            word = "failed"
        case Unknown(why=detail):
            word = "unknown"
    named = _named(fact, named_id(fact.id, "outcome", word))
    command = RecordOutcome(**named, gateway=work.gateway.name, outcome=word, detail=detail)
    await _insist(command, fact, work)
    DELIVERIES.labels(event.channel, work.gateway.name, word).inc()


def _named(fact: Fact, command_id: str) -> dict[str, Any]:
    history = fact.history
    return {
        "id": command_id,
        "tenant": history.tenant,
        "actor": "service:notify",
        "at": now(),
        "delivery": history.id,
    }

"""Past requests, read from the journal in batches: no consumer, no read model, nothing that has to be kept."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime

from nats.aio.client import Client
from nats.errors import Error as NatsError
from pydantic_core import to_json

from services.routing.grid_book import PlanIndex
from services.routing.policy.dry_run import Past
from services.routing.policy.rules import Matter
from shared.envelope import Fact, UnreadableError, read_fact, read_headers
from shared.events.submission import RequestSubmitted
from shared.journal import UnavailableError
from shared.vault import Vault
from shared.wire import Raw, let_go, take

_AT_ONCE = 500
_PATIENCE = 10.0  # seconds for a batch
_ALL_TOLD = {b"204", b"404"}
_STATUS = re.compile(rb"NATS/1\.0 (\d{3})")
_WHERE = re.compile(rb"\nNats-Subject: ([^\r\n]+)\r\n(?:.*\r\n)*?Nats-Sequence: (\d+)")


async def submissions(client: Client, tenant: str) -> AsyncIterator[list[Fact]]:
    """Yield what was submitted, in the journal's order, by batches (ADR-31's batched direct get).

    Raises UnavailableError.
    """
    subject = f"journal.{tenant}.*.intake.submission.*"
    coming = asyncio.create_task(_batch(client, subject, 1))
    try:
        while True:
            batch, reached = await coming
            if reached == 0:
                return
            coming = asyncio.create_task(
                _batch(client, subject, reached + 1)
            )  # it comes while this one is judged
            yield batch
    finally:
        coming.cancel()


async def _batch(client: Client, subject: str, first: int) -> tuple[list[Fact], int]:
    """Return what could be read, and the sequence up to which there was anything; 0: nothing."""
    arrived: list[Raw] = []
    ended = asyncio.Event()

    def came(raw: Raw) -> None:
        arrived.append(raw)
        if not raw.data and _STATUS.match(raw.headers):
            ended.set()

    inbox = client.new_inbox()
    try:
        answers = await client.subscribe(inbox)
        take(client, answers, came)
        try:
            question = {"seq": first, "next_by_subj": subject, "batch": _AT_ONCE}
            await client.publish("$JS.API.DIRECT.GET.JOURNAL", to_json(question), reply=inbox)
            async with asyncio.timeout(_PATIENCE):
                await ended.wait()
        finally:
            let_go(client, answers)
            await answers.unsubscribe()
    except (NatsError, OSError, TimeoutError) as lost:
        raise UnavailableError("the journal does not answer") from lost
    *told, last = arrived
    status = _STATUS.match(last.headers)
    if status is None or status[1] not in _ALL_TOLD:
        raise UnavailableError("the journal does not tell all")
    found: list[Fact] = []
    reached = 0
    for raw in told:
        where = _WHERE.search(raw.headers)
        if where is None:
            continue
        reached = int(where[2])
        with suppress(UnreadableError):  # its history is held, and `lastmile doctor` tells of it
            found.append(read_fact(where[1].decode(), read_headers(raw.headers), raw.data, reached))
    return found, reached


async def past_requests(
    facts: Sequence[Fact],
    index: PlanIndex | None,
    vault: Vault | None,
    *,
    since: datetime | None = None,
) -> list[Past]:
    """Make of what was submitted what rules ask about; ``vault`` only where a rule asks for words."""
    told = [
        (fact, fact.event)
        for fact in facts
        if isinstance(fact.event, RequestSubmitted) and (since is None or fact.event.at >= since)
    ]
    texts: dict[str, str] = {}
    if vault is not None:
        boxes = [(fact.history.subject, event.sealed) for fact, event in told if event.sealed is not None]
        opened = await vault.open_many(boxes)
        texts = {
            sealed.key: (fields or {}).get("text", "")
            for (_, sealed), fields in zip(boxes, opened, strict=True)
        }
    return [
        Past(
            request=fact.history.id,
            code=event.code,
            key=event.source_key,
            matter=Matter(
                event.category,
                event.kind,
                event.channel,
                event.at,
                texts.get(event.sealed.key, "") if event.sealed else "",
            ),
            placed=None if index is None else index.grid_of(event.place),
        )
        for fact, event in told
    ]

"""Past requests, read from the journal in batches: no consumer, no read model, nothing that has to be kept."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime

from nats.aio.client import Client
from nats.errors import Error as NatsError
from pydantic_core import to_json

from services.routing.grid_book import PlanIndex
from services.routing.policy.dry_run import Past
from services.routing.policy.rules import Matter
from shared.envelope import Fact, UnreadableError
from shared.events.submission import RequestSubmitted
from shared.journal import UnavailableError, fact_of
from shared.vault import Vault

_AT_ONCE = 500
_PATIENCE = 10.0  # seconds for a batch
_ALL_TOLD = {"204", "404"}


async def submissions(client: Client, tenant: str) -> AsyncIterator[list[Fact]]:
    """Yield what was submitted, in the journal's order, by batches (ADR-31's batched direct get).

    Raises UnavailableError.
    """
    subject, last = f"journal.{tenant}.*.intake.submission.*", 0
    while True:
        batch, reached = await _batch(client, subject, last + 1)
        if reached == 0:
            return
        last = reached
        yield batch


async def _batch(client: Client, subject: str, first: int) -> tuple[list[Fact], int]:
    """Return what could be read, and the sequence up to which there was anything; 0: nothing."""
    found: list[Fact] = []
    reached = 0
    inbox = client.new_inbox()
    try:
        answers = await client.subscribe(inbox)
        try:
            question = {"seq": first, "next_by_subj": subject, "batch": _AT_ONCE}
            await client.publish("$JS.API.DIRECT.GET.JOURNAL", to_json(question), reply=inbox)
            while True:
                message = await answers.next_msg(timeout=_PATIENCE)
                headers = message.headers or {}
                if headers.get("Status") in _ALL_TOLD:
                    return found, reached
                if "Nats-Sequence" not in headers:
                    raise UnavailableError(f"the journal answered {headers.get('Status')}")
                reached = int(headers["Nats-Sequence"])
                with suppress(UnreadableError):  # its history is held, and `lastmile doctor` tells of it
                    found.append(fact_of(message))
        finally:
            await answers.unsubscribe()
    except (NatsError, OSError) as lost:
        raise UnavailableError("the journal does not answer") from lost


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

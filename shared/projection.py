"""Projections: events in, documents out. Correct with any number of replicas, in any order, with any repeats.

Load, fold, compare-and-swap. A document keeps one head (version and revision) for each history that it folds and
advances it on every event of that history. An event at or below the head is skipped; a gap is closed by reading
the journal; an event that cannot be read holds its history, and other histories go on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nats.aio.msg import Msg

from shared.consumer import acknowledge, give_back
from shared.envelope import Fact, History, UnreadableError
from shared.journal import Journal, fact_of
from shared.observability import CONSUMER_HANDLED, HISTORIES_HELD, UNKNOWN_EVENTS, log
from shared.store import Document, Store, compare_and_swap

Body = dict[str, Any]
Key = Callable[[History], str | None]
Fold = Callable[[Body, Fact], Body]
Publish = Callable[[str, Document], Awaitable[None]]
_TRIES = 8


@dataclass(frozen=True)
class Model:
    """A read model. ``key`` says to which document a history belongs; ``fold`` is pure and cannot fail.
    """

    name: str
    key: Key
    fold: Fold
    indexes: Sequence[Sequence[str]] = ()
    view: str | None = None
    """Published to VIEWS under this name, when set."""
    show: Callable[[Body], Body] = field(default=lambda body: body)
    """What of the body goes into the view."""


def document_id(tenant: str, key: str) -> str:
    return f"{tenant}:{key}"


def blank(tenant: str, key: str) -> Document:
    return {"_id": document_id(tenant, key), "tenant": tenant, "id": key, "n": 0, "heads": {}, "recent": [], "body": {}}


def head_name(history: History, key: str) -> str:
    return history.aggregate if history.id == key else f"{history.aggregate}:{history.id}"


def advance(document: Document, fact: Fact, fold: Fold, head: str) -> None:
    """Fold one event that comes right after the head, and move the head; unknown types move it, too."""
    if fact.event is not None:
        document["body"] = fold(document["body"], fact)
    document["heads"][head] = {"v": fact.version, "r": fact.revision}
    document["n"] += 1
    document["recent"] = [*document["recent"][-15:], fact.id]


class Projection:
    """Keeps one model's documents at the state of the journal."""

    def __init__(self, model: Model, store: Store, journal: Journal, publish: Publish | None = None, *, generation: int | None = None) -> None:
        self.model = model
        self._store = store
        self._journal = journal
        self._publish = publish
        self._generation = generation

    async def apply(self, facts: Sequence[Fact | UnreadableError]) -> None:
        """Fold facts, in any order, with any repeats. Raises what the store and the journal raise."""
        waiting = self._by_document(facts)
        for attempt in range(_TRIES):
            if not waiting:
                return
            if attempt:
                await asyncio.sleep(0.01 * attempt)
            waiting = await self._fold_and_write(waiting)
        message = f"{self.model.name}: {len(waiting)} documents stayed contended"
        raise TimeoutError(message)

    def _by_document(self, facts: Sequence[Fact | UnreadableError]) -> dict[str, list[Fact | UnreadableError]]:
        grouped: dict[str, list[Fact | UnreadableError]] = {}
        for fact in facts:
            history = fact.history if isinstance(fact, Fact) else History.of(fact.subject)
            if (key := self.model.key(history)) is not None:
                grouped.setdefault(document_id(history.tenant, key), []).append(fact)
        return grouped

    async def _fold_and_write(self, waiting: dict[str, list[Fact | UnreadableError]]) -> dict[str, list[Fact | UnreadableError]]:
        documents = self._store.documents(self.model.name, self._generation)
        found = {doc["_id"]: doc async for doc in documents.find({"_id": {"$in": list(waiting)}})}
        changes: list[tuple[int, Document]] = []
        held: list[Document] = []
        for key, facts in waiting.items():
            document = found.get(key) or blank(*key.split(":", 1))
            read = document["n"]
            was_held = "held" in document
            await self.fold(document, facts)
            if document["n"] != read:
                changes.append((read, document))
            elif "held" in document and not was_held:
                held.append(document)
        lost = await compare_and_swap(documents, changes)
        for document in held:
            await self._mark_held(documents, document)
        await self._show([document for _, document in changes if document["_id"] not in lost])
        return {key: waiting[key] for key in lost}

    async def fold(self, document: Document, facts: Iterable[Fact | UnreadableError]) -> None:
        """Fold what comes next for this document, closing gaps from the journal; stop a history that is unreadable."""
        for fact in sorted(facts, key=lambda f: f.revision):
            history = fact.history if isinstance(fact, Fact) else History.of(fact.subject)
            head = head_name(history, document["id"])
            stands = document["heads"].get(head, {"v": 0, "r": 0})
            if fact.revision <= stands["r"]:
                continue
            try:
                if isinstance(fact, UnreadableError):
                    raise fact  # noqa: TRY301
                if fact.version == stands["v"] + 1:
                    advance(document, fact, self.model.fold, head)
                else:
                    await self._close_gap(document, history, head, stands["r"], fact.revision)
            except UnreadableError as unreadable:
                self._hold(document, unreadable)

    async def _close_gap(self, document: Document, history: History, head: str, stands: int, until: int) -> None:
        async for fact in self._journal.catch_up(history, stands):
            advance(document, fact, self.model.fold, head)
            if fact.revision >= until:
                return

    def _hold(self, document: Document, unreadable: UnreadableError) -> None:
        document["held"] = {"subject": unreadable.subject, "revision": unreadable.revision, "reason": unreadable.reason}
        log.error("history_held", model=self.model.name, subject=unreadable.subject, revision=unreadable.revision, reason=unreadable.reason)

    @staticmethod
    async def _mark_held(documents: Any, document: Document) -> None:
        if document["n"] == 0:
            await documents.replace_one({"_id": document["_id"]}, document, upsert=True)
        else:
            await documents.update_one({"_id": document["_id"], "n": document["n"]}, {"$set": {"held": document["held"]}})

    async def _show(self, documents: list[Document]) -> None:
        """Publish what changed. Whoever finds that another replica was faster publishes that one's state again,
        so the last message of a view is never an older state.
        """
        if self._publish is None or self.model.view is None or not documents:
            return
        collection = self._store.documents(self.model.name, self._generation)
        while documents:
            await asyncio.gather(*(self._publish(self.model.view, document) for document in documents))
            shown = {document["_id"]: document["n"] for document in documents}
            now = collection.find({"_id": {"$in": list(shown)}}, {"n": 1})
            newer = [row["_id"] async for row in now if row["n"] > shown[row["_id"]]]
            documents = [doc async for doc in collection.find({"_id": {"$in": newer}})] if newer else []


class Projector:
    """Feeds a consumer's batches to all projections of a service and acknowledges after they are written."""

    def __init__(self, consumer: str, projections: Sequence[Projection]) -> None:
        self._consumer = consumer
        self._projections = projections

    async def handle(self, messages: list[Msg]) -> None:
        facts = [read_or_hold(message) for message in messages]
        for projection in self._projections:
            await projection.apply(facts)
        await acknowledge(messages)
        for fact in facts:
            if isinstance(fact, Fact):
                known = fact.type if fact.event is not None else "unknown"
                CONSUMER_HANDLED.labels(self._consumer, known).inc()
                if fact.event is None:
                    UNKNOWN_EVENTS.labels(self._consumer, fact.type[:64]).inc()


def read_or_hold(message: Msg) -> Fact | UnreadableError:
    try:
        return fact_of(message)
    except UnreadableError as unreadable:
        return unreadable


async def count_held(service: str, models: Sequence[Model], store: Store) -> int:
    """How many documents stand still because of an event that cannot be read; also a metric and an alarm."""
    held = sum([await store.documents(model.name).count_documents({"held": {"$exists": True}}) for model in models])
    HISTORIES_HELD.labels(service).set(held)
    return held


async def release_held(model: Model, store: Store, journal: Journal) -> int:
    """Try held histories again, as a newer release may read them; called at start. Returns how many went on."""
    documents = store.documents(model.name)
    released = 0
    async for document in documents.find({"held": {"$exists": True}}):
        read = document["n"]
        history = History.of(document.pop("held")["subject"])
        head = head_name(history, document["id"])
        try:
            async for fact in journal.catch_up(history, document["heads"].get(head, {"r": 0})["r"]):
                advance(document, fact, model.fold, head)
        except UnreadableError:
            continue
        if document["n"] != read and not await compare_and_swap(documents, [(read, document)]):
            released += 1
    return released


__all__ = ["Body", "Model", "Projection", "Projector", "blank", "count_held", "give_back", "release_held"]

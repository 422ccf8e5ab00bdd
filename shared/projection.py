"""Projections: events in, documents out. Correct with any number of replicas, in any order, with any repeats.

Load, fold, compare-and-swap. A document keeps one head (version and revision) for each history that it folds and
advances it on every event of that history. An event at or below the head is skipped; a gap is closed by reading
the journal; an event that cannot be read holds its history, and other histories go on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.envelope import Fact, History, UnreadableError
from shared.journal import Journal
from shared.observability import HISTORIES_HELD, log
from shared.store import Document, Store, compare_and_swap

Body = dict[str, Any]
Key = Callable[[History], str | None]
Fold = Callable[[Body, Fact], Body]
Publish = Callable[[str, Document], Awaitable[None]]
Head = dict[str, int]
_START: Head = {"v": 0, "r": 0}
Read = Fact | UnreadableError
_TRIES = 8
_REMEMBERED = 16


@dataclass(frozen=True)
class Model:
    """A read model. ``key`` says to which document a history belongs; ``fold`` is pure and cannot fail."""

    name: str
    key: Key
    fold: Fold
    indexes: Sequence[Sequence[str]] = ()
    view: str | None = None
    """Published to VIEWS under this name, when set."""
    show: Callable[[Body], Body] = field(default=lambda body: body)
    """What of the body goes into the view."""
    remembers: bool = False
    """Keep the last events' ids, so that a late repeat of a command is quiet: state documents do."""


def document_id(tenant: str, key: str) -> str:
    return f"{tenant}:{key}"


def blank(tenant: str, key: str) -> Document:
    """``n`` counts changes and is what compare-and-swap compares; the greater one is the newer document."""
    return {"_id": document_id(tenant, key), "tenant": tenant, "id": key, "n": 0, "heads": {}, "body": {}}


def head_name(history: History, key: str) -> str:
    return history.aggregate if history.id == key else f"{history.aggregate}:{history.id}"


def head_of(document: Document, history: History) -> Head:
    """Version and revision of the last event of this history that the document has folded."""
    return document["heads"].get(head_name(history, document["id"]), _START)


def advance(document: Document, fact: Fact, model: Model) -> None:
    """Fold one event that comes right after the head, and move the head; unknown types move it, too."""
    if fact.event is not None:
        document["body"] = model.fold(document["body"], fact)
    document["heads"][head_name(fact.history, document["id"])] = {"v": fact.version, "r": fact.revision}
    document["n"] += 1
    if model.remembers:
        mark = {"id": fact.id, "type": fact.type, "r": fact.revision}
        document["recent"] = [*document.get("recent", [])[1 - _REMEMBERED :], mark]


class Projection:
    """Keeps one model's documents at the state of the journal."""

    def __init__(
        self,
        model: Model,
        store: Store,
        journal: Journal,
        publish: Publish | None = None,
        *,
        generation: int | None = None,
    ) -> None:
        self.model = model
        self._store = store
        self._journal = journal
        self._publish = publish
        self._generation = generation

    async def apply(self, facts: Sequence[Read]) -> None:
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

    def _by_document(self, facts: Sequence[Read]) -> dict[str, list[Read]]:
        grouped: dict[str, list[Read]] = {}
        for fact in facts:
            history = fact.history if isinstance(fact, Fact) else History.of(fact.subject)
            if (key := self.model.key(history)) is not None:
                grouped.setdefault(document_id(history.tenant, key), []).append(fact)
        return grouped

    async def _fold_and_write(self, waiting: dict[str, list[Read]]) -> dict[str, list[Read]]:
        documents = self._store.documents(self.model.name, self._generation)
        found = {doc["_id"]: doc async for doc in documents.find({"_id": {"$in": list(waiting)}})}
        changes: list[tuple[int, Document]] = []
        documents_now: list[Document] = []
        for key, facts in waiting.items():
            document = found.get(key) or blank(*key.split(":", 1))
            read = document["n"]
            await self.fold(document, facts)
            documents_now.append(document)
            if document["n"] != read:
                changes.append((read, document))
        lost = await compare_and_swap(documents, changes)
        # Unchanged ones, too: whoever wrote them may have died before the view was told.
        await self._show([document for document in documents_now if document["_id"] not in lost])
        return {key: waiting[key] for key in lost}

    async def fold(self, document: Document, facts: Iterable[Read]) -> None:
        """Fold what comes next for this document, closing gaps from the journal; stop a history that is unreadable."""
        for fact in sorted(facts, key=_revision):
            history = fact.history if isinstance(fact, Fact) else History.of(fact.subject)
            head = head_of(document, history)
            if fact.revision <= head["r"]:
                continue
            try:
                if isinstance(fact, UnreadableError):
                    raise fact
                if fact.version == head["v"] + 1:
                    advance(document, fact, self.model)
                else:
                    await self._close_gap(document, history, head["r"], fact.revision)
            except UnreadableError as unreadable:
                self._hold(document, unreadable)

    async def _close_gap(self, document: Document, history: History, stands: int, until: int) -> None:
        async for fact in self._journal.catch_up(history, stands):
            advance(document, fact, self.model)
            if fact.revision >= until:
                return

    def _hold(self, document: Document, unreadable: UnreadableError) -> None:
        mark = {"subject": unreadable.subject, "revision": unreadable.revision, "reason": unreadable.reason}
        if document.get("held") != mark:
            document["held"] = mark
            document["n"] += 1
            log.error("history_held", model=self.model.name, **mark)

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


def _revision(fact: Read) -> int:
    return fact.revision


async def count_held(service: str, models: Sequence[Model], store: Store) -> int:
    """How many documents stand still because of an event that cannot be read; also a metric and an alarm."""
    held = sum(
        [await store.documents(model.name).count_documents({"held": {"$exists": True}}) for model in models]
    )
    HISTORIES_HELD.labels(service).set(held)
    return held


async def release_held(model: Model, store: Store, journal: Journal) -> int:
    """Try held histories again, as a newer release may read them; called at start. Returns how many went on."""
    documents = store.documents(model.name)
    released = 0
    async for document in documents.find({"held": {"$exists": True}}):
        read = document["n"]
        history = History.of(document.pop("held")["subject"])
        try:
            async for fact in journal.catch_up(history, head_of(document, history)["r"]):
                advance(document, fact, model)
        except UnreadableError:
            continue
        if document["n"] != read and not await compare_and_swap(documents, [(read, document)]):
            released += 1
    return released

"""Projections: events in, documents out. Correct with any number of replicas, in any order, with any repeats.

Load, fold, compare-and-swap. An event at or below its history's head is skipped; a gap is closed by reading the
journal; a history that cannot be read on is held, and other histories go on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from shared.documents import (
    Document,
    Model,
    Read,
    advance,
    blank,
    document_id,
    fold_in_order,
    head_of,
    hold,
)
from shared.envelope import History, UnreadableError
from shared.journal import Journal, UnavailableError
from shared.observability import HISTORIES_HELD
from shared.store import Collection, Store, compare_and_swap

Publish = Callable[[Model, Document], Awaitable[None]]
_TRIES = 8
_SHOWN_AT_ONCE = 500


class Projection:
    """Keeps one model's documents at the state of the journal: those of the live generation, unless another is named."""

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
        by_document = group(facts, self.model)
        written: set[int] = set()
        while to_write := [number for number in await self._generations() if number not in written]:
            for number in to_write:
                await self._settle(by_document, number)
            # Looked at again: these events must stand in a generation that has come up meanwhile, too.
            written.update(to_write)

    async def _generations(self) -> list[int]:
        return [self._generation] if self._generation else await self._store.written(self.model.name)

    async def _settle(self, waiting: dict[str, list[Read]], generation: int) -> None:
        documents = self._store.documents(self.model.name, generation)
        for attempt in range(_TRIES):
            if not waiting:
                return
            if attempt:
                await asyncio.sleep(0.01 * attempt)
            waiting = await self._fold_and_write(waiting, documents)
        message = f"{self.model.name}: {len(waiting)} documents stayed contended"
        raise TimeoutError(message)

    async def _fold_and_write(
        self, waiting: dict[str, list[Read]], collection: Collection
    ) -> dict[str, list[Read]]:
        """Return what has to be done again, because somebody else changed its document meanwhile."""
        documents = {doc["_id"]: doc async for doc in collection.find({"_id": {"$in": list(waiting)}})}
        read: dict[str, int] = {}
        gaps: list[tuple[Document, list[Read]]] = []
        for key, facts in waiting.items():
            document = documents.setdefault(key, blank(*key.split(":", 1)))
            read[key] = document["n"]
            if left := fold_in_order(document, facts, self.model):
                gaps.append((document, left))
        await asyncio.gather(*(close_gaps(*gap, self.model, self._journal) for gap in gaps))
        changes = [(n, documents[key]) for key, n in read.items() if documents[key]["n"] != n]
        lost = await compare_and_swap(collection, changes)
        # Unchanged ones, too: whoever wrote them may have died before the view was told.
        await self._show([document for key, document in documents.items() if key not in lost], collection)
        return {key: waiting[key] for key in lost}

    async def release_held(self) -> int:
        """Try held histories again, as a newer release may read them; called at start. Returns how many documents
        went on.
        """
        released = 0
        for number in await self._generations():
            collection = self._store.documents(self.model.name, number)
            async for document in collection.find({"held": {"$exists": True}}):
                read = document["n"]
                await self._try_again(document)
                if document["n"] != read and not await compare_and_swap(collection, [(read, document)]):
                    await self._show([document], collection)
                    released += 1
        return released

    async def _try_again(self, document: Document) -> None:
        for mark in list(document["held"].values()):
            history = History.of(mark["subject"])
            try:
                async for fact in self._journal.catch_up(history, head_of(document, history)["r"]):
                    advance(document, fact, self.model)
            except UnreadableError as still:
                hold(document, still, self.model)

    async def show_all(self) -> None:
        """Publish every document's view, as after a rebuild by a release that shows something else than before."""
        if self._publish is None or self.model.view is None:
            return
        collection = self._store.documents(self.model.name, self._generation)
        some: list[Document] = []
        async for document in collection.find({}):
            some.append(document)
            if len(some) == _SHOWN_AT_ONCE:
                await self._show(some, collection)
                some = []
        await self._show(some, collection)

    async def _show(self, documents: list[Document], collection: Collection) -> None:
        """Publish what changed. Whoever finds that another replica was faster publishes that one's state again,
        so the last message of a view is never an older state.
        """
        if self._publish is None or self.model.view is None:
            return
        while documents:
            await asyncio.gather(*(self._publish(self.model, document) for document in documents))
            shown = {document["_id"]: document["n"] for document in documents}
            now = collection.find({"_id": {"$in": list(shown)}}, {"n": 1})
            newer = [row["_id"] async for row in now if row["n"] > shown[row["_id"]]]
            documents = [doc async for doc in collection.find({"_id": {"$in": newer}})] if newer else []


def group(facts: Sequence[Read], model: Model) -> dict[str, list[Read]]:
    """Return what concerns the model by the document that it concerns, in the journal's order."""
    grouped: dict[str, list[Read]] = {}
    for fact in sorted(facts, key=_revision):
        history = fact.history  # none: its subject is not a history's, so no document waits for it
        if history is not None and (key := model.key(history)) is not None:
            grouped.setdefault(document_id(history.tenant, key), []).append(fact)
    return grouped


def _revision(fact: Read) -> int:
    return fact.revision


async def close_gaps(document: Document, facts: Sequence[Read], model: Model, journal: Journal) -> None:
    """Fold these facts and what the journal has before them; hold a history where it cannot be read on.

    Raises UnavailableError.
    """
    stopped: set[History] = set()
    for fact in facts:
        history = fact.history
        assert history is not None, "facts of histories"
        if history in stopped or not fold_in_order(document, [fact], model):
            continue
        try:
            await _read_on(document, history, fact.revision, model, journal)
        except UnreadableError as unreadable:
            hold(document, unreadable, model)
            stopped.add(history)


async def _read_on(document: Document, history: History, until: int, model: Model, journal: Journal) -> None:
    async for fact in journal.catch_up(history, head_of(document, history)["r"]):
        advance(document, fact, model)
        if fact.revision >= until:
            return
    raise UnavailableError("the replica that answered is behind the consumer")


async def document_now(
    model: Model, store: Store, journal: Journal, tenant: str, histories: Sequence[History]
) -> Document:
    """Return a document with everything that the journal has by now: for whoever cannot wait for the projection.

    Raises what the store and the journal raise; a document without any event has ``n`` 0.
    """
    keys = {model.key(history) for history in histories}
    assert len(keys) == 1, "histories of one document"
    key = keys.pop()
    assert key is not None, "histories that the model folds"
    document = await store.documents(model.name).find_one({"_id": document_id(tenant, key)})
    document = document or blank(tenant, key)
    for history in histories:
        async for fact in journal.catch_up(history, head_of(document, history)["r"]):
            advance(document, fact, model)
    return document


async def count_held(service: str, models: Sequence[Model], store: Store) -> int:
    """How many documents stand still because of an event that cannot be read; also a metric and an alarm."""
    held = sum(
        [await store.documents(model.name).count_documents({"held": {"$exists": True}}) for model in models]
    )
    HISTORIES_HELD.labels(service).set(held)
    return held

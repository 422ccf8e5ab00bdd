"""Filling a fresh generation: everything is folded in memory and inserted once, and memory stays bounded all the same."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from itertools import islice

from shared.documents import Document, Model, Read, blank, document_id, fold_in_order
from shared.journal import Journal
from shared.projection import close_gaps
from shared.reading import Reading
from shared.store import Collection, compare_and_swap

_MOST = 10_000  # documents in memory
_AT_ONCE = 1000  # documents of one write
_WRITES = 2  # on their way
_BITS = 27
_LAST = (1 << _BITS) - 1


async def fill(
    model: Model,
    collection: Collection,
    journal: Journal,
    reading: Reading,
    keep: Callable[[], Awaitable[None]] | None = None,
) -> int:
    """Fold everything that ``reading`` brings until there is no more, and return how many events that were."""
    events, filling = 0, Filling(model, collection, journal)
    with _seldom_looking_for_cycles():
        while reading.pending:
            facts = await reading.facts()
            events += len(facts)
            await filling.fold(facts)
            if keep is not None:
                await keep()
        await filling.finish()
    return events


class Filling:
    """Folds events, one after the other, into documents in memory; what was touched longest ago makes room, and is
    read again when it comes back.
    """

    def __init__(self, model: Model, collection: Collection, journal: Journal) -> None:
        self._model = model
        self._collection = collection
        self._journal = journal
        self._documents: dict[str, Document] = {}
        self._read: dict[str, int] = {}
        self._written = Perhaps()
        self._writes: set[asyncio.Task[None]] = set()

    async def fold(self, facts: Sequence[Read]) -> None:
        model, documents = self._model, self._documents
        mine: list[tuple[str, str, Read]] = []
        back: set[str] = set()
        for fact in facts:
            history = fact.history
            if history is not None and (name := model.key(history)) is not None:
                key = document_id(history.tenant, name)
                mine.append((key, name, fact))
                if key not in documents and key in self._written:
                    back.add(key)
        await self._load(back)
        for key, name, fact in mine:
            document = documents.pop(key, None)
            if document is None:
                document = blank(key.removesuffix(f":{name}"), name)
            documents[key] = document
            if left := fold_in_order(document, (fact,), model):
                await close_gaps(document, left, model, self._journal)
        while len(documents) > _MOST:
            await self._write(_AT_ONCE)

    async def finish(self) -> None:
        while self._documents:
            await self._write(_AT_ONCE)
        await asyncio.gather(*self._writes)

    async def _load(self, keys: set[str]) -> None:
        if not keys:
            return
        await asyncio.gather(*self._writes)
        async for document in self._collection.find({"_id": {"$in": list(keys)}}):
            self._documents[document["_id"]] = document
            self._read[document["_id"]] = document["n"]

    async def _write(self, number: int) -> None:
        fresh: list[Document] = []
        again: list[tuple[int, Document]] = []
        for key in list(islice(self._documents, number)):
            document, read = self._documents.pop(key), self._read.pop(key, None)
            self._written.add(key)
            if read is None:
                fresh.append(document)
            else:
                again.append((read, document))
        while len(self._writes) >= _WRITES:
            done, self._writes = await asyncio.wait(self._writes, return_when=asyncio.FIRST_COMPLETED)
            for write in done:
                write.result()
        self._writes.add(asyncio.create_task(self._store(fresh, again)))

    async def _store(self, fresh: list[Document], again: list[tuple[int, Document]]) -> None:
        if fresh:
            await self._collection.insert_many(fresh, ordered=False)
        if again and await compare_and_swap(self._collection, again):
            message = "somebody else writes into this generation"
            raise RuntimeError(message)


class Perhaps:
    """A set that may say yes to what is not in it (Bloom, 1970), and stays at 16 MB: one in ten million at 200,000
    members, one in a hundred at ten million.
    """

    def __init__(self) -> None:
        self._bits = bytearray(1 << _BITS - 3)

    def add(self, key: str) -> None:
        for place in _places(key):
            self._bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, key: str) -> bool:
        bits = self._bits
        one, two, three = _places(key)
        return bool(
            bits[one >> 3] >> (one & 7) & 1
            and bits[two >> 3] >> (two & 7) & 1
            and bits[three >> 3] >> (three & 7) & 1
        )


def _places(key: str) -> tuple[int, int, int]:
    mixed = hash(key)
    return mixed & _LAST, mixed >> 18 & _LAST, mixed >> 36 & _LAST


@contextmanager
def _seldom_looking_for_cycles() -> Generator[None]:
    """Documents have none, and looking for some among so many takes a third of the time."""
    often, *rest = gc.get_threshold()
    gc.set_threshold(1000 * often, *rest)
    try:
        yield
    finally:
        gc.set_threshold(often, *rest)

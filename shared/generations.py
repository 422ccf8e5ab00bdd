"""A model's next generation, made beside the live one by one builder at a time, and the pointer that moves to it."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from shared.clock import now
from shared.documents import Document
from shared.ids import new_id
from shared.store import Store, StoreError

ABANDONED = timedelta(seconds=60)
"""A builder that gave no sign of life for so long has died; whoever comes next begins anew."""
GONE = timedelta(seconds=15)
"""So has a replica; it reads where the pointer stands before it writes again (store.LEASE)."""
_SIGN_OF_LIFE = 5.0  # seconds


class BuiltElsewhereError(Exception):
    """Somebody else builds this model's next generation."""


class Building:
    """The right to build. A generation's number is never used twice, so nobody can write into another one's."""

    def __init__(self, store: Store, model: str, by: str, row: Document) -> None:
        self._store = store
        self._model = model
        self._mine = {"_id": model, "building.by": by}
        self._kept = time.monotonic()
        self.live: int = row["live"]
        self.generation: int = row["last"]

    async def clear(self) -> None:
        """Remove what earlier builders left over, unless a replica still reads it."""
        if await self.followed():
            for number in await self._store.generations_of(self._model):
                if number not in (self.live, self.generation):
                    await self.drop(number)

    async def keep(self) -> None:
        """Say that the builder is alive. Raises BuiltElsewhereError when it was taken for dead."""
        if time.monotonic() - self._kept >= _SIGN_OF_LIFE:
            self._kept = time.monotonic()
            await self._change({"$set": {"building.at": now()}})

    async def invite(self) -> None:
        """From now on every writer keeps the new generation up to date, too."""
        await self._change({"$set": {"next": self.generation, "building.at": now()}})

    async def move(self) -> None:
        """From now on the new generation is the live one. Raises BuiltElsewhereError.

        This write is journaled and by a majority, and so is then everything that was written before it.
        """
        await self._change({"$set": {"live": self.generation, "building.at": now()}, "$unset": {"next": ""}})
        self.live, self.generation = self.generation, self.live

    async def joined(self) -> bool:
        """Whether every replica that runs keeps the new generation up to date."""
        return await self._all("joined", self.generation)

    async def followed(self) -> bool:
        """Whether every replica that runs reads the live generation."""
        return await self._all("following", self.live)

    async def _all(self, what: str, number: int) -> bool:
        running = self._store.replicas.find({"at": {"$gt": now() - GONE}})
        return all([row[what].get(self._model, number) >= number async for row in running])

    async def drop(self, generation: int) -> None:
        await self._store.documents(self._model, generation).drop()

    async def give_back(self) -> None:
        await self._store.generations.update_one(self._mine, {"$unset": {"building": "", "next": ""}})

    async def _change(self, change: Document) -> None:
        result = await self._store.generations.update_one(self._mine, change)
        if not result.matched_count:
            raise BuiltElsewhereError(self._model)


@asynccontextmanager
async def building(store: Store, model: str) -> AsyncGenerator[Building]:
    """Take the right to build, and give it back with everything that nobody reads. Raises BuiltElsewhereError."""
    by, at = new_id(), now()
    free = {"$or": [{"building": None}, {"building.at": {"$lt": at - ABANDONED}}]}
    with suppress(DuplicateKeyError):  # somebody else makes it in the same moment
        await store.generations.update_one({"_id": model}, {"$setOnInsert": {"live": 1}}, upsert=True)
    row = await store.generations.find_one_and_update(
        {"_id": model, **free},
        [
            {"$set": {"last": {"$add": [{"$ifNull": ["$last", "$live"]}, 1]}}},
            {"$set": {"building": {"generation": "$last", "by": by, "at": at}}},
            {"$unset": "next"},
        ],
        return_document=ReturnDocument.AFTER,
    )
    if not row:
        raise BuiltElsewhereError(model)
    mine = Building(store, model, by, row)
    await mine.clear()
    try:
        yield mine
    except BaseException:
        with suppress(StoreError):
            if mine.generation > mine.live:  # else it has moved, and somebody may still read the old one
                await mine.drop(mine.generation)
            await mine.give_back()
        raise
    await mine.drop(mine.generation)
    await mine.give_back()

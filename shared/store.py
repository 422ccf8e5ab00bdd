"""MongoDB through motor, which is known to this file alone. Writes are majority and journaled, always."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import bson
from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pymongo import ASCENDING, IndexModel, ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.documents import Document
from shared.observability import log
from shared.settings import Settings

Collection = AsyncIOMotorCollection[dict[str, Any]]
StoreError = PyMongoError
"""What every call here may raise when MongoDB does not answer."""

_CODEC: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)
_DUPLICATE_KEY = 11000
_DURABLE = WriteConcern("majority", j=True)
LEASE = 5.0
"""Seconds for which a replica may believe what it read about generations; a rebuild waits longer."""


class Store:
    """One service's database, and the one that is shared on purpose: the vault's."""

    def __init__(self, settings: Settings, service: str) -> None:
        self._client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
            settings.mongo_url,
            appname=f"lastmile-{service}",
            serverSelectionTimeoutMS=3000,
            connectTimeoutMS=3000,
            socketTimeoutMS=20000,
            tz_aware=True,
            retryWrites=True,
        )
        self.service = service
        self._own = settings.database_prefix + service
        self._shared = settings.database_prefix + "vault"
        self._collections: dict[tuple[str, str], Collection] = {}
        """Their makers take longer than what is asked of them."""
        self._live: dict[str, int] = {}
        self._next: dict[str, int] = {}
        self._seen: dict[str, float] = {}

    def collection(self, name: str) -> Collection:
        return self._in(self._own, name)

    def shared_collection(self, name: str) -> Collection:
        return self._in(self._shared, name)

    def _in(self, database: str, name: str) -> Collection:
        if (found := self._collections.get((database, name))) is None:
            found = self._client.get_database(database).get_collection(
                name, codec_options=_CODEC, write_concern=_DURABLE, read_concern=ReadConcern("local")
            )
            self._collections[database, name] = found
        return found

    async def ping(self) -> bool:
        try:
            await self._client.admin.command("ping")
        except PyMongoError:
            return False
        return True

    async def connect(self) -> None:
        """Wait for MongoDB, however long it takes."""
        while not await self.ping():
            log.warning("mongodb_unreachable")
            await asyncio.sleep(0.5)

    def close(self) -> None:
        self._client.close()

    # generations ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def generations(self) -> Collection:
        """One document a model: ``{_id: name, live: n, next: m?, last: m, building: …?}``; only shared/generations.py
        writes it.
        """
        return self.collection("generations")

    async def follow_generations(
        self, names: Sequence[str], *, replica: str = "", at: datetime | None = None
    ) -> None:
        """Read where the pointers stand; called at start and every second by every replica, which also says so:
        a rebuild waits for each one.
        """
        asked = time.monotonic()
        rows = {row["_id"]: row async for row in self.generations.find({"_id": {"$in": list(names)}})}
        for name in names:
            row = rows.get(name, {})
            self._live[name], self._next[name] = row.get("live", 1), row.get("next", 0)
            self._seen[name] = asked
        if replica:
            following = {name: self._live[name] for name in names}
            joined = {name: self._next[name] for name in names}
            row = {"_id": replica, "at": at, "following": following, "joined": joined}
            await self.replicas.replace_one({"_id": replica}, row, upsert=True)

    async def written(self, model: str) -> list[int]:
        """Return the generations that writers keep up to date, as of LEASE ago or later: the one that is to come, if
        any, and then the live one. So the next never lacks what the live one shows.
        """
        if time.monotonic() - self._seen.get(model, -LEASE) >= LEASE:
            await self.follow_generations([model])
        live, following = self._live[model], self._next[model]
        return [following, live] if following else [live]

    @property
    def replicas(self) -> Collection:
        """One document a running replica: ``{_id, at, following: {model: live}, joined: {model: next}}``."""
        return self.collection("replicas")

    def live(self, model: str) -> int:
        return self._live.get(model, 1)

    def documents(self, model: str, generation: int | None = None) -> Collection:
        """The documents of a model: of the live generation unless another is named."""
        return self.collection(f"{model}_g{generation or self.live(model)}")

    def bulk(self, model: str, generation: int) -> Collection:
        """The same for a generation that nobody reads yet: acknowledged, and made durable by the write that moves
        the pointer to it.
        """
        return self.documents(model, generation).with_options(write_concern=WriteConcern(1))

    async def generations_of(self, model: str) -> list[int]:
        """Every generation of a model that there is."""
        names = await self._client.get_database(self._own).list_collection_names()
        numbers = (name.removeprefix(f"{model}_g") for name in names if name.startswith(f"{model}_g"))
        return sorted(int(number) for number in numbers if number.isdecimal())

    async def make_indexes(
        self, model: str, indexes: Sequence[Sequence[str]], generation: int | None = None
    ) -> None:
        await make_indexes(self.documents(model, generation), indexes)


async def make_indexes(documents: Collection, indexes: Sequence[Sequence[str]]) -> None:
    """A field with a minus in front is descending."""
    wanted = [
        IndexModel([(f.lstrip("-"), -1 if f.startswith("-") else ASCENDING) for f in fields])
        for fields in indexes
    ]
    if wanted:
        await documents.create_indexes(wanted)


async def insert_new(documents: Collection, rows: Sequence[dict[str, Any]]) -> None:
    """Insert those whose ids are not taken; what stands there already stays as it is."""
    try:
        await documents.insert_many(rows, ordered=False)
    except BulkWriteError as error:
        if _not_all_taken(error):
            raise


async def set_each(
    documents: Collection, changes: Sequence[tuple[dict[str, Any], dict[str, Any]]], *, upsert: bool = False
) -> None:
    """Set fields of one document each, where it still is as described."""
    if changes:
        writes = [UpdateOne(where, {"$set": fields}, upsert=upsert) for where, fields in changes]
        await documents.bulk_write(writes, ordered=False)


async def write_and_count(documents: Collection, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows by their ids, and count in ``times`` how often each was written."""
    writes = [
        UpdateOne({"_id": row["_id"]}, {"$set": row, "$inc": {"times": 1}}, upsert=True) for row in rows
    ]
    await documents.bulk_write(writes, ordered=False)


async def compare_and_swap(documents: Collection, changes: Sequence[tuple[int, Document]]) -> set[str]:
    """Write documents, each only if its count of changes ``n`` still is what was read (0: not there yet).

    Returns the ids of those that somebody else had changed meanwhile, into something else than was wanted.
    """
    if not changes:
        return set()
    writes = [ReplaceOne({"_id": doc["_id"], "n": read}, doc, upsert=read == 0) for read, doc in changes]
    try:
        result = await documents.bulk_write(writes, ordered=False)
        written = result.matched_count + result.upserted_count
    except BulkWriteError as error:
        details: dict[str, Any] = dict(error.details or {})
        if _not_all_taken(error):
            raise
        written = details.get("nMatched", 0) + details.get("nUpserted", 0)
    if written == len(changes):
        return set()
    return await _not_as_wanted(documents, [doc for _, doc in changes])


async def _not_as_wanted(documents: Collection, wanted: Sequence[Document]) -> set[str]:
    """MongoDB says how many writes met their condition, not which. Equal counts ``n`` prove nothing: another writer
    counts the same way. Only a document that stands as it was meant to be is written, by whomever.
    """
    now = {row["_id"]: row async for row in documents.find({"_id": {"$in": [doc["_id"] for doc in wanted]}})}
    as_stored = (bson.decode(bson.encode(doc), _CODEC) for doc in wanted)
    return {doc["_id"] for doc in as_stored if now.get(doc["_id"]) != doc}


def _not_all_taken(error: BulkWriteError) -> bool:
    """Whether a bulk failed for any other reason than that ids were taken."""
    details: dict[str, Any] = dict(error.details or {})
    errors = details.get("writeErrors", [])
    return bool(details.get("writeConcernErrors")) or any(e.get("code") != _DUPLICATE_KEY for e in errors)

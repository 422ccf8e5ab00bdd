"""Keeps what is in memory at what is stored.

Every replica holds everything, whichever of them the consumer told: what changed is read from the store, by the
revision that it was folded at, and a little more, because replicas do not write in the order of revisions.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.routing.hot.likeness import Voice
from services.routing.hot.projection import HEARD
from services.routing.hot.voices import Voices
from services.routing.hot.words import read
from shared.clock import now
from shared.documents import Document
from shared.events.event import Sealed
from shared.store import Store
from shared.texts import Box, Text, Texts

_READ_AGAIN = 1000  # revisions
_AT_ONCE = 1000  # documents
_LOOK_BACK = timedelta(minutes=2)
_LEARNT_AT_ONCE = 4000  # requests
_PATIENCE = 3.0  # seconds
_TURN = 16
"""So many requests are taken in before others have their turn."""


@dataclass(frozen=True)
class Known:
    """What is told of a request beside what is compared."""

    n: int
    code: str
    status: str | None
    source_key: str | None
    grid: str | None
    person: str | None
    keys: frozenset[str]
    matter: str | None = None
    ended_at: datetime | None = None


class Listening:
    def __init__(self, store: Store, texts: Texts, tenant: str) -> None:
        self._store = store
        self._texts = texts
        self._tenant = tenant
        self.voices = Voices()
        self.known: dict[str, Known] = {}
        self._requests: dict[str, str] = {}
        """Which request a key belongs to."""
        self._seen = 0
        self._looked = now() - timedelta(days=1)
        self._lock = asyncio.Lock()

    async def catch_up_soon(self) -> None:
        """Take in what is new, but do not wait long for whoever is learning: what is in memory will do. Raises StoreError."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._lock.acquire()
        except TimeoutError:
            return
        self._lock.release()
        await self.refresh(learn=False)

    async def refresh(self, *, learn: bool = True) -> None:
        """Take in what is new, let go of what was erased, and learn anew once it has become quiet. Raises StoreError."""
        async with self._lock:
            looked = now()
            await self._forget(self._looked - _LOOK_BACK)
            rows = self._store.documents(HEARD.name).find(
                {"tenant": self._tenant, "r": {"$gt": max(0, self._seen - _READ_AGAIN)}}
            )
            some: list[Document] = []
            new: list[Voice] = []
            async for row in rows.sort("r", 1):
                some.append(row)
                if len(some) == _AT_ONCE:
                    new += await self._read(some)
                    some = []
            new += await self._read(some)
            await _in_turns(self.voices.begin(sorted(new, key=lambda voice: voice.at)))
            if learn and not new and self.voices.due():
                await _in_turns(self.voices.learn())
            self._looked = looked

    async def learn_at_once(self) -> None:
        """Learn before an answer where that takes no longer than whoever asks will wait."""
        async with self._lock:
            if len(self.voices) <= _LEARNT_AT_ONCE and self.voices.due():
                await _in_turns(self.voices.learn())

    async def _forget(self, since: datetime) -> None:
        for key in await self._texts.erased_since(since):
            if request := self._requests.pop(key, None):
                self.voices.remove(request)

    async def _read(self, rows: Sequence[Document]) -> list[Voice]:
        """Return what has to be compared of these."""
        fresh = [row for row in rows if (k := self.known.get(row["id"])) is None or k.n != row["n"]]
        new: list[Voice] = []
        if fresh:
            said = await self._texts.of(self._tenant, [row["id"] for row in fresh])
            missing = [box for row in fresh if row["id"] not in said for box in _boxes(row)]
            if await self._texts.write(missing):
                said |= await self._texts.of(self._tenant, [box.request for box in missing])
            for count, row in enumerate(fresh):
                if (voice := self._know(row, said.get(row["id"], []))) is not None:
                    new.append(voice)
                if count % _TURN == 0:
                    await asyncio.sleep(0)
        self._seen = max([self._seen, *(row["r"] for row in rows)])
        return new

    def _know(self, row: Document, said: Sequence[Text]) -> Voice | None:
        """Remember what is told of it, and return what has to be compared anew, if its words are new."""
        body, request = row["body"], row["id"]
        keys = frozenset(text.key for text in said)
        before = self.known.get(request)
        self.known[request] = Known(
            row["n"],
            body.get("code", ""),
            body.get("status"),
            body.get("source_key"),
            body.get("grid"),
            body.get("person"),
            keys,
            body.get("matter"),
            body.get("ended_at"),
        )
        if not said or "at" not in body:
            self.voices.remove(request)
            return None
        for key in keys:
            self._requests[key] = request
        index = self.voices.index
        if before is not None and before.keys == keys and request in index.place:
            at = index.place[request]
            if (voice := index.voices[at]) is not None and voice.grid != body.get("grid"):
                index.voices[at] = replace(voice, grid=body.get("grid"))
            return None
        place = body.get("place") or {}
        words = read("\n".join(f"{text.text}\n{text.address}" for text in said))
        return Voice(
            request, words, body["at"], place.get("lon"), place.get("lat"), place.get("building"),
            body.get("grid"), body.get("category"),
        )  # fmt: skip


async def _in_turns(steps: Iterable[None]) -> None:
    for count, _ in enumerate(steps):
        if count % _TURN == 0:
            await asyncio.sleep(0)


def _boxes(row: Document) -> list[Box]:
    body = row["body"]
    return [
        Box(row["tenant"], row["id"], body["subject"], Sealed.model_validate(box["sealed"]), box["at"])
        for box in body.get("boxes", [])
    ]

"""Keeps what is in memory at what is stored, and answers what is like what and what is hot.

Every replica holds everything, whichever of them the consumer told: what changed is read from the store, by the
revision that it was folded at, and a little more, because replicas do not write in the order of revisions.
"""

import asyncio
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.routing.hot.describing import describe
from services.routing.hot.likeness import Voice, days, metres
from services.routing.hot.projection import HEARD
from services.routing.hot.suggesting import Candidate, worth_suggesting
from services.routing.hot.voices import Voices
from services.routing.hot.words import read
from shared.clock import now
from shared.documents import Document
from shared.events.event import Sealed
from shared.refusal import Refused
from shared.store import Store
from shared.texts import Box, Text, Texts
from shared.words import ENDED

_READ_AGAIN = 1000  # revisions
_AT_ONCE = 1000  # documents
_LOOK_BACK = timedelta(minutes=2)
_TURN = 16
"""So many requests are taken in before others have their turn."""
_IN_ONE_ANSWER = 3000  # requests: an answer is one message
_READ_FOR_WORDS = 60  # texts
_LOOKED_AT = 80  # candidates: some of them are joined already, or done


class AskSimilar(BaseModel):
    model_config = ConfigDict(extra="forbid")

    request: Annotated[str | None, Field(max_length=64)] = None
    text: Annotated[str | None, Field(max_length=4000)] = None
    lon: Annotated[float | None, Field(ge=-180, le=180)] = None
    lat: Annotated[float | None, Field(ge=-90, le=90)] = None
    category: Annotated[str | None, Field(max_length=64)] = None
    at: AwareDatetime | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class AskHot(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: Annotated[int | None, Field(ge=1, le=3660)] = None
    grid: Annotated[str | None, Field(max_length=64)] = None
    least: Annotated[int, Field(ge=2, le=1000)] = 2
    skip: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 500


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
        self._voices = Voices()
        self._known: dict[str, Known] = {}
        self._requests: dict[str, str] = {}
        """Which request a key belongs to."""
        self._seen = 0
        self._looked = now() - timedelta(days=1)
        self._lock = asyncio.Lock()

    async def refresh(self) -> None:
        """Take in what is new, and let go of what was erased. Raises StoreError."""
        async with self._lock:
            looked = now()
            await self._forget(self._looked - _LOOK_BACK)
            rows = self._store.documents(HEARD.name).find(
                {"tenant": self._tenant, "r": {"$gt": max(0, self._seen - _READ_AGAIN)}}
            )
            some: list[Document] = []
            async for row in rows.sort("r", 1):
                some.append(row)
                if len(some) == _AT_ONCE:
                    await self._take_in(some)
                    some = []
            await self._take_in(some)
            self._looked = looked

    async def _forget(self, since: datetime) -> None:
        for key in await self._texts.erased_since(since):
            if request := self._requests.pop(key, None):
                self._voices.remove(request)

    async def _take_in(self, rows: Sequence[Document]) -> None:
        fresh = [row for row in rows if (k := self._known.get(row["id"])) is None or k.n != row["n"]]
        if fresh:
            said = await self._texts.of(self._tenant, [row["id"] for row in fresh])
            missing = [box for row in fresh if row["id"] not in said for box in _boxes(row)]
            if await self._texts.write(missing):
                said |= await self._texts.of(self._tenant, [box.request for box in missing])
            known = [self._know(row, said.get(row["id"], [])) for row in fresh]
            new = [voice for voice in known if voice is not None]
            for count, _ in enumerate(self._voices.begin(sorted(new, key=lambda voice: voice.at))):
                if count % _TURN == 0:
                    await asyncio.sleep(0)
        self._seen = max([self._seen, *(row["r"] for row in rows)])

    def _know(self, row: Document, said: Sequence[Text]) -> Voice | None:
        """Remember what is told of it, and return what has to be compared anew, if its words are new."""
        body, request = row["body"], row["id"]
        keys = frozenset(text.key for text in said)
        before = self._known.get(request)
        self._known[request] = Known(
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
            self._voices.remove(request)
            return None
        for key in keys:
            self._requests[key] = request
        index = self._voices.index
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

    # answers ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def similar(self, question: dict[str, Any]) -> Any:
        """Likely duplicates, each with why. Raises Refused, ValidationError, StoreError."""
        asked = AskSimilar.model_validate(question)
        await self.refresh()
        voice = await self._asked(asked)
        found = [(other, odds) for other, odds in self._voices.like(voice, _LOOKED_AT) if odds > -2.0]
        known = self._known.get(voice.id)
        mine = Candidate(voice.id, voice.at, known and known.matter)
        others = [self._candidate(other) for other, _ in found]
        worth = {other.request for other in worth_suggesting(mine, others)}
        matches = [self._match(voice, other, odds) for other, odds in found if other.id in worth]
        return {"items": matches[: asked.limit]}

    def _candidate(self, voice: Voice) -> Candidate:
        known = self._known[voice.id]
        return Candidate(voice.id, voice.at, known.matter, known.ended_at)

    async def _asked(self, asked: AskSimilar) -> Voice:
        if asked.request is None:
            if not asked.text:
                raise Refused("unknown_request")
            moment = asked.at or now()
            return Voice("", read(asked.text), moment, asked.lon, asked.lat, category=asked.category)
        name = asked.request
        if name not in self._known:
            row = await self._store.documents(HEARD.name).find_one(
                {"tenant": self._tenant, "body.code": name}
            )
            name = row["id"] if row else name
        place = self._voices.index.place.get(name)
        voice = None if place is None else self._voices.index.voices[place]
        if voice is None:
            raise Refused("unknown_request")
        return voice

    def _match(self, voice: Voice, other: Voice, odds: float) -> dict[str, Any]:
        known = self._known[other.id]
        common = voice.words.terms & other.words.terms
        words = sorted((t for t in common if len(t) > 1 and t[0] != "#" and t[-1] != "~"), key=self._rarest)
        apart = metres(voice, other)
        return self._told(other.id) | {
            "score": round(1 / (1 + math.exp(-odds)), 3),
            "open": known.status not in {status.value for status in ENDED},
            "at": other.at,
            "reasons": {
                "about": sorted(voice.words.concepts & other.words.concepts),
                "words": words[:6],
                "metres": None if apart is None else round(apart),
                "days": round(days(voice, other), 1),
                "building": voice.building is not None and voice.building == other.building,
                "category": voice.category is not None and voice.category == other.category,
            },
        }

    def _rarest(self, term: str) -> tuple[float, str]:
        return -self._voices.index.weight(term), term

    def _told(self, request: str) -> dict[str, Any]:
        known = self._known[request]
        return {
            "id": request,
            "code": known.code,
            "source_key": known.source_key,
            "status": known.status,
            "grid": known.grid,
        }

    async def hot(self, question: dict[str, Any]) -> Any:
        """What many say, the most people first; ``next`` goes into ``skip``. Raises ValidationError, StoreError."""
        asked = AskHot.model_validate(question)
        await self.refresh()
        since = None if asked.days is None else now() - timedelta(days=asked.days)
        clusters = [
            members
            for members in self._voices.together(since)
            if len(members) >= asked.least
            and (asked.grid is None or any(self._known[m.id].grid == asked.grid for m in members))
        ]
        clusters.sort(key=lambda members: (-self._people(members), -len(members), members[0].id))
        items: list[dict[str, Any]] = []
        requests = 0
        for members in clusters[asked.skip : asked.skip + asked.limit]:
            if items and requests + len(members) > _IN_ONE_ANSWER:
                break
            requests += len(members)
            items.append(await self._issue(members))
        after = asked.skip + len(items)
        return {
            "items": items,
            "compared": len(self._voices),
            "clusters": len(clusters),
            "next": after if after < len(clusters) else None,
        }

    def _people(self, members: Sequence[Voice]) -> int:
        """Distinct people; whoever is unknown counts as one."""
        return len({self._known[member.id].person or member.id for member in members})

    async def _issue(self, members: Sequence[Voice]) -> dict[str, Any]:
        step = max(1, len(members) // _READ_FOR_WORDS)
        said = await self._texts.of(self._tenant, [member.id for member in members[::step]])
        texts = ["\n".join(text.text for text in one) for one in said.values()]
        about = Counter(concept for member in members for concept in member.words.concepts)
        return {
            "id": members[0].id,
            "words": describe(texts, self._voices.index.weight) if texts else [],
            "about": [name for name, count in about.most_common(3) if count * 3 >= len(members)],
            "size": len(members),
            "people": self._people(members),
            "grids": dict(Counter(g for m in members if (g := self._known[m.id].grid)).most_common()),
            "categories": dict(Counter(m.category for m in members if m.category).most_common()),
            "first": members[0].at,
            "last": members[-1].at,
            "by_day": dict(sorted(Counter(member.at.date().isoformat() for member in members).items())),
            "requests": [self._told(member.id) for member in members],
        }


def _boxes(row: Document) -> list[Box]:
    body = row["body"]
    return [
        Box(row["tenant"], row["id"], body["subject"], Sealed.model_validate(box["sealed"]), box["at"])
        for box in body.get("boxes", [])
    ]

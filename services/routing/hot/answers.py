"""Answers what is like what, and what is hot."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.routing.hot.describing import describe
from services.routing.hot.gathering import gathered
from services.routing.hot.likeness import Voice, days, metres
from services.routing.hot.listening import Listening
from services.routing.hot.projection import HEARD
from services.routing.hot.suggesting import Candidate, worth_suggesting
from services.routing.hot.words import read
from shared.clock import now
from shared.refusal import Refused
from shared.store import Store
from shared.texts import Texts
from shared.words import ENDED

_IN_ONE_ANSWER = 3000  # requests: an answer is one message
_READ_FOR_WORDS = 60  # texts
_LOOKED_AT = 80  # candidates: some of them are joined already, or done
_WORTH_A_LOOK = -2.0  # log-odds


class AskSimilar(BaseModel):
    model_config = ConfigDict(extra="forbid")

    request: Annotated[str | None, Field(max_length=64)] = None
    text: Annotated[str | None, Field(max_length=4000)] = None
    lon: Annotated[float | None, Field(ge=-180, le=180)] = None
    lat: Annotated[float | None, Field(ge=-90, le=90)] = None
    category: Annotated[str | None, Field(max_length=64)] = None
    at: AwareDatetime | None = None
    """When the text was said; left out, time is no evidence, and what ended long ago is told, too."""
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class AskHot(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: Annotated[int | None, Field(ge=1, le=3660)] = None
    grid: Annotated[str | None, Field(max_length=64)] = None
    least: Annotated[int, Field(ge=2, le=1000)] = 2
    people: Annotated[int, Field(ge=1, le=1000)] = 1
    """At least so many: one person's bursts make nothing hot."""
    skip: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 500


class Answers:
    def __init__(self, heard: Listening, store: Store, texts: Texts, tenant: str) -> None:
        self._heard = heard
        self._store = store
        self._texts = texts
        self._tenant = tenant

    async def similar(self, question: dict[str, Any]) -> Any:
        """Likely duplicates, each with why. Raises Refused, ValidationError, StoreError."""
        asked = AskSimilar.model_validate(question)
        await self._heard.catch_up_soon()
        voice = await self._asked(asked)
        found = [
            (other, odds)
            for other, odds in self._heard.voices.like(voice, _LOOKED_AT)
            if odds > _WORTH_A_LOOK
        ]
        known = self._heard.known.get(voice.id)
        at = voice.at if voice.dated else datetime.min.replace(tzinfo=UTC)
        mine = Candidate(voice.id, at, known and known.matter)
        others = [self._candidate(other) for other, _ in found]
        worth = {other.request for other in worth_suggesting(mine, others)}
        matches = [self._match(voice, other, odds) for other, odds in found if other.id in worth]
        return {"items": matches[: asked.limit]}

    def _candidate(self, voice: Voice) -> Candidate:
        known = self._heard.known[voice.id]
        return Candidate(voice.id, voice.at, known.matter, known.ended_at)

    async def _asked(self, asked: AskSimilar) -> Voice:
        if asked.request is None:
            if not asked.text:
                raise Refused("unknown_request")
            return Voice(
                "",
                read(asked.text),
                asked.at or now(),
                asked.lon,
                asked.lat,
                category=asked.category,
                dated=asked.at is not None,
            )
        name = asked.request
        if name not in self._heard.known:
            row = await self._store.documents(HEARD.name).find_one(
                {"tenant": self._tenant, "body.code": name}
            )
            name = row["id"] if row else name
        voice = self._heard.voices.named(name)
        if voice is None:
            raise Refused("unknown_request")
        return voice

    def _match(self, voice: Voice, other: Voice, odds: float) -> dict[str, Any]:
        known = self._heard.known[other.id]
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
                "days": round(days(voice, other), 1) if voice.dated else None,
                "building": voice.building is not None and voice.building == other.building,
                "category": voice.category is not None and voice.category == other.category,
            },
        }

    def _rarest(self, term: str) -> tuple[float, str]:
        return -self._heard.voices.index.weight(term), term

    def _told(self, request: str) -> dict[str, Any]:
        known = self._heard.known[request]
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
        await self._heard.refresh(learn=False)
        await self._heard.learn_at_once()
        since = None if asked.days is None else now() - timedelta(days=asked.days)
        clusters = [
            members
            for members in self._together(since)
            if len(members) >= asked.least
            and self._people(members) >= asked.people
            and (asked.grid is None or any(self._heard.known[m.id].grid == asked.grid for m in members))
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
            "compared": len(self._heard.voices),
            "clusters": len(clusters),
            "next": after if after < len(clusters) else None,
        }

    def _together(self, since: datetime | None) -> list[list[Voice]]:
        """What the machine thinks one, and what a person joined; each in the order of time."""
        voices = self._heard.voices
        clusters = [[voice.id for voice in members] for members in voices.together(since)]
        leads = {name: known.matter for name, known in self._heard.known.items() if known.matter}
        found: list[list[Voice]] = []
        for names in gathered(clusters, leads):
            members = [
                voice
                for name in names
                if (voice := voices.named(name)) is not None and (since is None or voice.at >= since)
            ]
            if len(members) > 1:
                found.append(sorted(members, key=lambda voice: voice.at))
        return found

    def _people(self, members: Sequence[Voice]) -> int:
        """Distinct people; whoever is unknown counts as one."""
        return len({self._heard.known[member.id].person or member.id for member in members})

    async def _issue(self, members: Sequence[Voice]) -> dict[str, Any]:
        step = max(1, len(members) // _READ_FOR_WORDS)
        said = await self._texts.of(self._tenant, [member.id for member in members[::step]])
        texts = ["\n".join(text.text for text in one) for one in said.values()]
        about = Counter(concept for member in members for concept in member.words.concepts)
        return {
            "id": members[0].id,
            "words": describe(texts, self._heard.voices.index) if texts else [],
            "about": [name for name, count in about.most_common(3) if count * 3 >= len(members)],
            "size": len(members),
            "people": self._people(members),
            "grids": dict(Counter(g for m in members if (g := self._heard.known[m.id].grid)).most_common()),
            "categories": dict(Counter(m.category for m in members if m.category).most_common()),
            "first": members[0].at,
            "last": members[-1].at,
            "by_day": dict(sorted(Counter(member.at.date().isoformat() for member in members).items())),
            "requests": [self._told(member.id) for member in members],
        }

"""Relay cards: what a worker carries by hand into a chat group that no API reaches (网格微群), and who has done it."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.notify.delivery.domain import PERSON, RELAYED_WITHIN
from services.notify.delivery.means import Means
from services.notify.delivery.projection import OUTBOX
from services.notify.notice.saying import Sayings
from services.notify.projection import CONTACT
from shared.answering import BadRequestError
from shared.areas import Areas
from shared.clock import now
from shared.commands.command import Command
from shared.commands.delivery import ConfirmRelay
from shared.documents import Document
from shared.plans import PresentPlan
from shared.store import Store
from shared.words import Code, Token

Json = dict[str, Any]
_OPEN = "handed_over"
_SHOWN_FOR = timedelta(days=3)
_COUNTED_FOR = timedelta(days=30)


class AskCards(BaseModel):
    """Of the grids that a worker stands on; of these areas (``within``); or of all. ``delivery``: this one alone."""

    model_config = ConfigDict(extra="forbid")
    most: ClassVar[int] = 200

    worker: Token | None = None
    within: tuple[Code, ...] | None = None
    delivery: Token | None = None
    limit: int = Field(default=100, ge=1, le=most)


@dataclass(frozen=True)
class Cards:
    store: Store
    present: PresentPlan
    means: Means
    sayings: Sayings
    tenant: str

    async def stands_on(self, worker: str) -> tuple[str, ...]:
        """Return the areas of this worker's posts, and all below: a head's reach down to the grid."""
        posted = {"tenant": self.tenant, "body.worker": worker}
        found = self.store.documents(CONTACT.name).find(posted)
        own = {row["body"]["grid"] async for row in found}
        held = await self.present.get()
        areas = Areas(held[1]) if held else {}
        below = (areas.within(code) for code in own if isinstance(areas, Areas) and code in areas)
        return tuple(sorted(own.union(*below)))

    async def filled_in(self, command: Command) -> Command:
        """Where a worker stands is for our own postings to say."""
        if not isinstance(command, ConfirmRelay):
            return command
        role, _, name = command.actor.partition(":")
        there = await self.stands_on(name) if role == "worker" else ()
        return command.model_copy(update={"stands_on": there})

    async def asked(self, asked: Json) -> Json:
        """Return the cards, those that wait first, and how many of the last 30 days stand where.

        Raises BadRequestError and what the store raises.
        """
        try:
            ask = AskCards.model_validate(asked)
        except ValidationError as invalid:
            raise BadRequestError(str(invalid.errors()[0]["loc"])) from None
        theirs: Json = {"tenant": self.tenant, "body.gateway": PERSON}
        if ask.worker is not None:
            theirs["body.grid"] = {"$in": list(await self.stands_on(ask.worker))}
        elif ask.within is not None:
            theirs["body.grid"] = {"$in": list(ask.within)}
        if ask.delivery is not None:
            theirs["id"] = ask.delivery
        outbox = self.store.documents(OUTBOX.name)
        waiting = outbox.find(theirs | {"body.status": _OPEN}).sort("body.handed_at", 1).limit(ask.limit)
        rows = [row async for row in waiting]
        since = {"body.handed_at": {"$gte": now() - _SHOWN_FOR}, "body.status": {"$ne": _OPEN}}
        ended = outbox.find(theirs | since).sort("body.handed_at", -1).limit(ask.limit)
        rows += [row async for row in ended]
        cancelled = await self.sayings.cancelled(self.tenant, {row["body"].get("notice") for row in rows})
        return {
            "items": [await self._card(row, cancelled) for row in rows],
            "counts": dict(await self._counts(theirs)),
        }

    async def _card(self, row: Document, cancelled: set[str]) -> Json:
        body = row["body"]
        said, _ = await self.means.message(self.tenant, row["id"], body, PERSON)
        stands = (
            "cancelled" if body.get("notice") in cancelled and body["status"] == _OPEN else body["status"]
        )
        return {
            "delivery": row["id"],
            "grid": body.get("grid"),
            "group": body.get("group"),
            "text": said.text,
            "stands": "lapsed" if stands == "failed" else stands,
            "handed_at": body["handed_at"],
            "until": body["handed_at"] + RELAYED_WITHIN,
            "by": body.get("by"),
            "relayed_at": body.get("relayed_at"),
        }

    async def _counts(self, theirs: Json) -> Counter[str]:
        stages: list[Json] = [
            {"$match": theirs | {"body.handed_at": {"$gte": now() - _COUNTED_FOR}}},
            {"$group": {"_id": "$body.status", "n": {"$sum": 1}}},
        ]
        words = {_OPEN: "waiting", "confirmed": "relayed", "failed": "lapsed"}
        counts: Counter[str] = Counter(dict.fromkeys(words.values(), 0))
        async for row in self.store.documents(OUTBOX.name).aggregate(stages):
            counts[words.get(str(row["_id"]), "other")] += row["n"]
        return counts

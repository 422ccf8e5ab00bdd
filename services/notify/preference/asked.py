"""What somebody wishes to hear, for the page on which it is changed; and what was written back, for whoever reads it."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.notify.delivery.projection import OUTBOX
from services.notify.preference.rules import Channel
from services.notify.reply.projection import WRITTEN_BACK
from services.notify.telling import Telling
from shared.events.event import Sealed
from shared.ids import preference_id
from shared.words import Holder, Token, Topic

_OF_STAFF = (Topic.WORK, Topic.HALL, Topic.WISHES, Topic.NOTICES, Topic.ALERTS)
_OF_RESIDENTS = (Topic.REQUESTS, Topic.HALL, Topic.WISHES, Topic.NOTICES, Topic.ALERTS)
_CHANNELS: tuple[Channel, ...] = ("sms", "chat")


class AskPreferences(BaseModel):
    """Of one: by the link that the contact got, by a request that came from there, or by the holder."""

    model_config = ConfigDict(extra="forbid")

    link: str | None = Field(default=None, max_length=64)
    request: Token | None = None
    holder: Holder | None = None

    @model_validator(mode="after")
    def _one(self) -> "AskPreferences":
        if [self.link, self.request, self.holder].count(None) != 2:
            raise ValueError("one of link, request and holder")
        return self


class AskReplies(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=50, ge=1, le=200)


class Asked:
    def __init__(self, telling: Telling, tenant: str) -> None:
        self._telling = telling
        self._tenant = tenant

    async def preferences(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """None: there is no such person, or no contact of theirs. Nothing in the answer is personal."""
        asked = AskPreferences.model_validate(question)
        holder = asked.holder
        if asked.link is not None:
            holder = await self._telling.holders.of_link(asked.link)
        elif asked.request is not None:
            holder, _ = await self._telling.reach(self._tenant, f"reporter:{asked.request}", "sms")
        return None if holder is None else await self._of(holder)

    async def _of(self, holder: str) -> dict[str, Any]:
        state = await self._telling.desk.state("preference", self._tenant, preference_id(holder))
        preference, said = await self._telling.preferences.of(self._tenant, holder), state.said
        return {
            "holder": holder,
            "link": None if preference.staff else await self._telling.holders.link_of(holder),
            "topics": list(_OF_STAFF if preference.staff else _OF_RESIDENTS),
            "channels": list(_CHANNELS),
            "off": [{"topic": topic, "channel": channel} for topic, channel in sorted(preference.off)],
            "language": preference.language,
            "quiet_from": f"{preference.quiet.since:%H:%M}",
            "quiet_until": f"{preference.quiet.until:%H:%M}",
            "digests": [{"topic": topic, "daily_at": f"{at:%H:%M}"} for topic, at in preference.digests],
            "stopped": preference.stopped,
            "since": None if said is None else said.at,
        }

    async def replies(self, question: dict[str, Any]) -> list[dict[str, Any]]:
        """What nobody has seen to yet, newest first; words stay sealed. ``code``: what that number was told of last."""
        asked = AskReplies.model_validate(question)
        waiting = {"tenant": self._tenant, "body.meaning": "other", "body.settled": None}
        store = self._telling.store
        found = store.documents(WRITTEN_BACK.name).find(waiting).sort("body.at", -1).limit(asked.limit)
        rows = [row async for row in found]
        codes: dict[str, str | None] = {}
        for holder in {row["body"]["holder"] for row in rows}:
            told = {"body.holder": holder, "body.code": {"$ne": None}}
            last = await store.documents(OUTBOX.name).find_one(told, sort=[("body.at", -1)])
            codes[holder] = last["body"]["code"] if last else None
        return [
            {
                "reply": row["id"],
                "at": row["body"]["at"],
                "gateway": row["body"]["gateway"],
                "code": codes[row["body"]["holder"]],
                "sealed": Sealed.model_validate(row["body"]["sealed"]).model_dump(mode="json"),
            }
            for row in rows
        ]

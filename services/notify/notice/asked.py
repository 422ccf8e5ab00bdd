"""What is asked about notices: whom one would reach before it goes out, and how far one has come."""

from collections import Counter
from typing import Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from services.notify.delivery.projection import OUTBOX
from services.notify.notice.audiences import AUDIENCE
from services.notify.notice.choosing import Choice, Choosing, Wish
from services.notify.notice.domain import NOTICE, State
from services.notify.notice.saying import Sayings
from services.notify.template.length import length
from shared.answering import BadRequestError
from shared.clock import now
from shared.desk import Desk
from shared.events.notice import Audience, Level, NoticeKind, NoticePublished, Over, Words
from shared.ids import new_id
from shared.refusal import Refused
from shared.store import Store
from shared.words import Code, Token

_MOST = 100
_GONE = ("accepted", "confirmed")
Json = dict[str, Any]
M = TypeVar("M", bound=BaseModel)


class AskAudience(BaseModel):
    """What a notice would say to whom: as ``PublishNotice``."""

    model_config = ConfigDict(extra="forbid")

    audience: Audience
    within: tuple[Code, ...] = ()
    channels: tuple[Over, ...] = ()
    kind: NoticeKind = "notice"
    level: Level | None = None
    starts: AwareDatetime | None = None
    title: Words = Words(zh="")
    text: Words = Words(zh="")


class AskNotices(BaseModel):
    """One notice, or the newest. ``within``: those of these communities alone."""

    model_config = ConfigDict(extra="forbid")

    notice: Token | None = None
    within: tuple[Code, ...] = ()
    kinds: tuple[NoticeKind, ...] = ()
    limit: int = 20
    counted: bool = True
    """Whether it has to be said how far each has come."""


class AskAudiences(BaseModel):
    model_config = ConfigDict(extra="forbid")

    within: tuple[Code, ...] = ()


class Asked:
    def __init__(self, store: Store, desk: Desk, choosing: Choosing, sayings: Sayings, tenant: str) -> None:
        self._store = store
        self._desk = desk
        self._choosing = choosing
        self._sayings = sayings
        self._tenant = tenant

    async def audience(self, asked: Json) -> Json:
        """Return how many would get it, by channel, and who is left out and why. Nobody is told.

        Raises BadRequestError, Refused.
        """
        ask = _read(AskAudience, asked)
        await self._choosing.reach.check(ask.audience)
        wish, choice = Wish(ask.audience, ask.within, ask.channels, ask.kind, ask.level), Choice()
        async for _ in self._choosing.items(self._tenant, wish, ask.starts or now(), choice):
            pass
        return {
            "recipients": choice.recipients,
            "deliveries": choice.deliveries,
            "channels": dict(choice.channels),
            "roles": dict(choice.roles),
            "left_out": dict(choice.left_out),
            "held": choice.held,
            "message": self._message(ask),
        }

    def _message(self, ask: AskAudience) -> Json:
        """Return the text in each language that it was written in, and how many SMS one is charged as: with the way out
        (``sms_first``) to whoever was never told anything.
        """
        at = now()
        said = NoticePublished(title=ask.title, text=ask.text, audience=ask.audience, starts=at, at=at)
        texts = {
            language: self._sayings.of(said, language, new_id())
            for language in ("zh", "en")
            if getattr(ask.text, language)
        }
        return {
            language: {
                "text": text,
                "characters": len(text),
                "sms": length(text).parts,
                "sms_first": length(first).parts,
            }
            for language, (text, first) in texts.items()
        }

    async def notices(self, asked: Json) -> list[Json]:
        """Return the newest notices, or the one that is named, each with how far it has come.

        Raises BadRequestError, Refused.
        """
        ask = _read(AskNotices, asked)
        wanted: Json = {"tenant": self._tenant, "body.said": {"$ne": None}}
        if ask.notice is not None:
            wanted["id"] = ask.notice
        if ask.kinds:
            wanted["body.said.kind"] = {"$in": list(ask.kinds)}
        if ask.within:
            wanted["body.said.within"] = {"$in": list(ask.within)}
        found = self._store.documents(NOTICE.aggregate).find(wanted).sort("body.said.at", -1)
        rows = [row async for row in found.limit(min(max(ask.limit, 1), _MOST))]
        if ask.notice is not None and not rows:
            raise Refused("notice_not_there")
        return [
            self._told(
                row["id"],
                NOTICE.state(row["body"]),
                await self._counts(row["id"]) if ask.counted else Counter[str](),
            )
            for row in rows
        ]

    def _told(self, notice: str, state: State, counts: Counter[str]) -> Json:
        assert state.said is not None
        requested = sum(counts.values())
        return {
            "notice": notice,
            "stage": state.stage,
            **state.said.model_dump(mode="json", exclude={"publisher"}),
            "publisher": state.said.publisher,
            "recipients": state.recipients,
            "deliveries": state.deliveries,
            "left_out": {one.reason: one.number for one in state.left_out},
            "requested": requested,
            "gone_out": sum(counts[status] for status in _GONE),
            "waiting": counts["requested"] + counts["attempted"] + counts["deferred"],
            "outcomes": dict(counts),
        }

    async def _counts(self, notice: str) -> Counter[str]:
        """Return how many deliveries of it stand where; ``cancelled`` are those that were stopped in time."""
        stages: list[Json] = [
            {"$match": {"body.notice": notice}},
            {"$group": {"_id": {"status": "$body.status", "reason": "$body.reason"}, "n": {"$sum": 1}}},
        ]
        counts: Counter[str] = Counter()
        async for row in self._store.documents(OUTBOX.name).aggregate(stages):
            stopped = row["_id"].get("reason") == "notice_cancelled"
            counts["cancelled" if stopped else row["_id"]["status"]] += row["n"]
        return counts

    async def audiences(self, asked: Json) -> list[Json]:
        """Return the saved audiences: of these communities (``within``), or all. Raises BadRequestError."""
        ask = _read(AskAudiences, asked)
        wanted: Json = {"tenant": self._tenant, "body.saved": {"$ne": None}}
        if ask.within:
            wanted["body.saved.within"] = {"$in": list(ask.within)}
        found = self._store.documents(AUDIENCE.aggregate).find(wanted).sort("body.saved.name", 1).limit(_MOST)
        return [
            {"audience_id": row["id"], **AUDIENCE.state(row["body"]).model_dump(mode="json")["saved"]}
            async for row in found
        ]


def _read(model: type[M], asked: Json) -> M:
    try:
        return model.model_validate(asked)
    except ValidationError as invalid:
        where = ".".join(map(str, invalid.errors()[0]["loc"]))
        raise BadRequestError(f"{where} cannot be used") from None

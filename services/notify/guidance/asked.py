"""What others may ask of the worded replies: which fit a request, or a text; all of them; whether others could be
adopted. Read-only: words that were opened to be looked at go nowhere from here.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from services.notify.guidance.domain import mistakes
from services.notify.guidance.held import Guidances
from services.notify.guidance.matching import Fitting, fitting
from services.notify.projection import MATTER
from shared.answering import plain_errors
from shared.bus import Bus
from shared.documents import document_id
from shared.envelope import History
from shared.events.guidance import GuidanceAdopted, GuidanceEntry
from shared.events.request import GuidanceSent
from shared.events.submission import RequestAmended, RequestSubmitted
from shared.refusal import Refused
from shared.store import Store
from shared.vault import Vault
from shared.words import Code, Token

Json = dict[str, Any]
_ENTRIES = TypeAdapter(tuple[GuidanceEntry, ...])


class WhichGuidance(BaseModel):
    """For a request, by its id; or for a text, and a category where one is known."""

    model_config = ConfigDict(extra="forbid")

    request: Token | None = None
    text: str = Field(default="", max_length=4000)
    category: Code | None = None


class ProposedGuidance(BaseModel):
    model_config = ConfigDict(extra="forbid")

    entries: list[dict[str, Any]] = Field(max_length=300)


class Asked:
    def __init__(self, tenant: str, guidances: Guidances, store: Store, vault: Vault, bus: Bus) -> None:
        self._tenant = tenant
        self._guidances = guidances
        self._store = store
        self._vault = vault
        self._bus = bus

    def answer(self) -> None:
        self._bus.answer_queries("Guidance", self.guidance)
        self._bus.answer_queries("GuidanceSet", self.guidance_set)
        self._bus.answer_queries("GuidanceCheck", self.check)

    async def guidance(self, asked: Json) -> Json:
        """What fits, the likeliest first, with the words that called for it; the rest; and what was sent already.

        Raises Refused, and what store, vault and journal raise.
        """
        which = WhichGuidance.model_validate(asked)
        held = await self._guidances.present()
        text, category, about = which.text, which.category, {}
        if which.request is not None:
            where = {"_id": document_id(self._tenant, which.request)}
            row = await self._store.documents(MATTER.name).find_one(where)
            if row is None or "code" not in row["body"]:
                raise Refused("not_found")
            about = row["body"]
            text, category = await self._words(which.request), about.get("category")
        fits = fitting(held.entries, text, category)
        chosen = {fit.entry.code for fit in fits}
        return {
            "version": held.version,
            "reachable": bool(about.get("reachable")),
            "fitting": [_told(fit.entry, fit) for fit in fits],
            "others": [_told(entry) for entry in held.entries if entry.code not in chosen],
            "sent": await self._sent(which.request) if which.request is not None else [],
        }

    async def guidance_set(self, _asked: Json) -> Json:
        """The set that holds, in its order, and every version that there was, newest first."""
        held = await self._guidances.present()
        number, versions = 0, list[Json]()
        async for fact in self._bus.journal.catch_up(self._guidances.history, 0):
            if isinstance(fact.event, GuidanceAdopted):
                number += 1
                versions.append(
                    {
                        "version": number,
                        "at": fact.event.at.isoformat(),
                        "actor": fact.actor,
                        "note": fact.event.note,
                        "entries": len(fact.event.entries),
                    }
                )
        return {
            "version": held.version,
            "entries": [entry.model_dump(mode="json") for entry in held.entries],
            "versions": versions[::-1],
        }

    async def check(self, asked: Json) -> Json:
        """Whether these could be adopted: every mistake, by entry and field."""
        proposed = ProposedGuidance.model_validate(asked)
        try:
            entries = _ENTRIES.validate_python(proposed.entries)
        except ValidationError as invalid:
            wrong = [
                {"entry": "", "field": each["field"], "problem": each["why"]}
                for each in plain_errors(invalid)
            ]
        else:
            wrong = mistakes(entries)
        return {"ok": not wrong, "mistakes": wrong}

    async def _words(self, request: str) -> str:
        """Everything that was said of a request; nothing, where it was erased."""
        said = History(self._tenant, "intake", "submission", request)
        texts: list[str] = []
        async for fact in self._bus.journal.catch_up(said, 0):
            if isinstance(fact.event, RequestSubmitted | RequestAmended) and fact.event.sealed is not None:
                fields = await self._vault.open(said.subject, fact.event.sealed)
                texts.append((fields or {}).get("text", ""))
        return "\n".join(texts)

    async def _sent(self, request: str) -> list[Json]:
        """What the resident was sent already, as it was worded then; oldest first."""
        sent: list[Json] = []
        async for fact in self._bus.journal.catch_up(History(self._tenant, "routing", "request", request), 0):
            if isinstance(fact.event, GuidanceSent):
                held = await self._guidances.of(fact.event.guidance_version)
                entry = held.named(fact.event.guidance) if held else None
                sent.append(
                    {
                        "code": fact.event.guidance,
                        "version": fact.event.guidance_version,
                        "at": fact.event.at.isoformat(),
                        "actor": fact.actor,
                        "zh": entry.zh if entry else "",
                        "en": entry.en if entry else "",
                    }
                )
        return sent


def _told(entry: GuidanceEntry, fit: Fitting | None = None) -> Json:
    return {
        "code": entry.code,
        "title_zh": entry.title_zh,
        "title_en": entry.title_en,
        "zh": entry.zh,
        "en": entry.en,
        "words": list(fit.words) if fit else [],
        "category": fit.category if fit else False,
    }

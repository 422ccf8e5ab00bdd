"""Whom a matter concerns beside its worker: whoever said it, whoever's request follows it, whoever has it, too, and asked
to be told. A person who speaks in it twice hears of it once.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

from services.notify.projection import MATTER, SUPPORTERS
from services.notify.telling import Work
from shared.documents import Body, Document, document_id

_MOST_NAMED = 200
"""Requests and supports of one person; who has more of them in one matter hears of it twice."""


@dataclass(frozen=True)
class Voice:
    """One to tell: ``about`` is what notify remembers of the request that brought this person here."""

    role: Literal["reporter", "supporter"]
    name: str
    request: str
    about: Body

    @property
    def to(self) -> str:
        return f"{self.role}:{self.name}"


@dataclass(frozen=True)
class Voices:
    """Those of one tenant's matters."""

    work: Work
    tenant: str

    async def of(self, request: str, about: Body) -> AsyncIterator[Voice]:
        """Yield whoever said this one request, and whoever supports it."""
        lead = about.get("matter") or request
        if about.get("reachable"):
            voice = Voice("reporter", request, request, about)
            if await self._speaks_here(voice, about.get("person"), lead):
                yield voice
        wanted = {"tenant": self.tenant, "body.request": request}
        async for row in self.work.store.documents(SUPPORTERS.name).find(wanted):
            voice = Voice("supporter", row["id"], request, about)
            if await self._speaks_here(voice, row["body"]["person"], lead):
                yield voice

    async def of_all(self, request: str, about: Body) -> AsyncIterator[Voice]:
        """Yield the same of every request that follows this one, too: what becomes of the lead is theirs as well."""
        async for voice in self.of(request, about):
            yield voice
        wanted = {"tenant": self.tenant, "body.matter": request}
        async for row in self.work.store.documents(MATTER.name).find(wanted):
            if row["id"] != request and "code" in row["body"]:
                async for voice in self.of(row["id"], row["body"]):
                    yield voice

    async def _speaks_here(self, voice: Voice, person: str | None, lead: str) -> bool:
        """Whether this is where that person is told: by the own request, the lead's first, else by the first support."""
        if person is None:
            return True
        mine = await self._requests_of(person, lead)
        if mine:
            return voice.to == f"reporter:{min(mine, key=lambda name: (name != lead, name))}"
        return voice.role == "reporter" or voice.name == min(await self._supports_of(person, lead))

    async def _requests_of(self, person: str, lead: str) -> list[str]:
        family = [{"_id": document_id(self.tenant, lead)}, {"body.matter": lead}]
        wanted = {"tenant": self.tenant, "body.person": person, "body.reachable": True, "$or": family}
        found = self.work.store.documents(MATTER.name).find(wanted).limit(_MOST_NAMED)
        return [row["id"] async for row in found]

    async def _supports_of(self, person: str, lead: str) -> list[str]:
        wanted = {"tenant": self.tenant, "body.person": person}
        found = self.work.store.documents(SUPPORTERS.name).find(wanted).limit(_MOST_NAMED)
        rows = [row async for row in found]
        asked = [document_id(self.tenant, row["body"]["request"]) for row in rows]
        matters = self.work.store.documents(MATTER.name).find({"_id": {"$in": asked}})
        leads = {row["id"]: _lead_of(row) async for row in matters}
        return [row["id"] for row in rows if leads.get(row["body"]["request"]) == lead]


def _lead_of(row: Document) -> str:
    return row["body"].get("matter") or row["id"]

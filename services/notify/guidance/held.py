"""Which replies hold, and those that ever held: what was sent is looked up as it was worded then."""

from dataclasses import dataclass

from services.notify.guidance.domain import GUIDANCE
from services.notify.guidance.shipped import SHIPPED
from shared.documents import document_id
from shared.envelope import History
from shared.events.guidance import GuidanceAdopted, GuidanceEntry
from shared.journal import Journal
from shared.store import Store


@dataclass(frozen=True)
class Held:
    version: int
    entries: tuple[GuidanceEntry, ...]

    def named(self, code: str) -> GuidanceEntry | None:
        return next((entry for entry in self.entries if entry.code == code), None)


class Guidances:
    def __init__(self, tenant: str, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal
        self.history = History(tenant, GUIDANCE.owner, GUIDANCE.aggregate, tenant)
        self._known = {0: Held(0, SHIPPED)}

    async def present(self) -> Held:
        """Raises what the store raises."""
        where = {"_id": document_id(self.history.tenant, self.history.id)}
        row = await self._store.documents(GUIDANCE.aggregate).find_one(where)
        state = GUIDANCE.state(row["body"] if row else {})
        return Held(state.version, state.entries)

    async def of(self, version: int) -> Held | None:
        """Return the set as it was adopted then; None: there is no such version. Raises UnavailableError."""
        if version not in self._known:
            number = 0
            async for fact in self._journal.catch_up(self.history, 0):
                if isinstance(fact.event, GuidanceAdopted):
                    number += 1
                    self._known[number] = Held(number, fact.event.entries)
        return self._known.get(version)

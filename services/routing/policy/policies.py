"""Which policy holds, and any that ever held: a request keeps the revision of the one that it was assigned by."""

from dataclasses import dataclass, replace

from pydantic import ValidationError

from services.routing.policy.clocks import Clocks
from services.routing.policy.domain import POLICY
from services.routing.policy.policy import DEFAULT, Policy
from shared.documents import document_id, head_of
from shared.envelope import History
from shared.events.policy import PolicyAdopted
from shared.journal import Journal
from shared.observability import POLICY_FALLBACKS, log
from shared.store import Store


@dataclass(frozen=True)
class Held:
    """A policy's clocks, and where it stands in the journal; None: the one in the code, before any was adopted."""

    clocks: Clocks
    revision: int | None
    version: int = 0
    instead_of: int | None = None
    """The revision that a request names and nobody can read: this one holds in its place."""

    @property
    def policy(self) -> Policy:
        return self.clocks.policy


BY_DEFAULT = Held(Clocks(DEFAULT), None)


class Policies:
    def __init__(self, tenant: str, store: Store, journal: Journal) -> None:
        self.tenant = tenant
        self._store = store
        self._journal = journal
        self._history = History(tenant, POLICY.owner, POLICY.aggregate, tenant)
        self._known: dict[int | None, Held] = {None: BY_DEFAULT}

    async def present(self) -> Held:
        """Raises what the store raises."""
        where = {"_id": document_id(self._history.tenant, self._history.id)}
        document = await self._store.documents(POLICY.aggregate).find_one(where)
        if document is None or document["body"].get("content") is None:
            return BY_DEFAULT
        head = head_of(document, self._history)
        if head["r"] not in self._known:
            policy = Policy.model_validate(document["body"]["content"])
            self._known[head["r"]] = Held(Clocks(policy), head["r"], head["v"])
        return self._known[head["r"]]

    async def of(self, revision: int | None) -> Held:
        """Return the policy that was adopted at a revision; where it cannot be read, the one that holds, and it is counted.

        Raises UnavailableError, UnreadableError.
        """
        if revision not in self._known:
            fact = await self._journal.after(self._history, (revision or 0) - 1)
            if fact is None or fact.revision != revision or not isinstance(fact.event, PolicyAdopted):
                return await self._instead_of(revision, "missing")
            try:
                policy = Policy.model_validate(fact.event.content)
            except ValidationError:
                return await self._instead_of(revision, "unreadable")
            self._known[revision] = Held(Clocks(policy), revision, fact.version)
        return self._known[revision]

    async def _instead_of(self, revision: int | None, why: str) -> Held:
        POLICY_FALLBACKS.labels(why).inc()
        log.warning("policy_fallback", revision=revision, why=why)
        return replace(await self.present(), instead_of=revision)

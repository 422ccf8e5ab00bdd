"""Where a service does its work: a command in, one event out, under the rules of its decider.

Load the state document, catch it up from the journal, decide, append, fold the own event and write it through.
It never replays a whole history.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from shared.commands import Command
from shared.envelope import Fact, History
from shared.events import Event
from shared.journal import ConflictError, Journal
from shared.observability import APPEND_CONFLICTS
from shared.projection import Model, advance, blank, document_id, head_name
from shared.refusal import Refused, Reply
from shared.store import Document, Store, compare_and_swap

S = TypeVar("S", bound=BaseModel)
_TRIES = 6


@dataclass(frozen=True)
class Decider(Generic[S]):
    """The rules of one aggregate: three plain things with no clock, no I/O and no randomness."""

    owner: str
    aggregate: str
    initial: S
    evolve: Callable[[S, Event], S]
    decide: Callable[[Any, S], Event | None]
    journal: str = "journal"

    @property
    def model(self) -> Model:
        """The state document, which is a projection like any other."""
        return Model(name=self.aggregate, key=self._key, fold=self._fold)

    def _key(self, history: History) -> str | None:
        return history.id if (history.owner, history.aggregate) == (self.owner, self.aggregate) else None

    def _fold(self, body: dict[str, Any], fact: Fact) -> dict[str, Any]:
        assert fact.event is not None
        return self.evolve(self.state(body), fact.event).model_dump()

    def state(self, body: dict[str, Any]) -> S:
        return type(self.initial).model_validate(body) if body else self.initial


@dataclass(frozen=True)
class Done:
    """``event`` is None when the rules had nothing to add: a repeat is quiet."""

    event: Event | None
    event_id: str
    revision: int

    def reply(self) -> Reply:
        event = None if self.event is None else {"type": type(self.event).__name__, "id": self.event_id}
        return Reply(ok=True, event=event, revision=self.revision)


class Desk:
    """All aggregates of one service and the journal that it writes them to."""

    def __init__(self, deciders: Sequence[Decider[Any]], store: Store, journal: Journal) -> None:
        self._deciders = {d.aggregate: d for d in deciders}
        self._store = store
        self._journal = journal

    async def do(self, command: Command, *, tenant: str, cause: str = "") -> Done:
        """Decide and append. Raises Refused, UnavailableError and what the store raises; repeating is safe."""
        decider = self._deciders[command.aggregate]
        history = History(tenant, decider.owner, decider.aggregate, command.history, decider.journal)
        documents = self._store.documents(decider.model.name)
        stored = await documents.find_one({"_id": document_id(tenant, command.history)})
        document = stored or blank(tenant, command.history)
        for attempt in range(_TRIES):
            if attempt or document["n"] == 0:
                await self._catch_up(decider, history, document)
            done = await self._decide_and_append(decider, history, document, command, cause)
            if done is not None:
                return done
            APPEND_CONFLICTS.labels(decider.owner).inc()
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter, not a secret
        raise Refused("conflict", tries=_TRIES)

    async def _decide_and_append(
        self, decider: Decider[Any], history: History, document: Document, command: Command, cause: str
    ) -> Done | None:
        """Return None after losing a race; the document is then stale and has to be caught up."""
        head = document["heads"].get(head_name(history, document["id"]), {"v": 0, "r": 0})
        if command.id in document["recent"]:
            return Done(None, command.id, head["r"])
        try:
            event = decider.decide(command, decider.state(document["body"]))
        except Refused:
            if await self._catch_up(decider, history, document):
                return None  # the refusal was about an older state
            raise
        if event is None:
            return Done(None, command.id, head["r"])
        try:
            appended = await self._journal.append(
                history,
                event,
                event_id=command.id,
                expected=head["r"],
                version=head["v"] + 1,
                cause=cause,
                actor=command.actor,
            )
        except ConflictError:
            return None
        if appended.fresh:
            await self._write_through(decider, history, document, appended.revision, appended.stored)
        return Done(event, command.id, appended.revision)

    async def _catch_up(self, decider: Decider[Any], history: History, document: Document) -> bool:
        head = head_name(history, document["id"])
        moved = False
        async for fact in self._journal.catch_up(history, document["heads"].get(head, {"r": 0})["r"]):
            advance(document, fact, decider.model.fold, head)
            moved = True
        return moved

    async def _write_through(
        self, decider: Decider[Any], history: History, document: Document, revision: int, stored: Fact | None
    ) -> None:
        """Fold the own event, so that the next command need not ask the journal. Losing this write costs nothing:
        the projection, or the next command, does it again.
        """
        read_at = document["read"] if "read" in document else None
        del read_at
        fact = stored or await self._journal.after(history, revision - 1)
        if fact is None:
            return
        before = document.pop("loaded", document["n"])
        advance(document, fact, decider.model.fold, head_name(history, document["id"]))
        await compare_and_swap(self._store.documents(decider.model.name), [(before, document)])

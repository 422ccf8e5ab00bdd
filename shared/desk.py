"""Where a service does its work: a command in, one event out, under the rules of its decider.

Load the state document, catch it up from the journal, decide, append, fold the own event and write it through.
It never replays a whole history.
"""

import asyncio
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from shared.commands.command import Command
from shared.decider import Decider
from shared.documents import Document, advance, blank, document_id, head_of
from shared.envelope import Fact, History, UnreadableError
from shared.events.event import Event
from shared.journal import Appended, ConflictError, Journal
from shared.observability import APPEND_CONFLICTS, TRACEPARENT, log, new_traceparent
from shared.refusal import Refused, Reply
from shared.store import Store, StoreError, compare_and_swap

_TRIES = 6


@dataclass(frozen=True)
class Done:
    """``type`` is None when the rules had nothing to add: a repeat is quiet."""

    type: str | None
    event_id: str
    revision: int

    def reply(self) -> Reply:
        event = None if self.type is None else {"type": self.type, "id": self.event_id}
        return Reply(ok=True, event=event, revision=self.revision)


class Desk:
    """All aggregates of one service and the journals that it writes them to."""

    def __init__(
        self, deciders: Sequence[Decider[Any]], store: Store, journals: Mapping[str, Journal]
    ) -> None:
        self._deciders = {d.aggregate: d for d in deciders}
        self._store = store
        self._journals = journals

    async def do(self, command: Command, *, cause: str = "") -> Done:
        """Decide and append. Raises Refused, UnavailableError and what the store raises; repeating is safe."""
        decider = self._deciders[command.aggregate]
        work = _Work(decider, command, cause, self._store, self._journals[decider.journal])
        try:
            return await self._do(work, decider.owner)
        except UnreadableError as unreadable:  # nobody decides on half of a history
            raise Refused("held", revision=unreadable.revision) from unreadable

    async def _do(self, work: "_Work", owner: str) -> Done:
        await work.load()
        for attempt in range(_TRIES):
            if (done := await work.decide_and_append()) is not None:
                return done
            APPEND_CONFLICTS.labels(owner).inc()
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter, not a secret
            await work.catch_up()
        raise Refused("conflict", tries=_TRIES)

    async def begin(self, command: Command, *, cause: str = "") -> Done:
        """The same for what begins a history, without a look at what there is: the journal refuses a second beginning.
        For many at once, whose documents the projection writes. Raises as ``do`` does.
        """
        decider = self._deciders[command.aggregate]
        history = History(command.tenant, decider.owner, decider.aggregate, command.history, decider.journal)
        return await self.in_hand(history, decider.initial, 0, 0).do(command, cause=cause)

    def in_hand(self, history: History, state: Any, version: int, revision: int) -> "InHand":
        """A history whose state right after this revision is known."""
        return InHand(self, self._deciders[history.aggregate], history, state, version, revision)

    async def append(self, fact: Fact, journal: str, *, expected: int) -> Appended:
        return await self._journals[journal].append(fact, expected=expected)

    async def state(self, aggregate: str, tenant: str, history_id: str) -> Any:
        """Return the present state of one aggregate, caught up from the journal where it has no document yet."""
        decider = self._deciders[aggregate]
        document = await self._store.documents(decider.aggregate).find_one(
            {"_id": document_id(tenant, history_id)}
        )
        if document is None:
            document = blank(tenant, history_id)
            history = History(tenant, decider.owner, decider.aggregate, history_id, decider.journal)
            async for fact in self._journals[decider.journal].catch_up(history, 0):
                advance(document, fact, decider.model)
        return decider.state(document["body"])

    async def told(self, aggregate: str, tenant: str, history_id: str) -> list[Fact]:
        """Return one history as the journal has it now. Raises UnreadableError, UnavailableError."""
        decider = self._deciders[aggregate]
        history = History(tenant, decider.owner, decider.aggregate, history_id, decider.journal)
        return [fact async for fact in self._journals[decider.journal].catch_up(history, 0)]

    async def known(self, aggregate: str, tenant: str, history_ids: Collection[str]) -> dict[str, Any]:
        """Return the states that stand in documents, by history: many in one find, and maybe a moment behind."""
        decider = self._deciders[aggregate]
        names = [document_id(tenant, each) for each in history_ids]
        found = self._store.documents(decider.aggregate).find({"_id": {"$in": names}}, {"id": 1, "body": 1})
        return {row["id"]: decider.state(row["body"]) async for row in found}

    async def any_says(self, aggregate: str, tenant: str, **said: str) -> bool:
        """Whether any history's state says this."""
        asked = {"tenant": tenant, **{f"body.{name}": value for name, value in said.items()}}
        return await self._store.documents(aggregate).find_one(asked, {"_id": 1}) is not None


@dataclass
class InHand:
    """One history in the hand of somebody who knows how it stands: nothing is read, and nothing written through."""

    desk: Desk
    decider: Decider[Any]
    history: History
    state: Any
    version: int
    revision: int

    async def do(self, command: Command, *, cause: str = "") -> Done:
        """As ``Desk.do``. Somebody else was first: it is decided anew on what the journal has."""
        event = self.decider.decide(command, self.state)
        if event is None:
            return Done(None, command.id, self.revision)
        fact = _fact(self.history, event, command, self.version + 1, cause)
        try:
            appended = await self.desk.append(fact, self.decider.journal, expected=self.revision)
        except ConflictError:
            return await self.desk.do(command, cause=cause)
        if appended.fresh:
            if appended.stored is not None and appended.stored.event is not None:
                event = appended.stored.event  # an earlier try had got through
            self.state = self.decider.evolve(self.state, event)
            self.version, self.revision = self.version + 1, appended.revision
        return Done(fact.type, fact.id, appended.revision)


def _fact(history: History, event: Event, command: Command, version: int, cause: str) -> Fact:
    return Fact(
        history=history,
        type=type(event).__name__,
        id=command.id,
        version=version,
        revision=0,
        event=event,
        cause=cause,
        actor=command.actor,
        recorded=datetime.now(UTC),
        traceparent=TRACEPARENT.get() or new_traceparent(),
    )


class _Work:
    """One command on its way: the state document as it was read, and as it became by catching up."""

    def __init__(
        self, decider: Decider[Any], command: Command, cause: str, store: Store, journal: Journal
    ) -> None:
        self._decider = decider
        self._command = command
        self._cause = cause
        self._documents = store.documents(decider.aggregate)
        self._journal = journal
        self._history = History(
            command.tenant, decider.owner, decider.aggregate, command.history, decider.journal
        )
        self._document: Document = blank(command.tenant, command.history)
        self._read = 0

    async def load(self) -> None:
        stored = await self._documents.find_one({"_id": self._document["_id"]})
        if stored is not None:
            self._document, self._read = stored, stored["n"]
        else:
            await self.catch_up()

    async def catch_up(self) -> bool:
        """Fold what the journal has beyond the document. Returns whether there was anything."""
        before = self._document["n"]
        async for fact in self._journal.catch_up(self._history, self._head["r"]):
            advance(self._document, fact, self._decider.model)
        return self._document["n"] != before

    @property
    def _head(self) -> dict[str, int]:
        return head_of(self._document, self._history)

    async def decide_and_append(self) -> Done | None:
        """Return None when the decision was made on a stale state."""
        for mark in self._document.get("recent", ()):
            if mark["id"] == self._command.id:
                return Done(mark["type"], mark["id"], mark["r"])
        try:
            event = self._decider.decide(self._command, self._decider.state(self._document["body"]))
        except Refused:
            if await self.catch_up():
                return None  # the answer was about an older state
            raise
        if event is None:
            if await self.catch_up():
                return None
            return Done(None, self._command.id, self._head["r"])
        head = self._head
        fact = _fact(self._history, event, self._command, head["v"] + 1, self._cause)
        try:
            appended = await self._journal.append(fact, expected=head["r"])
        except ConflictError:
            return None
        stored = appended.stored or replace(fact, revision=appended.revision)
        if appended.fresh:
            await self._write_through(stored)
        return Done(stored.type, stored.id, stored.revision)

    async def _write_through(self, fact: Fact) -> None:
        """Fold the own event, so that the next command need not ask the journal. Losing this write costs nothing:
        the projection, or the next command, does it again.
        """
        try:
            advance(self._document, fact, self._decider.model)
            await compare_and_swap(self._documents, [(self._read, self._document)])
        except (StoreError, UnreadableError) as error:
            log.warning("not_written_through", aggregate=self._decider.aggregate, error=type(error).__name__)

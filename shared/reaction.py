"""Following a consumer: a service first remembers a fact, then reacts to it, then acknowledges it.

So a reaction always finds its own service's read models at least as new as the fact, and a crash anywhere in
between repeats both, which changes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Generic, TypeVar

from nats.aio.msg import Msg

from shared.consumer import acknowledge, give_back_later
from shared.documents import Read
from shared.envelope import Fact, UnreadableError
from shared.events.event import Event
from shared.journal import UnavailableError, fact_of
from shared.observability import CONSUMER_FAILED, CONSUMER_HANDLED, TRACEPARENT, UNKNOWN_EVENTS, child_of, log
from shared.projection import Projection
from shared.refusal import NOT_NOW, Refused
from shared.store import StoreError

E = TypeVar("E", bound=Event)
W = TypeVar("W")
React = Callable[[Fact, Any, W], Awaitable[None]]
_AT_ONCE = 64


class Reactions(Generic[W]):
    """What a service does when a fact appears. ``W`` is what its reactions work with."""

    def __init__(self) -> None:
        self.registered: dict[str, list[React[W]]] = {}

    def on(
        self, event: type[E]
    ) -> Callable[[Callable[[Fact, E, W], Awaitable[None]]], Callable[[Fact, E, W], Awaitable[None]]]:
        """Register a reaction to one event type."""

        def register(
            react: Callable[[Fact, E, W], Awaitable[None]],
        ) -> Callable[[Fact, E, W], Awaitable[None]]:
            self.registered.setdefault(event.__name__, []).append(react)
            return react

        return register

    def include(self, other: "Reactions[Any]", work: Any) -> None:
        """Let what another part of the service does follow the same consumer, with what it works with."""

        def bound(react: React[Any]) -> React[W]:
            @wraps(react)
            async def with_its_own(fact: Fact, event: Any, _work: W) -> None:
                await react(fact, event, work)

            return with_its_own

        for name, reacts in other.registered.items():
            self.registered.setdefault(name, []).extend(map(bound, reacts))

    async def react(self, facts: Sequence[Read], work: W) -> set[int]:
        """React to each fact, one history's in order, different ones at once. Returns revisions to come again."""
        histories: dict[str, list[Fact]] = {}
        for fact in facts:
            if isinstance(fact, Fact) and fact.event is not None and fact.type in self.registered:
                histories.setdefault(fact.history.subject, []).append(fact)
        again: set[int] = set()
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one_history(in_order: list[Fact]) -> None:
            async with gate:
                for place, fact in enumerate(in_order):
                    if not await self._react_to(fact, work):
                        again.update(f.revision for f in in_order[place:])
                        return

        await asyncio.gather(*(one_history(sorted(h, key=lambda f: f.revision)) for h in histories.values()))
        return again

    async def _react_to(self, fact: Fact, work: W) -> bool:
        TRACEPARENT.set(child_of(fact.traceparent))
        for react in self.registered[fact.type]:
            try:
                await react(fact, fact.event, work)
            except Refused as refused:
                if refused.reason in NOT_NOW:
                    log.warning("reaction_put_off", reaction=react.__name__, error=refused.reason)
                    return False
                # An answer: the rules have moved on since.
                log.info("reaction_refused", reaction=react.__name__, reason=refused.reason)
            except (UnavailableError, StoreError, TimeoutError) as absent:
                log.warning("reaction_put_off", reaction=react.__name__, error=type(absent).__name__)
                return False
            except Exception:  # noqa: BLE001 - whatever it was, the fact comes again, and others go on
                log.exception(
                    "reaction_failed", reaction=react.__name__, event_type=fact.type, revision=fact.revision
                )
                return False
        return True


class Follower(Generic[W]):
    """Handles one consumer's batches: projections first, reactions then, acknowledgements last."""

    def __init__(
        self,
        consumer: str,
        projections: Sequence[Projection],
        reactions: Reactions[W] | None = None,
        work: W | None = None,
        first: Callable[[Sequence[Read]], Awaitable[None]] | None = None,
    ) -> None:
        self._consumer = consumer
        self._projections = projections
        self._reactions = reactions
        self._work = work
        self._first = first

    async def handle(self, messages: list[Msg]) -> None:
        facts = [_read(message) for message in messages]
        if self._first is not None:
            await self._first(facts)
        for projection in self._projections:
            await projection.apply(facts)
        again: set[int] = set()
        if self._reactions is not None and self._work is not None:
            again = await self._reactions.react(facts, self._work)
        for message, fact in zip(messages, facts, strict=True):
            if fact.revision in again:
                CONSUMER_FAILED.labels(self._consumer).inc()
                await give_back_later(message)
            else:
                await acknowledge([message])
            self._count(fact)

    def _count(self, fact: Read) -> None:
        if isinstance(fact, UnreadableError):
            CONSUMER_HANDLED.labels(self._consumer, "unreadable").inc()
        elif fact.event is None:
            CONSUMER_HANDLED.labels(self._consumer, "unknown").inc()
            UNKNOWN_EVENTS.labels(self._consumer, fact.type[:64]).inc()
        else:
            CONSUMER_HANDLED.labels(self._consumer, fact.type).inc()


def _read(message: Msg) -> Read:
    try:
        return fact_of(message)
    except UnreadableError as unreadable:
        return unreadable


def is_news(fact: Fact, oldest: timedelta) -> bool:
    """Whether people may still be told: an import or a restored backup texts nobody about last year."""
    imported = fact.actor.startswith("import:") or getattr(fact.event, "imported", False)
    return not imported and fact.event is not None and datetime.now(UTC) - fact.event.at < oldest

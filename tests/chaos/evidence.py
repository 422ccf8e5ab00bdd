"""What stands after the storm: read from the streams themselves, as ``admin``, and from the files on disk."""

import asyncio
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from deploy.topology import DURABLES, SERVICES, streams
from lastmile.corridor import messages
from services.notify.delivery.domain import DELIVERY
from services.notify.delivery.state import OUTCOME_WITHIN
from shared.bus import Bus
from shared.envelope import Fact
from shared.events.delivery import DeliveryRequested
from shared.events.request import (
    FeedbackRecorded,
    GridAssigned,
    RequestAccepted,
    RequestDeclined,
    RequestReopened,
    RequestResolved,
    RequestTransferred,
)
from shared.events.submission import RequestSubmitted
from shared.events.topic import TopicProposed
from shared.journal import fact_of
from shared.settings import Settings
from shared.store import Store
from tests.chaos.crowd import Crowd
from tests.chaos.sayings import DYE, PHONES
from tests.fixtures.waiting import until

Owed = tuple[str, str, str]
"""The fact, the recipient, the channel."""

PERSONAL = re.compile(
    b"|".join(
        [
            *(re.escape(mark) for mark in (DYE.encode(), json.dumps(DYE)[1:-1].encode())),
            rb"(?<!\d)(?:\+?86)?" + PHONES.encode() + rb"\d{4}(?!\d)",
        ]
    )
)
"""What was dyed, as it is or escaped, and any phone of the storm, with its country or without."""

_TOPIC_THRESHOLD: int = Settings.model_fields["topic_threshold"].default
_CALM_WITHIN = 150.0  # seconds; what a killed process had in hand comes again after the consumer's ack_wait
_TOLD_WITHIN = 2 * OUTCOME_WITHIN.total_seconds()
_EXPECTED_FAILURES = frozenset({"UnavailableError", "TimeoutError", "NotAcknowledgedError"})
_ABSENT_STORE = re.compile(
    r"^(AutoReconnect|CursorNotFound|\w*Timeout\w*|ConnectionFailure|NotPrimaryError|\w*WriteConcern\w*)$"
)


@dataclass
class Evidence:
    data: Path
    crowd: Crowd
    journal: list[Fact] = field(default_factory=list)
    deliveries: list[Fact] = field(default_factory=list)
    spoken: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict)
    """Every message of every stream: its subject, and its headers with its payload."""
    views: dict[str, bytes] = field(default_factory=dict)
    """The last message of each view, by its subject."""
    figures: dict[str, Any] = field(default_factory=dict)

    async def gather(self, bus: Bus) -> None:
        for config in streams():
            assert config.name is not None
            spoken = self.spoken[config.name] = []
            async for message in messages(bus, config.name, ">"):
                spoken.append((message.subject, json.dumps(message.headers or {}).encode() + message.data))
                if config.name == "JOURNAL":
                    self.journal.append(fact_of(message))
                elif config.name == "DELIVERIES":
                    self.deliveries.append(fact_of(message))
                elif config.name == "VIEWS":
                    self.views[message.subject] = message.data

    # what happened ─────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def histories(self) -> dict[str, list[Fact]]:
        """Everything about one id, by that id."""
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in (*self.journal, *self.deliveries):
            found[fact.history.id].append(fact)
        return found

    def events(self, history: str, *types: Any) -> list[Any]:
        return [fact.event for fact in self.histories[history] if isinstance(fact.event, types)]

    def called_for(self) -> set[tuple[str, str | None]]:
        """Grids and categories in which enough requests were assigned and never resolved."""
        said = {f.history.id: f.event.category for f in self.journal if isinstance(f.event, RequestSubmitted)}
        resolved = {fact.history.id for fact in self.journal if isinstance(fact.event, RequestResolved)}
        open_ones = Counter(
            (fact.event.grid, said[fact.history.id])
            for fact in self.journal
            if isinstance(fact.event, GridAssigned) and fact.history.id not in resolved
        )
        return {called for called, number in open_ones.items() if number >= _TOPIC_THRESHOLD}

    def proposed(self) -> Counter[tuple[str, str | None]]:
        events = (fact.event for fact in self.journal)
        return Counter((e.grid, e.category) for e in events if isinstance(e, TopicProposed))

    # who had to be told ────────────────────────────────────────────────────────────────────────────────────────────

    def owed(self) -> Counter[Owed]:
        """Recomputed from the journal alone, in other words than notify's own."""
        reachable: set[str] = set()
        workers: dict[str, str | None] = {}
        owed: Counter[Owed] = Counter()
        for fact in self.journal:
            request, event = fact.history.id, fact.event
            match event:
                case RequestSubmitted(reachable=True):
                    reachable.add(request)
                case GridAssigned() | RequestTransferred() | RequestAccepted():
                    workers[request] = event.worker
                case _:
                    pass
            match event:
                case (
                    RequestSubmitted()
                    | RequestAccepted()
                    | RequestResolved()
                    | RequestDeclined()
                    | RequestReopened()
                ):
                    if request in reachable:
                        owed[fact.id, f"reporter:{request}", "sms"] += 1
                case _:
                    pass
            match event:
                case (
                    GridAssigned()
                    | RequestTransferred()
                    | RequestReopened()  # not solved opens it again: the worker hears of that alone
                    | FeedbackRecorded(solved=True)
                ):
                    if worker := workers.get(request):
                        owed[fact.id, f"worker:{worker}", "chat"] += 1
                case TopicProposed():
                    owed[fact.id, f"group:{event.grid}", "chat"] += 1
                case _:
                    pass
        return owed

    def requested(self) -> Counter[Owed]:
        events = (fact.event for fact in self.deliveries)
        return Counter(
            (e.because, e.recipient, e.channel) for e in events if isinstance(e, DeliveryRequested)
        )

    def outcomes(self) -> dict[str, int]:
        last = {fact.history.id: fact.type for fact in self.deliveries}
        return dict(Counter(last.values()))

    def waits(self) -> dict[str, dict[str, float]]:
        """Seconds from a submission until its grid was found, and from a fact until its delivery was requested."""
        recorded = {fact.id: fact.recorded for fact in self.journal}
        assigned = [fact for fact in self.journal if isinstance(fact.event, GridAssigned)]
        requested = [fact for fact in self.deliveries if isinstance(fact.event, DeliveryRequested)]
        seconds = {
            "assigned": [(fact.recorded - recorded[fact.cause]).total_seconds() for fact in assigned],
            "delivery requested": [
                (fact.recorded - recorded[fact.cause]).total_seconds() for fact in requested
            ],
        }
        return {
            what: {
                "median": round(median(some), 3),
                "p99": round(quantiles(some, n=100)[98], 1),
                "longest": round(max(some), 1),
            }
            for what, some in seconds.items()
        }

    # what stands in clear ──────────────────────────────────────────────────────────────────────────────────────────

    def leaks(self) -> list[str]:
        """Where something personal of the storm can be read: in any stream, any file of NATS, any log."""
        places = [
            *(message for spoken in self.spoken.values() for message in spoken),
            *((str(path), path.read_bytes()) for path in self.files("nats", "logs")),
        ]
        return [where for where, content in places if PERSONAL.search(content)]

    def files(self, *directories: str) -> list[Path]:
        return [path for name in directories for path in (self.data / name).rglob("*") if path.is_file()]

    # what the services say of themselves ───────────────────────────────────────────────────────────────────────────

    def log_entries(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every line of every service's log; what is not one of ours comes as ``{"level": "stray", …}``."""
        for service in SERVICES:
            for line in (self.data / "logs" / f"{service}.log").read_text(encoding="utf-8").splitlines():
                try:
                    yield service, json.loads(line)
                except ValueError:
                    yield service, {"level": "stray", "event": line}

    def unexpected(self) -> list[str]:
        """What is more than somebody's absence."""
        return [
            f"{service}: {json.dumps(entry, ensure_ascii=False)}"
            for service, entry in self.log_entries()
            if entry["level"] not in ("info", "warning") or not _is_absence(entry)
        ]


def _is_absence(entry: dict[str, Any]) -> bool:
    error = entry.get("error")
    return error is None or error in _EXPECTED_FAILURES or bool(_ABSENT_STORE.match(error))


async def lag(bus: Bus) -> dict[str, int]:
    """What each consumer has not handled yet: not delivered, or delivered and not acknowledged."""
    js = bus.client.jetstream()
    infos = await asyncio.gather(*(js.consumer_info(d.stream, d.name) for d in DURABLES))
    return {
        durable.name: (info.num_pending or 0) + (info.num_ack_pending or 0)
        for durable, info in zip(DURABLES, infos, strict=True)
    }


async def calm(bus: Bus) -> float:
    """Wait until nobody has anything left to do and nothing new comes of it; return the seconds that it took."""
    js, clock = bus.client.jetstream(), asyncio.get_running_loop().time
    started, before = clock(), -1
    while True:
        behind = await lag(bus)
        states = [(await js.stream_info(name)).state for name in ("JOURNAL", "DELIVERIES")]
        stored = sum(state.last_seq for state in states)
        if not any(behind.values()) and stored == before:
            return clock() - started
        assert clock() - started < _CALM_WITHIN, f"still behind: {behind}"
        before = stored
        await asyncio.sleep(0.2)


async def told(settings: Settings) -> None:
    """Wait until nothing is left to be sent: what somebody died with is looked at again by its state."""
    store = Store(settings, "notify")
    try:
        await store.follow_generations([DELIVERY.aggregate])
        left = {"body.status": {"$in": ["requested", "attempted", "deferred"]}}

        async def nothing_is_left() -> bool:
            return not await store.documents(DELIVERY.aggregate).count_documents(left)

        await until(nothing_is_left, within=_TOLD_WITHIN, pause=0.5, what="deliveries have no outcome")
    finally:
        store.close()

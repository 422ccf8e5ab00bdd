"""CloudEvents 1.0 in binary mode over NATS headers, and the address of a history."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from zlib import crc32

from pydantic import ValidationError

from shared.events.event import CATALOGUE, Event

PARTITIONS = 16
SCHEMAS = "https://lastmile.example/schemas"


class UnreadableError(Exception):
    """An event that stands in the journal and cannot be read: its history is held, others go on."""

    def __init__(self, subject: str, revision: int, reason: str) -> None:
        super().__init__(f"{subject} at {revision}: {reason}")
        self.subject, self.revision, self.reason = subject, revision, reason

    @property
    def history(self) -> "History | None":
        """The history that it stands in; None when its subject is not one's address."""
        try:
            return History.of(self.subject)
        except ValueError:
            return None


@dataclass(frozen=True)
class History:
    """The address of one aggregate's events: one literal subject."""

    tenant: str
    owner: str
    aggregate: str
    id: str
    journal: str = "journal"

    @cached_property
    def subject(self) -> str:
        return f"{self.journal}.{self.tenant}.{_partition(self.id)}.{self.owner}.{self.aggregate}.{self.id}"

    @classmethod
    def of(cls, subject: str) -> "History":
        """Raises ValueError: whoever may publish beside a history may also misspell one."""
        journal, tenant, partition, owner, aggregate, history_id = subject.split(".")
        if partition != _partition(history_id):
            message = "not the partition of this id"
            raise ValueError(message)
        return cls(tenant, owner, aggregate, history_id, journal)


_NUMBERS = tuple(f"{number:02}" for number in range(PARTITIONS))


def _partition(history_id: str) -> str:
    return _NUMBERS[crc32(history_id.encode("ascii")) % PARTITIONS]


@dataclass(frozen=True, slots=True)
class Fact:
    """One event as the journal holds it. ``event`` is None when this release does not know its type."""

    history: History
    type: str
    id: str
    version: int
    revision: int
    event: Event | None
    cause: str
    actor: str
    recorded: datetime
    traceparent: str


def write_headers(fact: Fact, expected: int) -> bytes:
    """Return the NATS header block for appending ``fact`` after revision ``expected``, built in one go: this runs
    for every request that comes in. Raises ValueError for a value that is no header.
    """
    history = fact.history
    if not (fact.cause + fact.actor + fact.id + fact.traceparent).isprintable():
        message = "a header value must be printable"
        raise ValueError(message)
    return (
        f"NATS/1.0\r\n"
        f"Nats-Msg-Id: {fact.id}\r\n"
        f"Nats-Expected-Last-Subject-Sequence: {expected}\r\n"
        f"ce-specversion: 1.0\r\n"
        f"ce-id: {fact.id}\r\n"
        f"ce-source: lastmile/{history.tenant}/{history.owner}\r\n"
        f"ce-type: {fact.type}\r\n"
        f"ce-time: {fact.recorded.isoformat()}\r\n"
        f"ce-subject: {history.aggregate}/{history.id}\r\n"
        f"ce-dataschema: {SCHEMAS}/{fact.type}.json\r\n"
        f"content-type: application/json\r\n"
        f"lm-version: {fact.version}\r\n"
        f"lm-cause: {fact.cause}\r\n"
        f"lm-actor: {fact.actor}\r\n"
        f"traceparent: {fact.traceparent}\r\n\r\n"
    ).encode()


_AS_WRITTEN = re.compile(
    r"NATS/1\.0\r\nNats-Msg-Id: [^\r]*\r\nNats-Expected-Last-Subject-Sequence: [^\r]*\r\nce-specversion: 1\.0\r\n"
    r"ce-id: ([^\r]*)\r\nce-source: [^\r]*\r\nce-type: ([^\r]*)\r\nce-time: ([^\r]*)\r\n"
    r"ce-subject: [^\r]*\r\nce-dataschema: [^\r]*\r\ncontent-type: application/json\r\n"
    r"lm-version: ([^\r]*)\r\nlm-cause: ([^\r]*)\r\nlm-actor: ([^\r]*)\r\ntraceparent: ([^\r]*)\r\n\r\n"
)
_IN_THIS_ORDER = ("ce-id", "ce-type", "ce-time", "lm-version", "lm-cause", "lm-actor", "traceparent")
_IN_ANY_ORDER = re.compile(rf"\n({'|'.join(_IN_THIS_ORDER)}):[ \t]*([^\r\n]*)")


def read_headers(block: bytes) -> dict[str, str]:
    """Return what ``read_fact`` asks for of a header block, whoever wrote it; quickly where ``write_headers`` did."""
    text = block.decode("utf-8", "replace")
    if written := _AS_WRITTEN.fullmatch(text):
        return dict(zip(_IN_THIS_ORDER, written.groups(), strict=True))
    return dict(_IN_ANY_ORDER.findall(text))


def read_fact(subject: str, headers: Mapping[str, str] | None, data: bytes, revision: int) -> Fact:
    """Turn a journal's message into a fact, once, at the door. Raises UnreadableError."""
    headers = headers or {}
    try:
        event_type = headers["ce-type"]
        model = CATALOGUE.get(event_type)
        return Fact(
            history=History.of(subject),
            type=event_type,
            id=headers["ce-id"],
            version=int(headers["lm-version"]),
            revision=revision,
            event=None if model is None else model.model_validate_json(data),
            cause=headers.get("lm-cause", ""),
            actor=headers.get("lm-actor", ""),
            recorded=datetime.fromisoformat(headers["ce-time"]).astimezone(UTC),
            traceparent=headers.get("traceparent", ""),
        )
    except KeyError as missing:
        raise UnreadableError(subject, revision, f"header {missing.args[0]} is missing") from missing
    except ValidationError as invalid:
        # Only places and kinds of errors: a value could be somebody's.
        where = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in invalid.errors()[:3])
        raise UnreadableError(subject, revision, where) from None
    except ValueError as odd:
        raise UnreadableError(subject, revision, "envelope: " + type(odd).__name__) from odd

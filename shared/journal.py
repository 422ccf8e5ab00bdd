"""The journal: facts, appended once each under optimistic concurrency, never edited.

An append is conditional on the revision that the decision was made on. After a conflict or a lost
acknowledgement the journal itself says who won: the first message on the subject after the expected revision.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from prometheus_client import Counter
from pydantic_core import to_json

from shared.envelope import Fact, History, read_fact, write_headers
from shared.observability import EVENTS_APPENDED
from shared.publisher import NotAcknowledgedError, Publisher, RefusedByJournalError, TooLargeError
from shared.refusal import Refused

WRONG_LAST_SEQUENCE = 10071
WRITE_IN_FLIGHT = 10164  # another write on the subject is in flight (replicated streams)
_READ_TIMEOUT = 2.0


class ConflictError(Exception):
    """Somebody else's event is first after the revision that was decided on."""

    def __init__(self, winner: Fact | None) -> None:
        super().__init__("conflict")
        self.winner = winner


class UnavailableError(Exception):
    """The journal cannot be reached, or nobody knows whether it stored the event. Repeating is safe."""


@dataclass(frozen=True, slots=True)
class Appended:
    """``fresh``: it stands right after the state it was decided on, so it may be folded and written through.
    ``stored``: what an earlier try of the same command had stored, where the journal had to be asked.
    """

    revision: int
    fresh: bool
    stored: Fact | None = None


class Journal:
    """One stream of histories: JOURNAL, or DELIVERIES, which is built the same way."""

    def __init__(self, client: Client, publisher: Publisher, stream: str = "JOURNAL") -> None:
        self._client = client
        self._publisher = publisher
        self.stream = stream
        self._read_subject = f"$JS.API.DIRECT.GET.{stream}"

    async def append(self, fact: Fact, *, expected: int) -> Appended:
        """Append one event, or say why not. ``fact.id`` is the command's id: one command, one event.

        Raises ConflictError when another event is first after ``expected``, UnavailableError when nobody can say, and
        Refused when it is too large or its id stands for something else.
        """
        try:
            headers = write_headers(fact, expected)
        except ValueError as odd:  # an actor or a cause that could end a header
            raise Refused("malformed") from odd
        try:
            answer = await self._publisher.publish(
                fact.history.subject, headers, to_json(fact.event, bytes_mode="base64")
            )
        except RefusedByJournalError as refused:
            if refused.code not in (WRONG_LAST_SEQUENCE, WRITE_IN_FLIGHT):
                raise UnavailableError(str(refused)) from refused
            return await self._who_won(fact, expected)
        except (NotAcknowledgedError, NatsError, OSError) as lost:
            return await self._who_won(fact, expected, lost=lost)
        except TooLargeError as large:
            raise Refused("too_large") from large
        if answer.get("duplicate"):
            return await self._done_before(fact, int(answer["seq"]))
        _appended(fact.history.owner, fact.type).inc()
        return Appended(int(answer["seq"]), fresh=True)

    async def _done_before(self, fact: Fact, revision: int) -> Appended:
        """A repeat that was decided anew on a newer state: done, and nothing may be written through.

        The server knows ids by the stream, not by the history: an id that another history has used is nobody's
        success, and silence about it would lose a command.
        """
        stored = await self._read({"seq": revision})
        if stored is None:
            raise UnavailableError("the replica that answered is behind")
        if stored.history != fact.history:
            raise Refused("id_used_elsewhere")
        return Appended(revision, fresh=False, stored=stored)

    async def _who_won(self, fact: Fact, expected: int, lost: Exception | None = None) -> Appended:
        """Read the first event after the expected revision: ours means done, another's means decide again."""
        for pause in (0.0, 0.02, 0.1):  # a replica that answers a direct read may be a moment behind
            await asyncio.sleep(pause)
            try:
                winner = await self.after(fact.history, expected)
            except UnavailableError as unavailable:
                raise unavailable from lost
            if winner is not None:
                if winner.id == fact.id:
                    return Appended(winner.revision, fresh=True, stored=winner)
                raise ConflictError(winner)
            if lost is not None:
                raise UnavailableError("not acknowledged, and not in the journal now") from lost
        raise ConflictError(None)

    async def after(self, history: History, revision: int) -> Fact | None:
        """Return the history's first fact after ``revision``. Raises UnreadableError, UnavailableError."""
        return await self._read({"seq": revision + 1, "next_by_subj": history.subject})

    async def _read(self, question: dict[str, object]) -> Fact | None:
        if not self._client.is_connected:
            raise UnavailableError("not connected")
        try:
            message = await self._client.request(self._read_subject, to_json(question), timeout=_READ_TIMEOUT)
        except (NatsError, OSError) as unreachable:
            raise UnavailableError("the journal does not answer") from unreachable
        headers = message.headers or {}
        if headers.get("Status") == "404":
            return None
        if "Nats-Sequence" not in headers:
            raise UnavailableError(
                f"the journal answered {headers.get('Status')} {headers.get('Description')}"
            )
        return fact_of(message)

    async def catch_up(self, history: History, revision: int) -> AsyncIterator[Fact]:
        """Yield every fact of the history after ``revision``, in order."""
        while (fact := await self.after(history, revision)) is not None:
            yield fact
            revision = fact.revision


@cache
def _appended(owner: str, event_type: str) -> Counter:
    return EVENTS_APPENDED.labels(owner, event_type)


def fact_of(message: Msg) -> Fact:
    """Read a message that a consumer delivered or a direct read returned. Raises UnreadableError."""
    headers = message.headers or {}
    if sequence := headers.get("Nats-Sequence"):
        return read_fact(headers["Nats-Subject"], headers, message.data, int(sequence))
    # $JS.ACK.…: nine words, or twelve with domain and account, and the metadata of nats-py costs as much as the rest.
    words = message.reply.split(".")
    return read_fact(message.subject, headers, message.data, int(words[5 if len(words) == 9 else 7]))

"""The desk: a command in, one event out, whatever its state document knows and however often the command comes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel
from pymongo.errors import AutoReconnect

from shared.commands.command import Command
from shared.commands.request import AcceptRequest, CloseRequest, NoteProgress, ReturnRequest
from shared.decider import Decider
from shared.desk import Desk
from shared.documents import document_id
from shared.envelope import Fact
from shared.events.event import Event
from shared.events.request import ProgressNoted, RequestAccepted, RequestClosed, RequestReturned
from shared.ids import new_id
from shared.journal import Journal, UnavailableError
from shared.projection import Projection
from shared.refusal import Refused
from shared.store import Store
from tests.conftest import OpenBus, OpenStore
from tests.fixtures import facts
from tests.fixtures.pen import Pen
from tests.fixtures.proxy import Cable


class Case(BaseModel):
    worker: str | None = None
    closed: bool = False
    notes: int = 0


def evolve(case: Case, event: Event) -> Case:
    match event:
        case RequestAccepted(worker=worker):
            return case.model_copy(update={"worker": worker})
        case RequestReturned():
            return case.model_copy(update={"worker": None})
        case ProgressNoted():
            return case.model_copy(update={"notes": case.notes + 1})
        case RequestClosed():
            return case.model_copy(update={"closed": True})
        case _:
            return case


def decide(command: Command, case: Case) -> Event | None:
    if case.closed:
        raise Refused("already_closed")
    match command:
        case AcceptRequest(worker=worker):
            assert worker is not None
            return None if case.worker == worker else RequestAccepted(at=command.at, worker=worker)
        case ReturnRequest(reason=reason):
            if case.worker is None:
                raise Refused("not_accepted")
            return RequestReturned(at=command.at, reason=reason)
        case NoteProgress():
            return ProgressNoted(at=command.at)
        case _:
            return RequestClosed(at=command.at, reason="by_staff")


CASE = Decider(owner="routing", aggregate="request", initial=Case(), evolve=evolve, decide=decide)
OpenDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture
def desk(bus: OpenBus, store: OpenStore) -> OpenDesk:
    """A replica of the service, with a connection and a database client of its own."""

    async def open_desk(**changes: Any) -> Desk:
        return Desk([CASE], store(), {"journal": (await bus(**changes)).journal})

    return open_desk


class Caller:
    """Commands to one request."""

    def __init__(self, tenant: str) -> None:
        self.history = facts.request(tenant)
        self._common = {"tenant": tenant, "actor": "worker:w1", "request": self.history.id}

    def ask(self, kind: type[Command], **more: Any) -> Any:
        return kind(**({"id": new_id(), "at": datetime.now(UTC)} | self._common | more))

    async def told(self, journal: Journal) -> list[Fact]:
        return [fact async for fact in journal.catch_up(self.history, 0)]

    async def document(self, store: Store) -> dict[str, Any]:
        key = document_id(self.history.tenant, self.history.id)
        return await store.documents("request").find_one({"_id": key}) or {}


@pytest.fixture
def caller(tenant: str) -> Caller:
    return Caller(tenant)


async def test_a_command_becomes_an_event_and_a_state_that_is_written_through(
    desk: OpenDesk, bus: OpenBus, store: OpenStore, caller: Caller
) -> None:
    """The next command finds the state without asking the journal, and the projection finds nothing left to do."""
    command = caller.ask(AcceptRequest, worker="w1")
    done = await (await desk()).do(command, cause="a-tap")
    (fact,) = await caller.told((await bus()).journal)
    assert (fact.id, fact.version, fact.cause, fact.actor) == (command.id, 1, "a-tap", "worker:w1")
    assert (done.type, done.event_id, done.revision) == ("RequestAccepted", command.id, fact.revision)
    document = await caller.document(store())
    assert document["body"] == {"worker": "w1", "closed": False, "notes": 0}
    await Projection(CASE.model, store(), (await bus()).journal).apply([fact])
    assert await caller.document(store()) == document


async def test_a_repeat_is_quiet_and_hears_the_first_answer(
    desk: OpenDesk, bus: OpenBus, caller: Caller
) -> None:
    """A worker taps twice, at two replicas: one event, and the same answer."""
    command = caller.ask(NoteProgress)
    desks = [await desk(), await desk()]
    first = await desks[0].do(command)
    assert await desks[0].do(command) == first
    assert await desks[1].do(command) == first
    assert len(await caller.told((await bus()).journal)) == 1


async def test_thirty_repeats_at_once_are_one(desk: OpenDesk, bus: OpenBus, caller: Caller) -> None:
    command = caller.ask(NoteProgress)
    desks = [await desk(), await desk()]
    answers = await asyncio.gather(*(desks[n % 2].do(command) for n in range(30)))
    assert len(set(answers)) == 1
    assert len(await caller.told((await bus()).journal)) == 1


async def test_a_late_repeat_after_other_events_is_quiet(
    desk: OpenDesk, bus: OpenBus, store: OpenStore, caller: Caller
) -> None:
    """The state remembers the last commands; what it has forgotten, the journal's window still knows."""
    here = await desk()
    command = caller.ask(NoteProgress)
    first = await here.do(command)
    for _ in range(3):
        await here.do(caller.ask(NoteProgress))
    assert await here.do(command) == first
    for _ in range(20):
        await here.do(caller.ask(NoteProgress))
    document = await caller.document(store())
    assert command.id not in {mark["id"] for mark in document["recent"]}
    assert await here.do(command) == first
    assert await caller.document(store()) == document, "nothing of it may be written through"
    assert len(await caller.told((await bus()).journal)) == 24


async def test_a_stale_document_catches_up(
    desk: OpenDesk, bus: OpenBus, store: OpenStore, caller: Caller
) -> None:
    """Its writer died before he wrote it through: the conflict says so, and the journal has the rest."""
    here = await desk()
    await here.do(caller.ask(NoteProgress))
    stale = await caller.document(store())
    await here.do(caller.ask(NoteProgress))
    await store().documents("request").replace_one({"_id": stale["_id"]}, stale)
    done = await here.do(caller.ask(NoteProgress))
    told = await caller.told((await bus()).journal)
    assert [fact.version for fact in told] == [1, 2, 3]
    assert done.revision == told[-1].revision
    assert (await caller.document(store()))["body"]["notes"] == 3


async def test_without_a_document_the_journal_is_the_state(
    desk: OpenDesk, store: OpenStore, caller: Caller
) -> None:
    here = await desk()
    await here.do(caller.ask(AcceptRequest, worker="w1"))
    await store().documents("request").delete_many({})
    assert await here.state("request", caller.history.tenant, caller.history.id) == Case(worker="w1")
    with pytest.raises(Refused, match="already_closed"):
        for _ in range(2):
            await here.do(caller.ask(CloseRequest))


async def test_neither_a_refusal_nor_silence_is_about_an_older_state(
    desk: OpenDesk, store: OpenStore, caller: Caller
) -> None:
    """By an old document w1 has it already, or nobody has: both answers would be wrong by now."""
    here = await desk()
    documents = store().documents("request")
    await here.do(caller.ask(AcceptRequest, worker="w1"))
    accepted = await caller.document(store())
    await here.do(caller.ask(ReturnRequest, reason="not mine"))
    await documents.replace_one({"_id": accepted["_id"]}, accepted)
    assert (await here.do(caller.ask(AcceptRequest, worker="w1"))).type == "RequestAccepted"

    await here.do(caller.ask(ReturnRequest, reason="still not mine"))
    returned = await caller.document(store())
    await here.do(caller.ask(AcceptRequest, worker="w1"))
    await documents.replace_one({"_id": returned["_id"]}, returned)
    assert (await here.do(caller.ask(ReturnRequest, reason="never mine"))).type == "RequestReturned"


async def test_when_the_rules_have_nothing_to_add_nothing_is_said(
    desk: OpenDesk, bus: OpenBus, caller: Caller
) -> None:
    here = await desk()
    first = await here.do(caller.ask(AcceptRequest, worker="w1"))
    quiet = await here.do(caller.ask(AcceptRequest, worker="w1"))
    assert (quiet.type, quiet.revision) == (None, first.revision)
    assert quiet.reply().model_dump() == {
        "ok": True,
        "event": None,
        "revision": first.revision,
        "reason": "",
        "detail": {},
    }
    assert len(await caller.told((await bus()).journal)) == 1


async def test_contending_commands_all_get_in(desk: OpenDesk, bus: OpenBus, caller: Caller) -> None:
    """Five people at two replicas note progress on the same request at once."""
    desks = [await desk(), await desk()]
    commands = [caller.ask(NoteProgress) for _ in range(5)]
    await asyncio.gather(*(desks[n % 2].do(command) for n, command in enumerate(commands)))
    told = await caller.told((await bus()).journal)
    assert [fact.version for fact in told] == [1, 2, 3, 4, 5]
    assert {fact.id for fact in told} == {command.id for command in commands}


async def test_endless_contention_ends_in_a_conflict(
    desk: OpenDesk, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever loses again and again hears so, and may repeat the same command."""
    here, other = await desk(), await desk()
    command = caller.ask(NoteProgress)
    append = Journal.append

    async def somebody_is_always_first(journal: Journal, fact: Fact, *, expected: int) -> Any:
        if fact.id == command.id:
            await other.do(caller.ask(NoteProgress))
        return await append(journal, fact, expected=expected)

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "append", somebody_is_always_first)
        with pytest.raises(Refused, match="conflict"):
            await here.do(command)
    assert (await here.do(command)).event_id == command.id


async def test_a_lost_acknowledgement_is_no_second_event(
    desk: OpenDesk, bus: OpenBus, store: OpenStore, cable: Cable, caller: Caller
) -> None:
    here = await desk(nats_url=cable.url, append_timeout=0.3)
    cable.lose = lambda message: b'{"stream":"JOURNAL"' in message
    done = await here.do(caller.ask(NoteProgress))
    assert cable.lost
    (fact,) = await caller.told((await bus()).journal)
    assert done.revision == fact.revision
    assert (await caller.document(store()))["body"]["notes"] == 1


async def test_what_nobody_could_acknowledge_is_repeated_safely(
    desk: OpenDesk, bus: OpenBus, cable: Cable, caller: Caller
) -> None:
    here = await desk(nats_url=cable.url, append_timeout=0.3)
    command = caller.ask(NoteProgress)
    await here.do(caller.ask(NoteProgress))  # so that a document stands, and the command goes straight out
    cable.hold()
    with pytest.raises(UnavailableError):
        await here.do(command)
    cable.flow()
    done = await here.do(command)
    told = await caller.told((await bus()).journal)
    assert [fact.id for fact in told].count(command.id) == 1
    assert done.event_id == command.id


async def test_a_document_that_cannot_be_written_costs_nothing(
    desk: OpenDesk, bus: OpenBus, store: OpenStore, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event stands, so the command is done; the next command, or the projection, writes the document."""
    here = await desk()

    async def no_primary(*_: object) -> set[str]:
        raise AutoReconnect

    with monkeypatch.context() as patched:
        patched.setattr("shared.desk.compare_and_swap", no_primary)
        assert (await here.do(caller.ask(NoteProgress))).type == "ProgressNoted"
    assert await caller.document(store()) == {}
    await here.do(caller.ask(NoteProgress))
    assert (await caller.document(store()))["body"]["notes"] == 2
    assert len(await caller.told((await bus()).journal)) == 2


async def test_a_history_that_cannot_be_read_takes_no_commands(
    desk: OpenDesk, bus: OpenBus, caller: Caller
) -> None:
    """Nobody decides on half of a history: it is held until a release can read it."""
    here, pen = await desk(), Pen(await bus())
    await pen.write(caller.history)
    await here.do(caller.ask(AcceptRequest, worker="w1"))
    await pen.write_unreadable(caller.history)
    with pytest.raises(Refused, match="held"):
        await here.do(caller.ask(NoteProgress))

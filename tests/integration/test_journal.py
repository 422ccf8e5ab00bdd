"""The journal's promise: every fact once, whatever happens to the acknowledgement, the connection or the server."""

import asyncio
import random
from dataclasses import replace
from itertools import chain

import pytest

from shared.envelope import Fact, History
from shared.events.submission import RequestWithdrawn
from shared.ids import new_id
from shared.journal import ConflictError, Journal, UnavailableError
from shared.refusal import Refused
from tests.conftest import OpenBus, OpenJournal
from tests.fixtures import facts
from tests.fixtures.proxy import Cable
from tests.fixtures.servers import Nats
from tests.fixtures.waiting import until


async def told(journal: Journal, history: History) -> list[Fact]:
    return [fact async for fact in journal.catch_up(history, 0)]


async def test_what_was_appended_is_read_back_in_order(journal: OpenJournal, tenant: str) -> None:
    desk = await journal()
    history, revision, written = facts.request(tenant), 0, []
    for version in (1, 2, 3):
        fact = facts.fact(history, version)
        appended = await desk.append(fact, expected=revision)
        assert (appended.fresh, appended.stored) == (True, None)
        revision = appended.revision
        written.append(replace(fact, revision=revision))
    assert await told(desk, history) == written
    assert await desk.after(history, revision) is None
    assert await desk.after(facts.request(tenant), 0) is None


async def test_a_lost_acknowledgement_is_looked_up(bus: OpenBus, cable: Cable, tenant: str) -> None:
    """The event is stored, its acknowledgement never arrives: the journal itself says that it is ours."""
    desk = (await bus(nats_url=cable.url, append_timeout=0.3)).journal
    cable.lose = lambda message: b'{"stream":"JOURNAL"' in message
    fact = facts.fact(facts.request(tenant), 1)
    appended = await desk.append(fact, expected=0)
    assert len(cable.lost) == 1
    assert appended.fresh
    assert appended.stored == replace(fact, revision=appended.revision)
    assert len(await told(desk, fact.history)) == 1


async def test_a_lost_acknowledgement_of_an_event_that_another_one_followed(
    bus: OpenBus, journal: OpenJournal, cable: Cable, tenant: str
) -> None:
    """Meanwhile somebody else appended: the last event is his, but the first after ours expected one is ours."""
    cut_off = (await bus(nats_url=cable.url, append_timeout=0.3)).journal
    other = await journal()
    fact = facts.fact(facts.request(tenant), 1)
    cable.lose = lambda message: b'{"stream":"JOURNAL"' in message
    ours = asyncio.create_task(cut_off.append(fact, expected=0))
    await until(lambda: len(cable.lost) == 1)
    first = await other.after(fact.history, 0)
    assert first is not None
    await other.append(facts.fact(fact.history, 2), expected=first.revision)
    assert (await ours).revision == first.revision


async def test_nobody_can_say_whether_it_was_stored_and_repeating_is_safe(
    bus: OpenBus, cable: Cable, tenant: str
) -> None:
    """The line goes dead after the event went out: the caller hears "unavailable", repeats it, and it stands once."""
    desk = (await bus(nats_url=cable.url, append_timeout=0.3)).journal
    fact = facts.fact(facts.request(tenant), 1)
    cable.hold()
    with pytest.raises(UnavailableError):
        await desk.append(fact, expected=0)
    cable.flow()
    appended = await desk.append(fact, expected=0)
    assert appended.fresh
    assert appended.stored is not None
    assert [stored.id for stored in await told(desk, fact.history)] == [fact.id]


async def test_a_late_repeat_of_the_same_decision_is_the_first_one(journal: OpenJournal, tenant: str) -> None:
    """A sender who never heard back sends again, on the same expectation, after others have gone on."""
    desk = await journal()
    fact = facts.fact(facts.request(tenant), 1)
    first = await desk.append(fact, expected=0)
    await desk.append(facts.fact(fact.history, 2), expected=first.revision)
    again = await desk.append(fact, expected=0)
    assert again.revision == first.revision
    assert again.stored == replace(fact, revision=first.revision)
    assert len(await told(desk, fact.history)) == 2


async def test_a_repeat_that_was_decided_anew_is_done_and_writes_nothing_through(
    journal: OpenJournal, tenant: str
) -> None:
    """Decided on a newer state, the server answers ``duplicate`` with the old sequence: not the state's successor."""
    desk = await journal()
    fact = facts.fact(facts.request(tenant), 1)
    first = await desk.append(fact, expected=0)
    second = await desk.append(facts.fact(fact.history, 2), expected=first.revision)
    again = await desk.append(replace(fact, version=3), expected=second.revision)
    assert (again.revision, again.fresh) == (first.revision, False)
    assert again.stored == replace(fact, revision=first.revision)
    assert len(await told(desk, fact.history)) == 2


async def test_one_id_for_two_histories_is_refused_and_never_taken_for_done(
    journal: OpenJournal, tenant: str
) -> None:
    """The server knows ids by the stream. "Done" would be a lie: nothing happened to the second request."""
    desk = await journal()
    fact = facts.fact(facts.request(tenant), 1)
    await desk.append(fact, expected=0)
    other = facts.fact(facts.request(tenant), 1, id=fact.id)
    with pytest.raises(Refused, match="id_used_elsewhere"):
        await desk.append(other, expected=0)
    assert await told(desk, other.history) == []


async def test_a_conflict_names_the_winner(journal: OpenJournal, tenant: str) -> None:
    desk = await journal()
    winner = facts.fact(facts.request(tenant), 1)
    await desk.append(winner, expected=0)
    with pytest.raises(ConflictError) as conflict:
        await desk.append(facts.fact(winner.history, 1), expected=0)
    assert conflict.value.winner is not None
    assert conflict.value.winner.id == winner.id


async def test_ten_racing_writers_each_get_in_once(bus: OpenBus, tenant: str) -> None:
    """Ten writers on four connections, ten events each, on one history: versions run from 1 to 100 without a gap."""
    desks = [(await bus()).journal for _ in range(4)]
    history = facts.request(tenant)

    async def write(who: int) -> list[str]:
        desk, done = desks[who % 4], []
        stands = await told(desk, history)
        for _ in range(10):
            event_id = new_id()
            while True:
                head = (stands[-1].version, stands[-1].revision) if stands else (0, 0)
                fact = facts.fact(history, head[0] + 1, id=event_id)
                try:
                    appended = await desk.append(fact, expected=head[1])
                except ConflictError:
                    stands += [late async for late in desk.catch_up(history, head[1])]
                    await asyncio.sleep(random.uniform(0, 0.01))
                else:
                    assert appended.fresh
                    stands.append(replace(fact, revision=appended.revision))
                    done.append(event_id)
                    break
        return done

    written = await asyncio.gather(*(write(who) for who in range(10)))
    stored = await told(desks[0], history)
    assert [fact.version for fact in stored] == list(range(1, 101))
    assert sorted(fact.id for fact in stored) == sorted(chain.from_iterable(written))


async def test_a_hot_history_of_racing_repeats_stands_once(bus: OpenBus, tenant: str) -> None:
    """The same command arrives forty times at once at two replicas: one event, and everybody is told the same."""
    desks = [(await bus()).journal for _ in range(2)]
    fact = facts.fact(facts.request(tenant), 1)
    answers = await asyncio.gather(*(desks[n % 2].append(fact, expected=0) for n in range(40)))
    assert len({answer.revision for answer in answers}) == 1
    assert len(await told(desks[0], fact.history)) == 1


async def test_without_a_connection_the_answer_is_quick(bus: OpenBus, own_nats: Nats, tenant: str) -> None:
    """The server is gone: what was on its way fails within a sweep, what comes later fails at once, and everything
    works again when the server does; what was acknowledged before still stands.
    """
    desk_bus = await bus(nats_url=own_nats.url, append_timeout=4.0)
    desk, loop = desk_bus.journal, asyncio.get_running_loop()
    kept = facts.fact(facts.request(tenant), 1)
    await desk.append(kept, expected=0)
    on_its_way = [
        asyncio.create_task(desk.append(facts.fact(facts.request(tenant), 1), expected=0)) for _ in range(50)
    ]
    await asyncio.sleep(0)
    own_nats.kill()
    started = loop.time()
    for answer in await asyncio.gather(*on_its_way, return_exceptions=True):
        assert not isinstance(answer, BaseException) or isinstance(answer, UnavailableError)
    with pytest.raises(UnavailableError):
        await desk.append(facts.fact(kept.history, 2), expected=1)
    with pytest.raises(UnavailableError):
        await told(desk, kept.history)
    assert loop.time() - started < 2.0, "half of the time-out"
    await own_nats.start()
    await until(lambda: desk_bus.connected)
    assert [fact.id for fact in await told(desk, kept.history)] == [kept.id]
    assert (await desk.append(facts.fact(facts.request(tenant), 1), expected=0)).fresh


async def test_a_line_that_takes_nothing_more_is_congested_and_not_a_memory_leak(
    bus: OpenBus, cable: Cable, tenant: str
) -> None:
    """The server reads no more: what is not sent yet is bounded, and whoever waits for room hears so in time."""
    stalled = await bus(nats_url=cable.url, append_timeout=1.0)
    cable.hold_there()
    large = [
        facts.fact(facts.request(tenant), 1, RequestWithdrawn(at=facts.START, reason="x" * 500_000))
        for _ in range(60)
    ]
    appends = [asyncio.create_task(stalled.journal.append(fact, expected=0)) for fact in large]
    answers = await asyncio.gather(*appends, return_exceptions=True)
    assert {type(answer) for answer in answers} == {UnavailableError}
    assert stalled.client.pending_data_size < 3_000_000
    cable.flow()


async def test_an_event_that_is_too_large_is_refused_and_costs_nobody_the_connection(
    bus: OpenBus, tenant: str
) -> None:
    """The server hangs up on whoever sends more than it takes, and the client would never come back."""
    desk_bus = await bus()
    large = facts.fact(facts.request(tenant), 1, RequestWithdrawn(at=facts.START, reason="x" * 1_100_000))
    with pytest.raises(Refused, match="too_large"):
        await desk_bus.journal.append(large, expected=0)
    assert (await desk_bus.journal.append(facts.fact(large.history, 1), expected=0)).fresh


@pytest.mark.parametrize("wild", ["a b", "a\r\nPUB x 1", "a.*", ">", "", "ü"])
async def test_a_subject_that_is_none_never_reaches_the_wire(bus: OpenBus, wild: str) -> None:
    with pytest.raises(ValueError, match="not a subject"):
        await (await bus()).publisher.publish(f"journal.{wild}", b"NATS/1.0\r\n\r\n", b"")


async def test_a_service_appends_to_its_own_histories_alone(journal: OpenJournal, tenant: str) -> None:
    """Intake's identity may not say that a request was accepted: that is routing's to say."""
    intake = await journal("intake", append_timeout=0.3)
    with pytest.raises(UnavailableError):
        await intake.append(facts.fact(facts.request(tenant), 1), expected=0)
    own = facts.submission(tenant, new_id())
    withdrawn = facts.fact(own, 1, RequestWithdrawn(at=facts.START))
    assert (await intake.append(withdrawn, expected=0)).fresh

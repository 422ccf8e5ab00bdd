"""What a service does when a fact appears: after it has remembered it, in order, later where it cannot now, and only for news."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from shared.bus import Bus
from shared.envelope import Fact
from shared.events.request import RequestAccepted, RequestReturned
from shared.events.submission import RequestSubmitted
from shared.ids import new_id
from shared.journal import UnavailableError
from shared.projection import Projection
from shared.reaction import Follower, Reactions, is_news
from shared.refusal import Refused
from tests.conftest import OpenBus, OpenStore
from tests.fixtures import facts
from tests.fixtures.facts import CARD
from tests.fixtures.pen import Pen
from tests.fixtures.waiting import until

pytestmark = pytest.mark.usefixtures("durables")


@pytest.fixture
async def follow(bus: OpenBus, store: OpenStore) -> AsyncIterator[Callable[[Reactions[str]], Awaitable[Bus]]]:
    async def start(reactions: Reactions[str]) -> Bus:
        here = await bus()
        projection = Projection(CARD, store(), here.journal)
        here.consume("JOURNAL", "routing", Follower("routing", [projection], reactions, "work").handle)
        return here

    yield start


Follow = Callable[[Reactions[str]], Awaitable[Bus]]


async def test_a_reaction_finds_its_own_read_model_at_least_as_new_as_the_fact(
    follow: Follow, store: OpenStore, tenant: str
) -> None:
    """First remember, then react: whoever reacts need not wonder what his own service knows."""
    reactions, found = Reactions[str](), dict[str, int]()
    documents = store().documents(CARD.name)

    @reactions.on(RequestAccepted)
    async def look(fact: Fact, _event: RequestAccepted, work: str) -> None:
        assert work == "work"
        document = await documents.find_one({"id": fact.history.id})
        assert document is not None
        found[fact.id] = document["heads"]["request"]["r"] - fact.revision

    pen = Pen(await follow(reactions))
    histories = [facts.request(tenant) for _ in range(10)]
    told = [fact for _ in range(5) for history in histories for fact in await pen.write(history)]
    await until(lambda: len(found) == len(told))
    assert min(found.values()) >= 0


async def test_a_reaction_that_could_not_act_now_acts_later_and_its_neighbours_do_not_wait(
    follow: Follow, tenant: str
) -> None:
    """One fact's reaction fails for two reasons in turn; the others of the same batch are done at once."""
    reactions, done = Reactions[str](), list[str]()
    troubles: list[Exception] = [Refused("conflict"), ZeroDivisionError()]
    unlucky = facts.request(tenant)

    @reactions.on(RequestAccepted)
    async def act(fact: Fact, _event: RequestAccepted, _work: str) -> None:
        if fact.history == unlucky and troubles:
            raise troubles.pop()
        done.append(fact.history.id)

    pen = Pen(await follow(reactions))
    await pen.write(unlucky)
    others = [facts.request(tenant) for _ in range(20)]
    for other in others:
        await pen.write(other)
    await until(lambda: set(done) >= {other.id for other in others})
    assert unlucky.id not in done
    await until(lambda: unlucky.id in done, within=30)
    assert len(done) == 21


async def test_a_refusal_is_an_answer(follow: Follow, tenant: str) -> None:
    """The rules have moved on since the fact: nothing to repeat."""
    reactions, asked = Reactions[str](), list[str]()

    @reactions.on(RequestAccepted)
    async def act(fact: Fact, _event: RequestAccepted, _work: str) -> None:
        asked.append(fact.id)
        raise Refused("already_closed")

    pen = Pen(await follow(reactions))
    (first,) = await pen.write(facts.request(tenant))
    await until(lambda: asked == [first.id])
    (second,) = await pen.write(facts.request(tenant))
    await until(lambda: asked == [first.id, second.id])


async def test_one_historys_facts_are_reacted_to_in_order(follow: Follow, tenant: str) -> None:
    """While the first one's reaction is put off, the second one's does not overtake it within its batch."""
    reactions, done, failures = Reactions[str](), list[str](), [UnavailableError("away")]

    @reactions.on(RequestAccepted)
    async def first(_fact: Fact, _event: RequestAccepted, _work: str) -> None:
        if failures:
            raise failures.pop()
        done.append("accepted")

    @reactions.on(RequestReturned)
    async def second(_fact: Fact, _event: RequestReturned, _work: str) -> None:
        done.append("returned")

    told = [
        facts.fact(facts.request(tenant, "r1"), 1, revision=1),
        facts.fact(facts.request(tenant, "r1"), 2, RequestReturned(at=facts.START, reason="no"), revision=2),
        facts.fact(facts.request(tenant, new_id()), 1, revision=3),
    ]
    assert await reactions.react(told, "work") == {1, 2}
    assert done == ["accepted"]
    assert await reactions.react(told[:2], "work") == set()
    assert done == ["accepted", "accepted", "returned"]


def test_old_news_and_imported_news_are_no_news() -> None:
    """An import or a restored backup texts nobody about last year."""
    week, now, history = timedelta(days=7), datetime.now(UTC), facts.request("demo")

    def heard(at: datetime, **more: str) -> Fact:
        return facts.fact(history, 1, RequestAccepted(at=at, worker="w1"), **more)

    assert is_news(heard(now), week)
    assert is_news(heard(now - timedelta(days=6)), week)
    assert not is_news(heard(now - timedelta(days=7, seconds=1)), week)
    assert not is_news(heard(now, actor="import:nyc"), week)
    imported = RequestSubmitted(at=now, code="c", imported=True)
    assert not is_news(facts.fact(facts.submission("demo", "r1"), 1, imported), week)

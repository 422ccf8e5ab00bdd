"""Two staff resolve and transfer the same request at once, at a real door over a real NATS: one wins, the other is told."""

import asyncio
from collections import Counter

from shared.envelope import History
from shared.events.request import RequestResolved, RequestTransferred
from tests.fixtures.street import Street, something

REQUESTS = 20
ROUNDS = 10
_TOLD = {"already_resolved", "not_accepted"}
_PLACES = {"w-li": ("G-1", "w-li"), "w-wang": ("G-2", "w-wang")}


async def race(street: Street, request: str, goes_to: str) -> str:
    """Return the type of what happened; nothing else did."""
    grid, worker = _PLACES[goes_to]
    answers = await asyncio.gather(
        street.command("ResolveRequest", request, "s-chen", outcome="修好了"),
        street.command("TransferRequest", request, "s-zhou", grid=grid, worker=worker),
    )
    won = [answer.json()["event"]["type"] for answer in answers if answer.status_code == 200]
    lost = [answer for answer in answers if answer.status_code != 200]
    (told,) = [(answer.status_code, answer.json()["reason"]) for answer in lost]
    assert told in {(409, reason) for reason in _TOLD}
    return won[0]


async def life(street: Street, outcomes: Counter[str]) -> None:
    request = (await street.submit(category=something()))["id"]
    await street.reaches(request, "assigned")
    await street.do("AcceptRequest", request)
    has_it, before = "w-li", Counter[str]()
    for _ in range(ROUNDS):
        other = "w-wang" if has_it == "w-li" else "w-li"
        happened = await race(street, request, other)
        before[happened] += 1
        if happened == "RequestTransferred":
            has_it = other
            await street.do("AcceptRequest", request)
        else:
            await street.do("ReopenRequest", request, reason="again")
    history = History(street.settings.tenant, "routing", "request", request)
    facts = await street.facts(history.subject)
    kinds = Counter(
        type(fact.event).__name__
        for fact in facts
        if isinstance(fact.event, RequestResolved | RequestTransferred)
    )
    assert kinds == before
    assert [fact.version for fact in facts] == list(range(1, len(facts) + 1))
    assert len(facts) == 2 + 2 * ROUNDS, "assigned, accepted, and of each race one thing and what followed it"
    outcomes.update(before)


async def test_of_two_at_once_one_wins_and_the_other_gets_409_with_the_reason(street: Street):
    for grid, worker in _PLACES.values():  # whoever else was posted there meanwhile
        post = {"grid": grid, "duty": "worker", "worker": worker}
        assert (await street.staff.post("/v1/commands/PostWorker", json=post)).status_code == 200
    outcomes = Counter[str]()
    await asyncio.gather(*(life(street, outcomes) for _ in range(REQUESTS)))
    assert outcomes.total() == REQUESTS * ROUNDS
    assert set(outcomes) == {"RequestResolved", "RequestTransferred"}, "each of the two wins sometimes"

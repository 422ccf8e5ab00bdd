"""What was in hand when a process was killed comes later than what followed it: nothing may depend on the order."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.deliberation.domain import TOPIC
from services.deliberation.projection import CALL
from services.deliberation.reactions import Work, reactions
from shared.desk import Desk
from shared.envelope import Fact
from shared.events.request import GridAssigned
from shared.events.submission import RequestSubmitted
from shared.events.topic import TopicProposed
from shared.ids import new_id
from shared.projection import Projection
from tests.conftest import MakeSettings, OpenBus, OpenStore
from tests.fixtures import facts

THRESHOLD = 3


def told(tenant: str, number: int) -> list[Fact]:
    """A lamp is out: said by a resident, and given to a grid."""
    request, at = new_id(), facts.START + timedelta(hours=number)
    said = RequestSubmitted(at=at, code=f"C{number}", category="streetlight")
    assigned = GridAssigned(at=at, grid="WT-01", worker="w1", plan="p", rule="building")
    return [
        facts.fact(facts.submission(tenant, request), 1, said, revision=2 * number + 1),
        facts.fact(facts.request(tenant, request), 1, assigned, revision=2 * number + 2),
    ]


@pytest.mark.parametrize("order", list(permutations(range(THRESHOLD))))
async def test_what_many_call_for_is_proposed_whoever_comes_last(
    order: tuple[int, ...], bus: OpenBus, store: OpenStore, settings: MakeSettings, tenant: str
):
    """Else a topic would wait for one more call than the rule asks for, because somebody died."""
    corridor, kept = await bus("deliberation"), store("deliberation")
    projection = Projection(CALL, kept, corridor.journal)
    desk = Desk([TOPIC], kept, {"journal": corridor.journal})
    work = Work(desk, kept, settings("deliberation", topic_threshold=THRESHOLD))
    calls = [told(tenant, number) for number in range(THRESHOLD)]
    proposed: list[Fact] = []
    append = corridor.journal.append

    async def note(fact: Fact, *, expected: int):
        proposed.append(fact)
        return await append(fact, expected=expected)

    corridor.journal.append = note  # pyright: ignore[reportAttributeAccessIssue]
    for number in order:
        await projection.apply(calls[number])
        assert not await reactions.react(calls[number], work)
    (topic,) = proposed
    assert isinstance(topic.event, TopicProposed)
    assert topic.event.requests == tuple(call[0].history.id for call in calls)

"""What becomes of a matter when somebody joins it or has it, too: it is weighed, and chains are straightened."""

from services.routing.matter.voices import Voices
from shared.envelope import Fact
from shared.events.person import PeopleJoined, PeopleParted
from shared.events.request import GridAssigned
from shared.events.support import RequestSupported
from shared.reaction import Reactions

reactions: Reactions[Voices] = Reactions()


@reactions.on(RequestSupported)
async def weigh_what_was_supported(_fact: Fact, event: RequestSupported, voices: Voices) -> None:
    await voices.weigh(await voices.lead(event.request))


@reactions.on(GridAssigned)
async def weigh_with_the_reporter(fact: Fact, _event: GridAssigned, voices: Voices) -> None:
    """Now it is known who said it: somebody who supports it already, maybe."""
    await voices.weigh(await voices.lead(fact.history.id))


@reactions.on(PeopleJoined)
async def weigh_as_one(fact: Fact, event: PeopleJoined, voices: Voices) -> None:
    """Two who called for the same are one from now on."""
    ids = await voices.people.all_ids(fact.history.id) | await voices.people.all_ids(event.into)
    for lead in await voices.counting.leads_of(ids):
        await voices.weigh(lead)


@reactions.on(PeopleParted)
async def weigh_as_two(fact: Fact, event: PeopleParted, voices: Voices) -> None:
    ids = await voices.people.all_ids(fact.history.id) | await voices.people.all_ids(event.into)
    for lead in await voices.counting.leads_of(ids):
        await voices.weigh(lead)

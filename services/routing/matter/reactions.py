"""What becomes of a matter when somebody joins it or has it, too: it is weighed, and chains are straightened."""

from services.routing.matter.voices import SERVICE, Voices
from shared.commands.request import JoinMatter, LeaveMatter
from shared.envelope import Fact
from shared.events.person import PeopleJoined, PeopleParted
from shared.events.request import GridAssigned, RequestClosed, RequestJoinedMatter, RequestLeftMatter
from shared.events.support import RequestSupported
from shared.ids import named_id
from shared.reaction import Reactions
from shared.words import ENDED

reactions: Reactions[Voices] = Reactions()


@reactions.on(RequestSupported)
async def weigh_what_was_supported(_fact: Fact, event: RequestSupported, voices: Voices) -> None:
    await voices.weigh(await voices.lead(event.request))


@reactions.on(GridAssigned)
async def weigh_with_the_reporter(fact: Fact, _event: GridAssigned, voices: Voices) -> None:
    """Now it is known who said it: somebody who supports it already, maybe."""
    await voices.weigh(await voices.lead(fact.history.id))


@reactions.on(RequestClosed)
async def weigh_without_whoever_took_it_back(fact: Fact, event: RequestClosed, voices: Voices) -> None:
    """Whoever follows a request that was taken back goes on without it: the oldest leads."""
    if event.reason != "withdrawn":
        return
    followers = sorted(await voices.counting.members(fact.history.id))
    for follower in followers:
        await move(voices, fact, follower, followers[0])
    for lead in {await voices.lead(fact.history.id), *followers[:1]}:
        await voices.weigh(lead)


@reactions.on(RequestJoinedMatter)
async def straighten(fact: Fact, event: RequestJoinedMatter, voices: Voices) -> None:
    """Everybody follows the lead itself: whoever followed this one follows its lead now. Two that were joined to each
    other at once are a circle; its least id leads.
    """
    request = fact.history.id
    lead = await voices.lead(request)
    for follower in [request, *await voices.counting.members(request)]:
        await move(voices, fact, follower, lead)
    await voices.weigh(request)
    await voices.weigh(event.matter)
    await voices.weigh(lead)


@reactions.on(RequestLeftMatter)
async def weigh_both(fact: Fact, event: RequestLeftMatter, voices: Voices) -> None:
    for lead in {fact.history.id, event.matter, await voices.lead(event.matter)}:
        await voices.weigh(lead)


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


async def move(voices: Voices, fact: Fact, request: str, lead: str) -> None:
    """Let a request follow this lead, or nobody when it is the lead itself. What is so already stays quiet."""
    state = await voices.request(request)
    if state.status in ENDED or state.matter == lead or (request == lead and state.matter is None):
        return
    envelope = {"tenant": voices.tenant, "actor": SERVICE, "at": fact.recorded, "request": request}
    if state.matter is not None:
        leave = LeaveMatter.model_validate(envelope | {"id": named_id(fact.id, "leave", request)})
        await voices.desk.do(leave, cause=fact.id)
    if request != lead:
        named = {"id": named_id(fact.id, "join", request, lead), "matter": lead}
        await voices.desk.do(JoinMatter.model_validate(envelope | named), cause=fact.id)

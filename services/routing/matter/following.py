"""Every reporter of a matter gets the same news: what happens to the lead happens to whatever joined it."""

from datetime import datetime

from services.routing.matter.voices import SERVICE, Voices
from shared.commands.request import (
    AcceptRequest,
    DeclineRequest,
    NoteProgress,
    ReopenRequest,
    ResolveRequest,
)
from shared.envelope import Fact, History
from shared.events.event import Sealed
from shared.events.request import (
    ProgressNoted,
    RequestAccepted,
    RequestDeclined,
    RequestJoinedMatter,
    RequestReopened,
    RequestResolved,
)
from shared.ids import named_id
from shared.reaction import Reactions
from shared.refusal import NOT_NOW, Refused
from shared.words import ENDED, Status

Step = RequestAccepted | ProgressNoted | RequestResolved | RequestDeclined | RequestReopened
Told = AcceptRequest | NoteProgress | ResolveRequest | DeclineRequest | ReopenRequest

reactions: Reactions[Voices] = Reactions()


async def tell_the_others(fact: Fact, event: Step, voices: Voices) -> None:
    """Each follows by a command of its own, named by the fact; what one refuses keeps no other from hearing."""
    if (await voices.request(fact.history.id)).matter is not None:
        return
    for follower in await voices.counting.members(fact.history.id):
        try:
            await _tell(fact, event, follower, fact.history.id, voices)
        except Refused as refused:
            if refused.reason in NOT_NOW:
                raise


for step in (RequestAccepted, ProgressNoted, RequestResolved, RequestDeclined, RequestReopened):
    reactions.on(step)(tell_the_others)


@reactions.on(RequestReopened)
async def tell_the_lead(fact: Fact, event: RequestReopened, voices: Voices) -> None:
    """One of the reporters says that it is not solved: the matter is open again, for the lead and for all."""
    lead = (await voices.request(fact.history.id)).matter
    if lead is None or (await voices.request(lead)).status not in (Status.RESOLVED, Status.CLOSED):
        return
    await voices.desk.do(
        ReopenRequest(
            id=named_id(fact.id, "lead", lead),
            tenant=voices.tenant,
            actor=SERVICE,
            at=event.at,
            request=lead,
            reason=event.reason,
            due_at=event.due_at,
            remind_at=event.remind_at,
        ),
        cause=fact.id,
    )


@reactions.on(RequestJoinedMatter)
async def catch_up(fact: Fact, event: RequestJoinedMatter, voices: Voices) -> None:
    """Whoever joins late hears what the others have heard."""
    lead = await voices.request(event.matter)
    at = fact.recorded
    match lead.status:
        case Status.ACCEPTED | Status.IN_PROGRESS:
            told = RequestAccepted(worker=lead.worker or "", at=at)
        case Status.RESOLVED:
            done = await voices.resolved(event.matter) or RequestResolved(worker=lead.worker, at=at)
            told = done.model_copy(update={"answer_by": lead.answer_by, "at": at})
        case _:
            return
    await _tell(fact, told, fact.history.id, event.matter, voices)


async def _tell(fact: Fact, event: Step, request: str, lead: str, voices: Voices) -> None:
    """Whoever was parted meanwhile goes his own way, however late this reaction comes."""
    state = await voices.request(request)
    if state.matter != lead:
        return
    again = isinstance(event, RequestReopened)
    if (state.status in ENDED and not again) or (again and state.answer is not None and state.answer.solved):
        return
    envelope = {
        "id": named_id(fact.id, "follow", request),
        "tenant": voices.tenant,
        "actor": SERVICE,
        "at": event.at,
        "request": request,
    }
    await voices.desk.do(await _told(event, lead, envelope, state.worker, voices), cause=fact.id)


async def _told(
    event: Step, lead: str, envelope: dict[str, str | datetime], worker: str | None, voices: Voices
) -> Told:
    """What was said about the lead's own reporter stays there: of words, only what was done goes on."""
    said: dict[str, object]
    match event:
        case RequestAccepted():
            return AcceptRequest.model_validate(envelope | {"worker": worker or event.worker})
        case ProgressNoted():
            return NoteProgress.model_validate(envelope)
        case RequestResolved():
            outcome = await _sealed_again(event.outcome, lead, str(envelope["request"]), voices)
            said = {
                "outcome": outcome,
                "answer_by": event.answer_by,
                "pictures": event.shown,
                "shown": event.shown,
            }
            return ResolveRequest.model_validate(envelope | said)
        case RequestDeclined():
            said = {"reason": event.reason, "instead": event.instead}
            return DeclineRequest.model_validate(envelope | said)
        case RequestReopened():
            said = {"reason": event.reason, "due_at": event.due_at, "remind_at": event.remind_at}
            return ReopenRequest.model_validate(envelope | said)


async def _sealed_again(sealed: Sealed | None, lead: str, request: str, voices: Voices) -> Sealed | None:
    """A box opens in its own history alone: the same words, sealed for another one. A repeat seals anew, and the first
    one holds.
    """
    here, there = (History(voices.tenant, "routing", "request", each) for each in (lead, request))
    fields = await voices.vault.open(here.subject, sealed) if sealed is not None else None
    return voices.vault.seal(there.subject, fields) if fields else None

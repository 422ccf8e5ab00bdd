"""What becomes of contacts: a number that was given to somebody else, and people who are to be forgotten."""

from services.routing.matter.voices import Voices
from shared.envelope import Fact
from shared.events.audit import PersonErased
from shared.events.event import Event
from shared.events.person import ContactReleased
from shared.events.record import RecordCorrected, RecordEntered, RecordRemoved
from shared.reaction import Reactions

reactions: Reactions[Voices] = Reactions()


@reactions.on(ContactReleased)
async def close_the_span(_fact: Fact, event: ContactReleased, voices: Voices) -> None:
    """Whoever speaks from it from now on is somebody else; forgotten, nobody can tell any more whose it was."""
    await voices.people.released(event)


@reactions.on(PersonErased)
async def forget_the_contact(_fact: Fact, event: PersonErased, voices: Voices) -> None:
    people = await voices.care.forget(event.keys)
    await voices.people.forget(event.keys)
    await _weigh(voices, people)


async def see_who_needs_looking_after(fact: Fact, _event: Event, voices: Voices) -> None:
    """Whoever spoke to us from a number that stands in a record is told apart from nobody: it only counts."""
    await _weigh(voices, await voices.care.look_again(fact.history.id))


for told in (RecordEntered, RecordCorrected, RecordRemoved):
    reactions.on(told)(see_who_needs_looking_after)


async def look_over_the_book(voices: Voices) -> None:
    """Records that stood before anybody looked are looked at once."""
    for record in await voices.care.without_a_row():
        await _weigh(voices, await voices.care.look_again(record))


async def _weigh(voices: Voices, people: set[str]) -> None:
    ids = {one for person in people for one in await voices.people.all_ids(person)}
    for lead in await voices.counting.leads_of(ids) if ids else ():
        await voices.weigh(lead)

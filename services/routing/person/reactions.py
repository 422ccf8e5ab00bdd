"""What becomes of contacts: a number that was given to somebody else, and people who are to be forgotten."""

from services.routing.matter.voices import Voices
from shared.envelope import Fact
from shared.events.audit import PersonErased
from shared.events.person import ContactReleased
from shared.reaction import Reactions

reactions: Reactions[Voices] = Reactions()


@reactions.on(ContactReleased)
async def close_the_span(_fact: Fact, event: ContactReleased, voices: Voices) -> None:
    """Whoever speaks from it from now on is somebody else; forgotten, nobody can tell any more whose it was."""
    await voices.people.released(event)


@reactions.on(PersonErased)
async def forget_the_contact(_fact: Fact, event: PersonErased, voices: Voices) -> None:
    await voices.people.forget(event.keys)

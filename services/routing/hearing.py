"""Wires who people are, and how many call for what."""

from typing import Any

from services.routing.matter import following
from services.routing.matter import reactions as weighing
from services.routing.matter.counting import Counting
from services.routing.matter.domain import MATTER
from services.routing.matter.voices import Voices
from services.routing.person import reactions as recognising
from services.routing.person.asked import KnownPeople
from services.routing.person.care import Care
from services.routing.person.contacts import Contacts
from services.routing.person.domain import PERSON
from services.routing.person.people import People
from services.routing.support.domain import SUPPORT
from shared.decider import Decider
from shared.reaction import Reactions
from shared.service import Service

VOICES: tuple[Decider[Any], ...] = (PERSON, SUPPORT, MATTER)


async def hear(service: Service) -> Voices:
    contacts = Contacts(service.store, service.settings.master, service.settings.tenant)
    await contacts.make_indexes()
    tenant, desk = service.settings.tenant, service.desk
    people = People(desk, service.store, service.vault, contacts, tenant)
    known = KnownPeople(desk, service.store, people, contacts, tenant)
    service.bus.answer_queries("People", known.answer)
    care = Care(service.store, service.vault, contacts, tenant)
    await care.make_indexes()
    counting = Counting(service.store, people, care, tenant)
    return Voices(desk, people, counting, care, service.vault, service.bus.journal, tenant)


def listen(reactions: Reactions[Any], voices: Voices) -> None:
    """Follow with the rest of the service."""
    reactions.include(recognising.reactions, voices)
    reactions.include(weighing.reactions, voices)
    reactions.include(following.reactions, voices)

"""The rules of a person's id: met once, contacts bound and released, joined to another id and parted."""

from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.person import BindContact, JoinPeople, PartPeople, RecognisePerson, ReleaseContact
from shared.decider import Decider
from shared.events.event import Event
from shared.events.person import ContactBound, ContactReleased, PeopleJoined, PeopleParted, PersonRecognised
from shared.refusal import Refused

Command = RecognisePerson | BindContact | ReleaseContact | JoinPeople | PartPeople


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    recognised: bool = False
    contacts: tuple[str, ...] = ()
    into: str | None = None
    """The id that staff joined this one to. Who is one person follows from all such lines together, whichever way they
    point: so two joins at once, even of the same two, can do no harm.
    """


def evolve(state: State, event: Event) -> State:
    match event:
        case PersonRecognised():
            return state.model_copy(update={"recognised": True})
        case ContactBound():
            return state.model_copy(update={"contacts": (*state.contacts, event.contact)})
        case ContactReleased():
            kept = tuple(contact for contact in state.contacts if contact != event.contact)
            return state.model_copy(update={"contacts": kept})
        case PeopleJoined():
            return state.model_copy(update={"into": event.into})
        case PeopleParted():
            return state.model_copy(update={"into": None})
        case _:
            return state


def decide(command: Command, state: State) -> Event | None:
    if isinstance(command, RecognisePerson):
        return None if state.recognised else PersonRecognised(at=command.at)
    if not state.recognised:
        raise Refused("unknown_person")
    match command:
        case BindContact():
            if command.contact in state.contacts:
                return None
            return ContactBound(contact=command.contact, kind=command.kind, at=command.at)
        case ReleaseContact():
            if command.contact not in state.contacts:
                return None
            return ContactReleased(contact=command.contact, reason=command.reason, at=command.at)
        case JoinPeople():
            return _join(command, state)
        case PartPeople():
            return None if state.into is None else PeopleParted(into=state.into, at=command.at)
        case _:
            assert_never(command)


def _join(command: JoinPeople, state: State) -> Event | None:
    if command.actor.startswith(("worker:", "resident:")):
        raise Refused("only_staff")
    if command.into == command.person:
        raise Refused("same_person")
    if state.into == command.into:
        return None
    if state.into is not None:
        raise Refused("joined_already", into=state.into)
    return PeopleJoined(into=command.into, why=command.why, at=command.at)


PERSON: Decider[State] = Decider("routing", "person", State(), evolve, decide, indexes=[["body.into"]])

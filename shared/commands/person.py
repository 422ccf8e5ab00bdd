"""What routing may be asked about people."""

from typing import Literal

from shared.commands.command import Command
from shared.events.event import Sealed
from shared.words import Token


class RecognisePerson(Command, owner="routing", aggregate="person", target="person"):
    person: Token


class BindContact(Command, owner="routing", aggregate="person", target="person"):
    person: Token
    contact: Token
    kind: Literal["phone", "chat"]


class ReleaseContact(Command, owner="routing", aggregate="person", target="person"):
    """The number was given to somebody else, or is to be forgotten."""

    person: Token
    contact: Token
    reason: Literal["reassigned", "erased"] = "reassigned"


class JoinPeople(Command, owner="routing", aggregate="person", target="person"):
    """These two ids are one person."""

    person: Token
    into: Token
    why: Sealed | None = None


class PartPeople(Command, owner="routing", aggregate="person", target="person"):
    person: Token

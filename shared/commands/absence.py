"""What routing may be asked to note about who is away."""

from pydantic import AwareDatetime

from shared.commands.command import Command
from shared.events.event import Sealed
from shared.words import Token


class NoteAbsence(Command, owner="routing", aggregate="absence", target="worker"):
    worker: Token
    starts: AwareDatetime
    ends: AwareDatetime
    reason: Sealed | None = None


class EndAbsence(Command, owner="routing", aggregate="absence", target="worker"):
    """``starts`` names the absence; without it, whatever runs at the moment is over."""

    worker: Token
    starts: AwareDatetime | None = None

"""What routing may be asked to do with call-ups."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.commands.command import Command
from shared.events.call_up import Crew, Emergency, Shift
from shared.events.event import Part, Sealed
from shared.words import Code, Token

Level = Annotated[int, Field(ge=0, le=9)]


class Engagement(Part):
    """Somebody is placed in another call-up for this time."""

    worker: Token
    starts: AwareDatetime
    ends: AwareDatetime


class IssueCallUp(Command, owner="routing", aggregate="call_up", target="call_up"):
    """``asked`` and ``furthest`` are the grid book's to say. Without ``answer_by``, an hour, or until the first shift."""

    call_up: Token
    reason: Emergency
    area: Code
    lead: Token | None = None
    shifts: Annotated[tuple[Shift, ...], Field(max_length=60)]
    answer_by: AwareDatetime | None = None
    note: Sealed | None = None
    asked: tuple[Crew, ...] = ()
    furthest: bool = False


class WidenCallUp(Command, owner="routing", aggregate="call_up", target="call_up"):
    """Ask one area further up. Whom, and how far that is, the grid book says."""

    call_up: Token
    level: Level = 0
    asked: tuple[Crew, ...] = ()
    furthest: bool = False


class AnswerCallUp(Command, owner="routing", aggregate="call_up", target="call_up"):
    """``engaged`` is filled in: where these people are placed in other call-ups."""

    call_up: Token
    worker: Token
    shift: Code
    yes: bool
    engaged: tuple[Engagement, ...] = ()


class CheckInToCallUp(Command, owner="routing", aggregate="call_up", target="call_up"):
    """One tap, if anybody likes; nothing says where from."""

    call_up: Token
    worker: Token
    shift: Code


class RelieveFromCallUp(Command, owner="routing", aggregate="call_up", target="call_up"):
    call_up: Token
    worker: Token
    shift: Code


class CheckCallUp(Command, owner="routing", aggregate="call_up", target="call_up"):
    call_up: Token
    about: Literal["end", "reminder", "short"]


class EscalateCallUp(Command, owner="routing", aggregate="call_up", target="call_up"):
    call_up: Token
    to: Token | None = None


class StandDownCallUp(Command, owner="routing", aggregate="call_up", target="call_up"):
    call_up: Token

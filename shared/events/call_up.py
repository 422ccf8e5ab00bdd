"""Call-ups for an emergency (应急召集): so many people to these areas for these shifts. routing's facts.

One history a call-up: who is confirmed, who is a reserve and who moves up are one question about all answers, so they
are decided on one state. It takes some hundred answers.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from shared.events.event import Event, Part, Sealed
from shared.words import Code, Duty, Token

Emergency = Literal["flood", "typhoon", "snow", "heat", "outage", "fire", "epidemic", "search", "other"]
Stands = Literal["confirmed", "reserve", "declined", "dropped"]


class Shift(Part):
    """So many people in one area, from ``starts`` until just before ``ends``."""

    code: Code
    area: Code
    starts: AwareDatetime
    ends: AwareDatetime
    needed: int = Field(ge=1)
    duty: Duty | None = Field(default=None, description="who may come; None: workers, deputies, volunteers")
    skill: Code | None = Field(default=None, description="what somebody has to bring, in a word: boat, medic")


class Crew(Part):
    """People of one shift: whom it was asked of, or who stands in it."""

    shift: Code
    people: tuple[Token, ...]


class Short(Part):
    """So many places of one shift that nobody has taken."""

    shift: Code
    by: int


class CallUpIssued(Event, owner="routing", aggregate="call_up"):
    """People are called to an emergency. ``note`` says where to meet and what to bring, in sealed words."""

    reason: Emergency
    area: Code
    caller: str
    lead: Token | None = None
    shifts: tuple[Shift, ...]
    asked: tuple[Crew, ...] = ()
    answer_by: AwareDatetime
    furthest: bool = Field(default=False, description="there is nobody further to ask")
    note: Sealed | None = None


class CallUpWidened(Event, owner="routing", aggregate="call_up"):
    """Too few said yes: one area up was asked. ``level`` counts from the areas of the shifts themselves, 0."""

    level: int
    asked: tuple[Crew, ...] = ()
    furthest: bool = False


class CallUpAnswered(Event, owner="routing", aggregate="call_up"):
    """One person's answer for one shift, and what it makes of that person. ``moved_up``: the reserve who takes a freed place."""

    worker: Token
    shift: Code
    stands: Stands
    moved_up: Token | None = None


class CallUpCheckedIn(Event, owner="routing", aggregate="call_up"):
    """Somebody is there. ``relieves`` is whoever may go home for it, from the shift ``relieved_of``."""

    worker: Token
    shift: Code
    relieves: Token | None = None
    relieved_of: Code | None = None


class CallUpRelieved(Event, owner="routing", aggregate="call_up"):
    """Somebody's shift is done: handed over, or sent home by the lead."""

    worker: Token
    shift: Code


class CallUpReminded(Event, owner="routing", aggregate="call_up"):
    """These shifts begin soon, and these people stand in them."""

    crews: tuple[Crew, ...]


class CallUpRanShort(Event, owner="routing", aggregate="call_up"):
    """Places stay empty at a moment when somebody has to do something about it."""

    short: tuple[Short, ...]
    level: int


class CallUpEscalated(Event, owner="routing", aggregate="call_up"):
    """Nobody further can be asked, or time is up: the head of the area hears how many are missing. None: it has no head."""

    short: tuple[Short, ...]
    to: Token | None = None


class CallUpStoodDown(Event, owner="routing", aggregate="call_up"):
    """It is over, or called off. ``people`` were to come, or are still there."""

    why: Literal["over", "called_off"]
    people: tuple[Token, ...] = ()

"""Going to the people (我来找你): who is to be seen and how often, and each visit. routing's facts."""

from pydantic import AwareDatetime, Field

from shared.events.event import Event, Sealed
from shared.words import Code, Token


class VisitRoundSet(Event, owner="routing", aggregate="visit_round"):
    """Somebody is to be seen every so many days. ``who`` seals name, address and why; nothing else says it."""

    grid: Code
    worker: Token
    every_days: int
    due_at: AwareDatetime
    welfare: bool = Field(
        default=False, description="an unanswered visit is told to the head on the same day"
    )
    who: Sealed


class VisitFellDue(Event, owner="routing", aggregate="visit_round"):
    """The next visit of a round is wanted by then."""

    due_at: AwareDatetime


class VisitRoundEnded(Event, owner="routing", aggregate="visit_round"):
    """Nobody need be seen any more: moved away, asked not to be, or no longer alone."""

    reason: str


class VisitPlanned(Event, owner="routing", aggregate="visit"):
    """One visit on one day of one worker's week."""

    round: Token
    grid: Code
    worker: Token
    on: AwareDatetime
    due_at: AwareDatetime
    welfare: bool = False


class VisitMade(Event, owner="routing", aggregate="visit"):
    round: Token
    worker: Token
    note: Sealed | None = None


class VisitUnanswered(Event, owner="routing", aggregate="visit"):
    """Nobody answered the door. A welfare visit is told to the head on the same day."""

    round: Token
    grid: Code
    worker: Token
    welfare: bool = False
    note: Sealed | None = None


class VisitMissed(Event, owner="routing", aggregate="visit"):
    """The day went by and nobody went."""

    round: Token
    worker: Token


class VisitRaised(Event, owner="routing", aggregate="visit"):
    """A welfare visit that nobody answered was told to the head of the area; None: the plan names no head."""

    grid: Code
    to: Token | None = None

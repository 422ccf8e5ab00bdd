"""What routing may be asked to do with visit rounds and visits."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.commands.command import ByHand, Command, Reason
from shared.events.event import Sealed
from shared.words import Code, Token

EveryDays = Annotated[int, Field(ge=1, le=366)]


class SetVisitRound(Command, owner="routing", aggregate="visit_round", target="round"):
    """``due_at``: by when the first visit is wanted; one rhythm from now, when nothing is said."""

    round: Token
    grid: Code
    worker: Token
    every_days: EveryDays
    welfare: bool = False
    due_at: AwareDatetime | None = None
    who: Sealed


class LetVisitFallDue(Command, owner="routing", aggregate="visit_round", target="round"):
    """A visit was made, or nobody answered: when is the next one wanted? ``tried``: nobody answered."""

    round: Token
    tried: bool = False


class EndVisitRound(Command, owner="routing", aggregate="visit_round", target="round"):
    round: Token
    reason: Reason


class PlanVisit(Command, owner="routing", aggregate="visit", target="visit"):
    visit: Token
    round: Token
    grid: Code
    worker: Token
    on: AwareDatetime
    due_at: AwareDatetime
    welfare: bool = False


class MakeVisit(ByHand, owner="routing", aggregate="visit", target="visit"):
    visit: Token
    note: Sealed | None = None


class LeaveVisitUnanswered(ByHand, owner="routing", aggregate="visit", target="visit"):
    visit: Token
    note: Sealed | None = None


class CheckVisit(Command, owner="routing", aggregate="visit", target="visit"):
    visit: Token


class RaiseVisit(Command, owner="routing", aggregate="visit", target="visit"):
    visit: Token
    to: Token | None = None

"""What routing may be asked to do with patrols and with what they find."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.commands.command import ByHand, Command, Reason
from shared.events.event import Place, Sealed
from shared.events.patrol import Checked, CheckItem
from shared.words import Code, Token


class PlanPatrol(Command, owner="routing", aggregate="patrol", target="patrol"):
    patrol: Token
    grid: Code
    worker: Token
    due_at: AwareDatetime
    items: Annotated[tuple[CheckItem, ...], Field(max_length=100)]
    every_days: Annotated[int, Field(ge=1, le=366)] | None = None
    series: Token | None = None


class MakePatrol(ByHand, owner="routing", aggregate="patrol", target="patrol"):
    """Every line of the checklist is answered."""

    patrol: Token
    checked: Annotated[tuple[Checked, ...], Field(max_length=100)]


class CallOffPatrol(Command, owner="routing", aggregate="patrol", target="patrol"):
    patrol: Token
    reason: Reason


class CheckPatrol(Command, owner="routing", aggregate="patrol", target="patrol"):
    """A timer fired, or the sweep asks. ``head``: who hears that nobody made it, as the grid book says."""

    patrol: Token
    head: Token | None = None


class NoteFinding(Command, owner="routing", aggregate="finding", target="finding"):
    """``request`` is named by routing from the finding's id; a week from now it is looked at again, unless said."""

    finding: Token
    note: Sealed
    place: Place = Place()
    category: Code | None = None
    patrol: Token | None = None
    visit: Token | None = None
    item: Code | None = None
    recheck_by: AwareDatetime | None = None
    request: Token | None = None


class MakeRecheck(Command, owner="routing", aggregate="finding", target="finding"):
    finding: Token
    fixed: bool
    note: Sealed | None = None


class CheckFinding(Command, owner="routing", aggregate="finding", target="finding"):
    finding: Token

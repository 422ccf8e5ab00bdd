"""Patrols: rounds with checklists, and what they find. routing's facts."""

from pydantic import AwareDatetime, Field

from shared.events.event import Event, Part, Place, Sealed
from shared.words import Code, Token


class CheckItem(Part):
    """One line of a checklist."""

    code: Code
    zh: str
    en: str = ""


class Checked(Part):
    item: Code
    good: bool


class PatrolPlanned(Event, owner="routing", aggregate="patrol"):
    """A round through one grid. ``every_days``: when it was made, the next one is planned that much later."""

    grid: Code
    worker: Token
    due_at: AwareDatetime
    items: tuple[CheckItem, ...]
    every_days: int | None = None
    series: Token | None = Field(default=None, description="the first patrol of its series")


class PatrolMade(Event, owner="routing", aggregate="patrol"):
    worker: Token
    checked: tuple[Checked, ...]


class PatrolMissed(Event, owner="routing", aggregate="patrol"):
    """Nobody made it in time: the head of the area hears of it."""

    due_at: AwareDatetime
    grid: Code | None = None
    worker: Token | None = None
    head: Token | None = Field(
        default=None, description="who is told; None: nobody is posted as a head there"
    )


class PatrolCalledOff(Event, owner="routing", aggregate="patrol"):
    reason: str


class FindingNoted(Event, owner="routing", aggregate="finding"):
    """Something found on a patrol or a visit. It becomes a request of kind ``finding``: ``request`` is its id."""

    request: Token
    worker: Token
    note: Sealed
    place: Place = Place()
    category: Code | None = None
    patrol: Token | None = None
    visit: Token | None = None
    item: Code | None = None
    recheck_by: AwareDatetime


class RecheckFellDue(Event, owner="routing", aggregate="finding"):
    recheck_by: AwareDatetime


class RecheckMade(Event, owner="routing", aggregate="finding"):
    """Somebody looked again. Not fixed: the request is opened again, and it is looked at once more."""

    fixed: bool
    recheck_by: AwareDatetime | None = None
    note: Sealed | None = None

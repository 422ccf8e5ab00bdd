"""What the rules remember of a request."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.events.request import Deadline
from shared.words import Severity, Status

WAITING = frozenset({Status.TRIAGE, Status.RETURNED})
"""Nobody is responsible: a person has to find somebody."""
OURS = frozenset({Status.ASSIGNED, Status.ACCEPTED, Status.IN_PROGRESS, Status.ON_HOLD, Status.REOPENED})
"""A worker is responsible, and the matter is not done."""

Level = Literal["grid", "community", "street"]


class Answer(BaseModel):
    """What the resident said of it, since it was last resolved."""

    model_config = ConfigDict(frozen=True)

    solved: bool
    satisfaction: int


class Left(BaseModel):
    """What is left of each deadline while the clocks stand, in seconds of working time."""

    model_config = ConfigDict(frozen=True)

    accept: int | None = None
    contact: int | None = None
    resolve: int | None = None

    @property
    def parts(self) -> tuple[int | None, int | None, int | None]:
        return self.accept, self.contact, self.resolve


class State(BaseModel):
    """What the rules ask about. ``status`` is None until routing has said its first word."""

    model_config = ConfigDict(frozen=True)

    status: Status | None = None
    grid: str | None = None
    community: str | None = None
    worker: str | None = None
    person: str | None = None
    """Who said it, where a contact told."""
    level: Level = "grid"
    severity: Severity = Severity.YELLOW
    accept_by: datetime | None = None
    contact_by: datetime | None = None
    due_at: datetime | None = None
    remind_at: datetime | None = None
    missed: Deadline | None = None
    """What was missed last, while a head may still have to hear of it."""
    escalate_at: datetime | None = None
    escalated: Level = "grid"
    heads: tuple[str, ...] = ()
    """Who heard of a miss since it was last given to somebody: each may take it, or give it to another."""
    policy: int | None = None
    """Revision of the policy that it was given: its clocks go by that one. None: the default, or none yet."""
    checked_at: datetime | None = None
    """When a question was last answered: one question has one answer."""
    answer_by: datetime | None = None
    done_before: bool = False
    """It was resolved before we were told of it: what the resident said of that opens nothing again."""
    moved_at: datetime | None = None
    """When somebody last did something."""
    quiet_from: datetime | None = None
    """Since when nobody has moved it, nor was told that nobody does. None: nobody need move it."""
    stalls: int = 0
    check_at: datetime | None = None
    """The next moment at which something may be due: the sweep looks for it."""
    left: Left | None = None
    """The clocks stand."""
    paused: str | None = None
    asked: str | None = None
    matter: str | None = None
    hidden_from: tuple[str, ...] = ()
    hidden_offices: tuple[str, ...] = ()
    """Whom it accuses: these workers, and the offices of these areas."""
    vacant: str | None = None
    """Waiting in triage because nobody stood there: whoever is posted to this area, or above it, may get it."""
    imported: bool = False
    noted: str | None = None
    contacted: str | None = None
    answered: str | None = None
    reported: str | None = None
    """Marks of what was done last: a repeat is quiet."""
    guided: tuple[str, ...] = ()
    """Worded replies that the resident was sent."""
    answer: Answer | None = None

    @property
    def deadlines(self) -> tuple[datetime | None, datetime | None, datetime | None]:
        return self.accept_by, self.contact_by, self.due_at

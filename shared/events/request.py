"""What became of a request: routing's facts."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.events.event import Event, Sealed
from shared.words import Code, Severity, Token


class GridAssigned(Event, owner="routing", aggregate="request"):
    """One grid and one named worker are responsible, by this rule on this plan, until these deadlines."""

    grid: Code
    worker: Token | None = Field(
        description="None: the grid has no worker posted; its supervisor's triage sees it"
    )
    plan: str = Field(description="SHA-256 of the grid plan that answered, hexadecimal")
    rule: Literal["building", "position", "by_hand", "policy"]
    community: Code | None = Field(default=None, description="the community that the grid belongs to")
    severity: Severity = Severity.YELLOW
    accept_by: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    imported: bool = False
    policy: int | None = Field(
        default=None, description="revision of the PolicyAdopted that it was assigned by; None: the default"
    )
    matched: tuple[Code, ...] = Field(
        default=(), description="names of the policy's rules that had a say, in order"
    )


class AssignmentFailed(Event, owner="routing", aggregate="request"):
    """No grid took it: it waits in triage, visibly, and is never given to a neighbour."""

    reason: Literal["no_place", "in_no_grid", "no_plan"]
    plan: str | None = None
    imported: bool = False


class RequestAccepted(Event, owner="routing", aggregate="request"):
    worker: Token


class ProgressNoted(Event, owner="routing", aggregate="request"):
    worker: Token | None = None
    note: Sealed | None = None


class RequestTransferred(Event, owner="routing", aggregate="request"):
    """Another worker, of the same grid or another, is responsible from now on."""

    grid: Code
    worker: Token
    from_worker: Token | None = None
    reason: str = ""


class RequestReturned(Event, owner="routing", aggregate="request"):
    """The worker gives it back (退单): it waits in triage with a reason."""

    worker: Token | None = None
    reason: str


class RequestHeld(Event, owner="routing", aggregate="request"):
    """Hung up (挂账): it cannot be done now, for a reason."""

    reason: str


class DeadlineMissed(Event, owner="routing", aggregate="request"):
    deadline: Literal["accept", "resolve"]
    due_at: AwareDatetime
    imported: bool = Field(
        default=False, description="the request was: the ledger shows it, nobody is messaged"
    )


class RequestResolved(Event, owner="routing", aggregate="request"):
    """The worker says that it is done. Whether it is solved, the resident says."""

    worker: Token | None = None
    outcome: Sealed | None = None


class FeedbackRecorded(Event, owner="routing", aggregate="request"):
    """The resident's own word on it."""

    solved: bool
    satisfaction: Annotated[int, Field(ge=1, le=5)]
    comment: Sealed | None = None


class RequestReopened(Event, owner="routing", aggregate="request"):
    reason: str = ""
    due_at: AwareDatetime | None = None


class RequestClosed(Event, owner="routing", aggregate="request"):
    reason: Literal["solved", "no_answer", "by_staff", "withdrawn"]


class RequestDeclined(Event, owner="routing", aggregate="request"):
    """Not ours to do; ``instead`` says where to go."""

    reason: str
    instead: str = ""

"""What routing may be asked to do with a request."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.commands.command import Command, Reason
from shared.events.event import Sealed
from shared.words import Code, Severity, Token


class AssignGrid(Command, owner="routing", aggregate="request", target="request"):
    """Give the request to the grid that the grid book named, or to the one a person names (``rule`` by_hand)."""

    request: Token
    grid: Code
    worker: Token | None = None
    plan: str = ""
    rule: Literal["building", "position", "by_hand", "policy"] = "by_hand"
    community: Code | None = None
    severity: Severity = Severity.YELLOW
    accept_by: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    imported: bool = False
    policy: int | None = None
    matched: tuple[Code, ...] = ()


class LeaveInTriage(Command, owner="routing", aggregate="request", target="request"):
    request: Token
    reason: Literal["no_place", "in_no_grid", "no_plan"]
    plan: str | None = None
    imported: bool = False


class AcceptRequest(Command, owner="routing", aggregate="request", target="request"):
    """``worker``: who accepts; staff may leave it out and accept for the worker responsible."""

    request: Token
    worker: Token | None = None


class NoteProgress(Command, owner="routing", aggregate="request", target="request"):
    request: Token
    worker: Token | None = None
    note: Sealed | None = None


class TransferRequest(Command, owner="routing", aggregate="request", target="request"):
    request: Token
    grid: Code
    worker: Token
    reason: Reason = "transferred"


class ReturnRequest(Command, owner="routing", aggregate="request", target="request"):
    request: Token
    reason: Reason
    worker: Token | None = None


class HoldRequest(Command, owner="routing", aggregate="request", target="request"):
    request: Token
    reason: Reason


class ResolveRequest(Command, owner="routing", aggregate="request", target="request"):
    request: Token
    worker: Token | None = None
    outcome: Sealed | None = None


class RecordFeedback(Command, owner="routing", aggregate="request", target="request"):
    request: Token
    solved: bool
    satisfaction: Annotated[int, Field(ge=1, le=5)]
    comment: Sealed | None = None


class ReopenRequest(Command, owner="routing", aggregate="request", target="request"):
    request: Token
    reason: str = ""
    due_at: AwareDatetime | None = None


class CloseRequest(Command, owner="routing", aggregate="request", target="request"):
    request: Token
    reason: Literal["solved", "no_answer", "by_staff"] = "by_staff"


class DeclineRequest(Command, owner="routing", aggregate="request", target="request"):
    request: Token
    reason: Reason
    instead: str = ""


class FollowWithdrawal(Command, owner="routing", aggregate="request", target="request"):
    """The resident took it back: nobody need work on it any more. It closes as withdrawn."""

    request: Token


class CheckDeadline(Command, owner="routing", aggregate="request", target="request"):
    """A timer fired, or the sweep asks. It is only a question."""

    request: Token

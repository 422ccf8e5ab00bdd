"""What routing may be asked to do with a request."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.commands.command import ByHand, Command, Reason
from shared.events.event import Sealed
from shared.words import About, Code, PictureName, Severity, Token

Seconds = Annotated[int, Field(ge=0)]


class Stopping(ByHand):
    """What stops the clocks. Working time is counted by the calendar, outside the rules: ``counted_on`` says on which
    deadlines (to accept, to contact, to resolve), and the rules refuse what was counted on others.
    """

    accept_left: Seconds | None = None
    contact_left: Seconds | None = None
    resolve_left: Seconds | None = None
    counted_on: tuple[AwareDatetime | None, AwareDatetime | None, AwareDatetime | None] | None = None


class Starting(ByHand):
    """What lets the clocks run again; ``counted_on`` says on which seconds left."""

    accept_by: AwareDatetime | None = None
    contact_by: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    remind_at: AwareDatetime | None = None
    counted_on: tuple[Seconds | None, Seconds | None, Seconds | None] | None = None


class AssignGrid(Command, owner="routing", aggregate="request", target="request"):
    """Give the request to the grid that the grid book named, or to the one a person names (``rule`` by_hand)."""

    request: Token
    grid: Code
    worker: Token | None = None
    plan: str = ""
    rule: Literal["building", "position", "by_hand", "policy"] = "by_hand"
    community: Code | None = None
    person: Token | None = None
    severity: Severity = Severity.YELLOW
    accept_by: AwareDatetime | None = None
    contact_by: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    remind_at: AwareDatetime | None = None
    imported: bool = False
    policy: int | None = None
    matched: tuple[Code, ...] = ()
    hidden_from: tuple[Token, ...] = ()
    hidden_offices: tuple[Code, ...] = ()
    level: Literal["grid", "community", "street"] = "grid"
    rota: Code | None = None


class LeaveInTriage(Command, owner="routing", aggregate="request", target="request"):
    request: Token
    reason: Literal["no_place", "in_no_grid", "no_plan", "nobody_on_duty", "nobody_left"]
    person: Token | None = None
    plan: str | None = None
    imported: bool = False
    grid: Code | None = None
    community: Code | None = None
    hidden_from: tuple[Token, ...] = ()
    hidden_offices: tuple[Code, ...] = ()


class NameAccused(Command, owner="routing", aggregate="request", target="request"):
    """Say whom it accuses: a worker, or an office (``about``). Whoever is accused loses it. The grid book fills in who
    they all are (``hidden_from``, ``hidden_offices``) and whose it is instead (``head``).
    """

    request: Token
    reason: Reason
    worker: Token | None = None
    about: About | None = None
    hidden_from: tuple[Token, ...] = ()
    hidden_offices: tuple[Code, ...] = ()
    area: Code | None = None
    level: Literal["community", "street"] | None = None
    head: Token | None = None
    accept_by: AwareDatetime | None = None


class AcceptRequest(ByHand, owner="routing", aggregate="request", target="request"):
    """``worker``: who accepts; staff may leave it out and accept for the worker responsible."""

    request: Token
    worker: Token | None = None


class NoteProgress(ByHand, owner="routing", aggregate="request", target="request"):
    request: Token
    worker: Token | None = None
    note: Sealed | None = None
    pictures: Annotated[tuple[PictureName, ...], Field(max_length=9)] = ()


class ContactResident(ByHand, owner="routing", aggregate="request", target="request"):
    """Put on record that the resident was spoken with."""

    request: Token
    worker: Token | None = None
    note: Sealed | None = None


class SendGuidance(ByHand, owner="routing", aggregate="request", target="request"):
    """Send the resident one of the office's worded replies (话术). ``guidance_version``: of the set that was read."""

    request: Token
    guidance: Code
    guidance_version: Annotated[int, Field(ge=0)]


class TransferRequest(Command, owner="routing", aggregate="request", target="request"):
    request: Token
    grid: Code
    worker: Token
    reason: Reason = "transferred"
    accept_by: AwareDatetime | None = None


class ReportUp(ByHand, owner="routing", aggregate="request", target="request"):
    """Hand it to the head of the area above. The grid book fills in whose that is."""

    request: Token
    reason: Reason
    level: Literal["community", "street"] | None = None
    area: Code | None = None
    worker: Token | None = None
    accept_by: AwareDatetime | None = None


class ReturnRequest(ByHand, owner="routing", aggregate="request", target="request"):
    request: Token
    reason: Reason
    worker: Token | None = None


class HoldRequest(ByHand, owner="routing", aggregate="request", target="request"):
    request: Token
    reason: Reason


class RegradeRequest(Command, owner="routing", aggregate="request", target="request"):
    """Say how urgent it is. The policy fills in the deadlines that follow."""

    request: Token
    severity: Severity
    reason: Reason
    accept_by: AwareDatetime | None = None
    contact_by: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    remind_at: AwareDatetime | None = None


class PauseClock(Stopping, owner="routing", aggregate="request", target="request"):
    request: Token
    reason: Literal["waiting_for_resident", "waiting_for_material", "other"]
    note: Sealed | None = None


class ResumeClock(Starting, owner="routing", aggregate="request", target="request"):
    request: Token


class AskResident(Stopping, owner="routing", aggregate="request", target="request"):
    """Ask whoever said it. The clocks stand until there is an answer."""

    request: Token
    question: Sealed
    worker: Token | None = None


class AnswerQuestion(Starting, owner="routing", aggregate="request", target="request"):
    """The resident's answer to what was asked."""

    request: Token
    answer: Sealed


class JoinMatter(Stopping, owner="routing", aggregate="request", target="request"):
    """Say that the request is about the same matter as that lead request: it follows it from now on."""

    request: Token
    matter: Token


class LeaveMatter(Starting, owner="routing", aggregate="request", target="request"):
    """It is about something else: it goes its own way again."""

    request: Token
    why: Sealed | None = None


class ResolveRequest(ByHand, owner="routing", aggregate="request", target="request"):
    request: Token
    worker: Token | None = None
    outcome: Sealed | None = None
    pictures: Annotated[tuple[PictureName, ...], Field(max_length=9)] = ()
    shown: Annotated[tuple[PictureName, ...], Field(max_length=9)] = Field(
        default=(), description="which of them the resident's page shows; there is no face in them"
    )
    answer_by: AwareDatetime | None = None
    imported: bool = Field(default=False, description="done before we were told of the request")


class RecordFeedback(Command, owner="routing", aggregate="request", target="request"):
    request: Token
    solved: bool
    satisfaction: Annotated[int, Field(ge=1, le=5)]
    comment: Sealed | None = None


class ReopenRequest(Command, owner="routing", aggregate="request", target="request"):
    request: Token
    reason: str = ""
    due_at: AwareDatetime | None = None
    remind_at: AwareDatetime | None = None


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
    """A timer fired, or the sweep asks. It is only a question. ``area`` and ``head`` are the grid book's word on who is
    to be told of what was missed, at this ``level``, and ``escalate_at`` the calendar's on when; nothing since
    ``quiet_since`` counts as stalled.
    """

    request: Token
    level: Literal["community", "street"] | None = None
    area: Code | None = None
    head: Token | None = None
    quiet_since: AwareDatetime | None = None
    escalate_at: AwareDatetime | None = None

"""What became of a request: routing's facts."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.events.event import Event, Sealed
from shared.words import Code, Severity, Token

Deadline = Literal["accept", "contact", "resolve"]
Seconds = Annotated[int, Field(ge=0)]


class Standing(Event):
    """The clocks stand from here on: what was left of each, in seconds of working time. None: that one did not run."""

    accept_left: Seconds | None = None
    contact_left: Seconds | None = None
    resolve_left: Seconds | None = None


class Running(Event):
    """The clocks run from here on, until these moments. None: that one does not run."""

    accept_by: AwareDatetime | None = None
    contact_by: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    remind_at: AwareDatetime | None = Field(
        default=None, description="when whoever has it is reminded, before it is due"
    )


class GridAssigned(Event, owner="routing", aggregate="request"):
    """One grid and one named worker are responsible, by this rule on this plan, until these deadlines."""

    grid: Code
    worker: Token | None = Field(
        description="None: the grid has no worker posted; its supervisor's triage sees it"
    )
    plan: str = Field(description="SHA-256 of the grid plan that answered, hexadecimal")
    rule: Literal["building", "position", "by_hand", "policy"]
    community: Code | None = Field(default=None, description="the community that the grid belongs to")
    person: Token | None = Field(default=None, description="who said it, where a contact told")
    severity: Severity = Severity.YELLOW
    accept_by: AwareDatetime | None = None
    contact_by: AwareDatetime | None = Field(default=None, description="when the resident has to have heard")
    due_at: AwareDatetime | None = None
    remind_at: AwareDatetime | None = Field(
        default=None, description="when whoever has it is reminded, before it is due"
    )
    imported: bool = False
    policy: int | None = Field(
        default=None, description="revision of the PolicyAdopted that it was assigned by; None: the default"
    )
    matched: tuple[Code, ...] = Field(
        default=(), description="names of the policy's rules that had a say, in order"
    )
    hidden_from: tuple[Token, ...] = Field(
        default=(), description="workers whom it accuses: they neither see it nor act on it"
    )
    hidden_offices: tuple[Code, ...] = Field(
        default=(), description="areas whose office it accuses; the tenant's name: the tenant's own office"
    )
    level: Literal["grid", "community", "street"] = Field(
        default="grid", description="whose head has it, where it accuses somebody below"
    )
    rota: Code | None = Field(
        default=None,
        description="the area whose duty rota named the worker, outside working hours or for one who is away",
    )


class AssignmentFailed(Event, owner="routing", aggregate="request"):
    """No grid took it, nobody is on duty there, or nobody is left whom it does not accuse: it waits in triage, visibly,
    and is never given to a neighbour.
    """

    reason: Literal["no_place", "in_no_grid", "no_plan", "nobody_on_duty", "nobody_left"]
    person: Token | None = None
    plan: str | None = None
    imported: bool = False
    grid: Code | None = Field(default=None, description="whose it would be, if anybody were on duty there")
    community: Code | None = Field(default=None, description="the community that the grid belongs to")
    hidden_from: tuple[Token, ...] = Field(default=(), description="workers whom it accuses")
    hidden_offices: tuple[Code, ...] = Field(default=(), description="areas whose office it accuses")


class AccusedNamed(Event, owner="routing", aggregate="request"):
    """Staff found out whom it accuses: they see it no more, and who has it from now on is none of them."""

    hidden_from: tuple[Token, ...] = Field(default=(), description="workers, beside those who were known")
    hidden_offices: tuple[Code, ...] = Field(default=(), description="areas whose office it accuses")
    reason: str
    taken: bool = Field(default=False, description="whoever had it has it no more")
    from_worker: Token | None = None
    worker: Token | None = Field(default=None, description="who has it now, where it was taken away")
    area: Code | None = Field(default=None, description="the area whose head that is")
    level: Literal["community", "street"] | None = None
    stands: Literal["assigned", "triage"] | None = Field(
        default=None, description="where it stands now; null: where it stood"
    )
    accept_by: AwareDatetime | None = None


class RequestAccepted(Event, owner="routing", aggregate="request"):
    worker: Token
    stand_in: Token | None = Field(default=None, description="who did it while the worker was away")


class ProgressNoted(Event, owner="routing", aggregate="request"):
    worker: Token | None = None
    stand_in: Token | None = Field(default=None, description="who did it while the worker was away")
    note: Sealed | None = None
    pictures: tuple[str, ...] = Field(default=(), description="names of sealed pictures (shared/pictures.py)")


class ResidentContacted(Event, owner="routing", aggregate="request"):
    """The worker has spoken with whoever said it: the clock to contact stops."""

    worker: Token | None = None
    stand_in: Token | None = Field(default=None, description="who did it while the worker was away")
    note: Sealed | None = None


class GuidanceSent(Event, owner="routing", aggregate="request"):
    """The resident was sent one of the office's worded replies (话术): a fixed text, whoever sent it."""

    guidance: Code
    guidance_version: int = Field(description="of the set of replies, in which the text stands")
    worker: Token | None = None
    stand_in: Token | None = Field(default=None, description="who did it while the worker was away")


class RequestTransferred(Event, owner="routing", aggregate="request"):
    """Another worker, of the same grid or another, is responsible from now on."""

    grid: Code
    worker: Token
    from_worker: Token | None = None
    reason: str = ""
    accept_by: AwareDatetime | None = Field(default=None, description="the new worker's own time to accept")


class RequestReportedUp(Event, owner="routing", aggregate="request"):
    """It is more than a grid can do (上报): the head of the area above is responsible from now on."""

    level: Literal["community", "street"]
    area: Code | None = Field(default=None, description="the area whose head has it")
    worker: Token | None = Field(default=None, description="its head; None: nobody is posted there")
    from_worker: Token | None = None
    reason: str
    accept_by: AwareDatetime | None = None


class RequestReturned(Event, owner="routing", aggregate="request"):
    """The worker gives it back (退单): it waits in triage with a reason."""

    worker: Token | None = None
    reason: str


class RequestHeld(Event, owner="routing", aggregate="request"):
    """Hung up (挂账): it cannot be done now, for a reason."""

    reason: str


class SeverityChanged(Event, owner="routing", aggregate="request"):
    """Staff see it as more, or less, urgent than it was: the clocks start anew for what it is."""

    severity: Severity
    before: Severity
    reason: str
    accept_by: AwareDatetime | None = None
    contact_by: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    remind_at: AwareDatetime | None = Field(
        default=None, description="when whoever has it is reminded, before it is due"
    )


class ClockPaused(Standing, owner="routing", aggregate="request"):
    """Nobody can work on it until something comes. Who paused it, and for how long, stays readable for ever."""

    reason: Literal["waiting_for_resident", "waiting_for_material", "other"]
    note: Sealed | None = None


class ClockResumed(Running, owner="routing", aggregate="request"):
    """What was left of each deadline when it was paused is left again."""


class ResidentAsked(Standing, owner="routing", aggregate="request"):
    """The worker needs to know more. While the resident is asked, the clocks stand."""

    worker: Token | None = None
    question: Sealed


class ResidentAnswered(Running, owner="routing", aggregate="request"):
    """The resident said more, and the clocks run again."""

    answer: Sealed


class RequestJoinedMatter(Standing, owner="routing", aggregate="request"):
    """It is about the same matter as another request, and follows that one; its own clocks stand."""

    matter: Token = Field(description="the id of the lead request")


class RequestLeftMatter(Running, owner="routing", aggregate="request"):
    """It is about something else after all: it goes its own way again, with what was left of its deadlines."""

    matter: Token
    why: Sealed | None = None


class DeadlineReminded(Event, owner="routing", aggregate="request"):
    """Time runs out: whoever is responsible is told before it has."""

    deadline: Deadline = "resolve"
    due_at: AwareDatetime


class DeadlineMissed(Event, owner="routing", aggregate="request"):
    deadline: Deadline
    due_at: AwareDatetime
    imported: bool = Field(
        default=False, description="the request was: the ledger shows it, nobody is messaged"
    )
    escalate_at: AwareDatetime | None = Field(
        default=None, description="when a head hears of it, unless something comes of it before"
    )


class RequestEscalated(Event, owner="routing", aggregate="request"):
    """It was missed, and still nothing came of it: a head is told. The request stays with its worker."""

    deadline: Deadline
    level: Literal["community", "street"]
    area: Code | None = None
    head: Token | None = Field(default=None, description="None: nobody is posted as the head there")
    escalate_at: AwareDatetime | None = Field(default=None, description="when the head above hears of it")


class StallNoticed(Event, owner="routing", aggregate="request"):
    """Nothing happened for days: whoever has it is told again, and a head, too."""

    since: AwareDatetime = Field(description="when something last happened")
    times: Annotated[int, Field(ge=1)] = Field(default=1, description="in a row")
    worker: Token | None = None
    area: Code | None = None
    head: Token | None = None


class RequestResolved(Event, owner="routing", aggregate="request"):
    """The worker says that it is done. Whether it is solved, the resident says."""

    worker: Token | None = None
    stand_in: Token | None = Field(default=None, description="who did it while the worker was away")
    outcome: Sealed | None = None
    pictures: tuple[str, ...] = Field(default=(), description="names of sealed pictures (shared/pictures.py)")
    shown: tuple[str, ...] = Field(
        default=(), description="those of them that whoever has the tracking code may see"
    )
    answer_by: AwareDatetime | None = Field(
        default=None, description="nobody answers until then: it is closed as not answered"
    )
    imported: bool = Field(default=False, description="done before we were told of the request")


class FeedbackRecorded(Event, owner="routing", aggregate="request"):
    """The resident's own word on it."""

    solved: bool
    satisfaction: Annotated[int, Field(ge=1, le=5)]
    comment: Sealed | None = None


class RequestReopened(Event, owner="routing", aggregate="request"):
    reason: str = ""
    due_at: AwareDatetime | None = None
    remind_at: AwareDatetime | None = Field(
        default=None, description="when whoever has it is reminded, before it is due"
    )


class RequestClosed(Event, owner="routing", aggregate="request"):
    reason: Literal["solved", "no_answer", "by_staff", "withdrawn"]


class RequestDeclined(Event, owner="routing", aggregate="request"):
    """Not ours to do; ``instead`` says where to go."""

    reason: str
    instead: str = ""

"""Every wish that one part of the house may send to the owner of an aggregate.

A command names its history by one of its fields. It carries its own id (so a repeat is quiet), the tenant, the
actor and the time: rules know no clock.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.events import Place, Sealed
from shared.words import Actor, Channel, Code, Duty, Kind, Severity, Tenant, Token

CATALOGUE: dict[str, type["Command"]] = {}
"""Every command by its name."""

Reason = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Command(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")

    owner: ClassVar[str]
    aggregate: ClassVar[str]
    target: ClassVar[str]
    """Which field names the history."""

    id: Token
    tenant: Tenant
    actor: Actor = Field(
        description="staff:<id>, worker:<id>, resident:<request>, service:<name>, import:<of>"
    )
    at: AwareDatetime

    def __init_subclass__(cls, owner: str = "", aggregate: str = "", target: str = "") -> None:
        super().__init_subclass__()
        if owner:
            cls.owner, cls.aggregate, cls.target = owner, aggregate, target
            CATALOGUE[cls.__name__] = cls

    @property
    def history(self) -> str:
        """The id of the history that this command is for."""
        return str(getattr(self, self.target))


# intake ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class SubmitRequest(Command, owner="intake", aggregate="submission", target="request"):
    request: Token
    code: str
    kind: Kind = Kind.ISSUE
    category: Code | None = None
    place: Place = Place()
    community: Code | None = None
    channel: Channel = Channel.WEB
    reachable: bool = False
    sealed: Sealed | None = None
    fingerprint: str = ""
    imported: bool = False
    source_key: str | None = None


class AmendRequest(Command, owner="intake", aggregate="submission", target="request"):
    request: Token
    sealed: Sealed


class WithdrawRequest(Command, owner="intake", aggregate="submission", target="request"):
    request: Token
    reason: str = ""


# routing: request ──────────────────────────────────────────────────────────────────────────────────────────────────


class AssignGrid(Command, owner="routing", aggregate="request", target="request"):
    """Give the request to the grid that the grid book named, or to the one a person names (``rule`` by_hand)."""

    request: Token
    grid: Code
    worker: Token | None = None
    plan: str = ""
    rule: Literal["building", "position", "by_hand"] = "by_hand"
    community: Code | None = None
    severity: Severity = Severity.YELLOW
    accept_by: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    imported: bool = False


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


# routing: grid book ────────────────────────────────────────────────────────────────────────────────────────────────


class AdoptGridPlan(Command, owner="routing", aggregate="area", target="area"):
    area: Token
    plan: str = Field(pattern=r"^[0-9a-f]{64}$")
    grids: int = Field(ge=1)
    name: str = ""


class PostWorker(Command, owner="routing", aggregate="post", target="post"):
    post: Token
    grid: Code
    duty: Duty
    worker: Token
    sealed: Sealed | None = None


class RelieveWorker(Command, owner="routing", aggregate="post", target="post"):
    post: Token


# deliberation ──────────────────────────────────────────────────────────────────────────────────────────────────────


class ProposeTopic(Command, owner="deliberation", aggregate="topic", target="topic"):
    topic: Token
    grid: Code
    category: Code
    requests: tuple[str, ...]
    threshold: int
    month: str


# notify ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class RequestDelivery(Command, owner="notify", aggregate="delivery", target="delivery"):
    delivery: Token
    because: str
    recipient: str
    channel: Literal["sms", "chat"]
    template: Code
    values: dict[str, str] = Field(default_factory=dict)


class AttemptDelivery(Command, owner="notify", aggregate="delivery", target="delivery"):
    delivery: Token
    gateway: Code


class RecordOutcome(Command, owner="notify", aggregate="delivery", target="delivery"):
    delivery: Token
    gateway: Code
    outcome: Literal["accepted", "confirmed", "failed", "unknown"]
    detail: str = ""


# console ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class OpenPersonalData(Command, owner="console", aggregate="audit", target="entry"):
    entry: Token
    request: Token
    fields: tuple[str, ...]
    purpose: Reason


class ErasePerson(Command, owner="console", aggregate="audit", target="entry"):
    entry: Token
    request: Token
    keys: tuple[str, ...]

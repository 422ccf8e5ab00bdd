"""Every fact that a journal of ours can hold, by owner and aggregate.

Class names and field names are storage formats: a golden file of each stands in tests/contract/golden and must
parse for ever. A new field is optional with a default; a new meaning is a new class.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.words import Channel, Code, Duty, Kind, Severity, Token

CATALOGUE: dict[str, type["Event"]] = {}
"""Every event type by its name."""


class Event(BaseModel):
    """A fact. ``at`` is when it happened (UTC), and rules use that one; when it was recorded is the envelope's."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_bytes="base64", val_json_bytes="base64")

    owner: ClassVar[str]
    aggregate: ClassVar[str]

    at: AwareDatetime

    def __init_subclass__(cls, owner: str = "", aggregate: str = "") -> None:
        super().__init_subclass__()
        if owner:
            cls.owner, cls.aggregate = owner, aggregate
            CATALOGUE[cls.__name__] = cls


class Part(BaseModel):
    """A piece of an event that has no life of its own."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_bytes="base64", val_json_bytes="base64")


class Sealed(Part):
    """One person's fields in one history, readable only while the key stands in the vault (shared/vault.py)."""

    key: Token
    cipher: Literal["A256GCM"] = "A256GCM"
    box: bytes = Field(description="96-bit nonce, ciphertext, 128-bit tag; base64 in JSON")


class Place(Part):
    """Where. The address line and the unit are a person's and stand sealed, not here."""

    lon: Annotated[float, Field(ge=-180, le=180, description="degrees, WGS84")] | None = None
    lat: Annotated[float, Field(ge=-90, le=90, description="degrees, WGS84")] | None = None
    building: Code | None = None


# intake ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class RequestSubmitted(Event, owner="intake", aggregate="submission"):
    """A resident, or a system for one, said what is wrong, wished for or thought. ``sealed`` holds the words,
    name, phone, address and unit.
    """

    code: str = Field(description="tracking code: reads the public state, allows nothing")
    kind: Kind = Kind.ISSUE
    category: Code | None = None
    place: Place = Place()
    community: Code | None = None
    channel: Channel = Channel.WEB
    reachable: bool = Field(default=False, description="a phone stands in the sealed part")
    sealed: Sealed | None = None
    fingerprint: str = Field(
        default="", description="HMAC of the canonical body: another body under the same key is refused"
    )
    imported: bool = Field(default=False, description="told about the past; nobody is messaged about it")
    source_key: str | None = Field(
        default=None, description="the key that an imported row had where it came from"
    )


class RequestAmended(Event, owner="intake", aggregate="submission"):
    """The resident added words."""

    sealed: Sealed


class RequestWithdrawn(Event, owner="intake", aggregate="submission"):
    """The resident takes it back."""

    reason: str = ""


# routing: request ──────────────────────────────────────────────────────────────────────────────────────────────────


class GridAssigned(Event, owner="routing", aggregate="request"):
    """One grid and one named worker are responsible, by this rule on this plan, until these deadlines."""

    grid: Code
    worker: Token | None = Field(
        description="None: the grid has no worker posted; its supervisor's triage sees it"
    )
    plan: str = Field(description="SHA-256 of the grid plan that answered, hexadecimal")
    rule: Literal["building", "position", "by_hand"]
    community: Code | None = Field(default=None, description="the community that the grid belongs to")
    severity: Severity = Severity.YELLOW
    accept_by: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    imported: bool = False


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


# routing: grid book ────────────────────────────────────────────────────────────────────────────────────────────────


class GridPlanAdopted(Event, owner="routing", aggregate="area"):
    """From now on grids are as this plan draws them. Shapes outgrow a message: the plan is named by its content."""

    plan: str = Field(
        description="SHA-256 of the plan's canonical JSON, hexadecimal; also its name in the plan store"
    )
    grids: int
    name: str = ""


class WorkerPosted(Event, owner="routing", aggregate="post"):
    """A worker stands on a post. ``sealed`` holds name, phone and chat address."""

    grid: Code
    duty: Duty
    worker: Token
    sealed: Sealed | None = None


class WorkerRelieved(Event, owner="routing", aggregate="post"):
    grid: Code
    duty: Duty
    worker: Token


# deliberation ──────────────────────────────────────────────────────────────────────────────────────────────────────


class TopicProposed(Event, owner="deliberation", aggregate="topic"):
    """What many call for: a category collected this many open requests in one grid within the window."""

    grid: Code
    category: Code
    requests: tuple[str, ...] = Field(description="ids of the requests that carried it over the threshold")
    threshold: int
    month: str = Field(description="YYYY-MM on the tenant's clock; one topic a grid, category and month")


# notify: deliveries, in a stream of their own ──────────────────────────────────────────────────────────────────────


class DeliveryRequested(Event, owner="notify", aggregate="delivery"):
    """One message to one recipient over one channel, because of one fact. Its id is named by these three."""

    because: str = Field(description="id of the fact")
    recipient: str = Field(description="worker:<id>, reporter:<request> or group:<grid>")
    channel: Literal["sms", "chat"]
    template: Code
    values: dict[str, str] = Field(
        default_factory=dict, description="what the template needs; nothing personal"
    )


class DeliveryAttempted(Event, owner="notify", aggregate="delivery"):
    """Written before the gateway is called: a crash after it leaves an outcome unknown, never a second message."""

    gateway: Code
    attempt: int


class DeliveryAccepted(Event, owner="notify", aggregate="delivery"):
    gateway: Code
    reference: str = ""


class DeliveryConfirmed(Event, owner="notify", aggregate="delivery"):
    gateway: Code


class DeliveryFailed(Event, owner="notify", aggregate="delivery"):
    gateway: Code
    reason: str


class DeliveryUnknown(Event, owner="notify", aggregate="delivery"):
    """The gateway died or timed out while it held the message. It is never resent blindly."""

    gateway: Code
    reason: str


# console ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class PersonalDataOpened(Event, owner="console", aggregate="audit"):
    """Somebody of the staff looked at a reporter's name and phone."""

    request: Token
    fields: tuple[str, ...]
    purpose: str


class PersonErased(Event, owner="console", aggregate="audit"):
    """Written first; then the keys are destroyed."""

    request: Token
    keys: tuple[str, ...]

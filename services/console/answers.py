"""What the staff's door answers, as OpenAPI tells it. The routes write these as JSON themselves."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.words import About, Channel, DeliveryStatus, Kind, Severity, Status


class Happened(BaseModel):
    type: str
    id: str


class Done(BaseModel):
    """``event`` is null when the rules had nothing to add: a repeat is quiet."""

    ok: Literal[True]
    event: Happened | None
    revision: int


class Where(BaseModel):
    lon: float | None
    lat: float | None
    building: str | None


class Why(BaseModel):
    """Why a row stands where it does: ``base`` moved by ``shifts``, in hours."""

    base: AwareDatetime
    by: Literal["deadline", "age"]
    shifts: dict[Literal["people", "severity", "vulnerable", "unclaimed_wish", "paused"], float]


class Row(BaseModel):
    """One request in the ledger. ``text`` is what was said, or ``erased``."""

    id: str
    revision: int
    code: str
    status: Status
    kind: Kind
    category: str | None
    community: str | None
    grid: str | None
    worker: str | None
    channel: Channel
    severity: Severity | None
    at: AwareDatetime
    accept_by: AwareDatetime | None
    contact_by: AwareDatetime | None = None
    due_at: AwareDatetime | None
    paused: str | None = None
    level: str | None = None
    place: Where
    solved: bool | None
    satisfaction: int | None
    source_key: str | None
    people: int | None
    requests: int | None
    vulnerable: int | None
    matter: str | None
    about: About | None = None
    rank_at: AwareDatetime | None
    why: Why | None
    text: str | None


class Page(BaseModel):
    """``next`` goes into ``after`` of the page that follows; null: this was the last one."""

    items: list[Row]
    next: str | None


class Step(BaseModel):
    """One event of a request's history, with the public fields of its type; ``text`` are its words, opened."""

    model_config = ConfigDict(extra="allow")

    type: str
    at: AwareDatetime
    actor: str
    version: int
    revision: int
    status: Status | None


class Matter(BaseModel):
    """``joined``: the requests that are about the same and follow this one."""

    state: Row
    history: list[Step]
    joined: list[Row]


class Reporter(BaseModel):
    """Whoever said it; ``erased`` alone when they were."""

    name: str | None = None
    phone: str | None = None
    address: str | None = None
    unit: str | None = None
    erased: bool = False


class NamedAccused(BaseModel):
    """``name`` null: none was said."""

    name: str | None = None
    erased: bool = False


class Figures(BaseModel):
    by_status: dict[Status, int]
    open: int
    overdue: int
    without_owner: int
    by_grid: dict[str, int]


class Topic(BaseModel):
    id: str
    grid: str
    category: str
    month: str
    threshold: int
    requests: list[str]
    at: AwareDatetime


class Topics(BaseModel):
    items: list[Topic]


class Attempt(BaseModel):
    """``outcome`` and ``reason``: what is known of it."""

    gateway: str
    at: AwareDatetime
    version: int | None = None
    outcome: str | None = None
    reason: str | None = None


class Delivery(BaseModel):
    """``to`` (masked) and ``text`` are what the sandbox kept. ``again_at``: when it is tried, or asked about, again;
    ``asked``: how often its gateway was asked what became of it. ``reference``: the gateway's own name for it.
    ``held``: why it waits before it was ever attempted.
    """

    delivery: str
    request: str | None
    at: AwareDatetime
    because: str
    recipient: str
    channel: Literal["sms", "chat"]
    template: str
    code: str | None
    status: DeliveryStatus
    gateway: str | None = None
    reason: str | None = None
    again_at: AwareDatetime | None = None
    template_version: int | None = None
    held: str | None = None
    reference: str | None = None
    asked: int | None = None
    attempts: list[Attempt] = []
    to: str | None
    text: str | None


class DeliveryFact(BaseModel):
    """What the journal holds; further fields are the event's own."""

    model_config = ConfigDict(extra="allow")

    type: str
    at: AwareDatetime
    recorded: AwareDatetime


class DeliveryStory(Delivery):
    story: list[DeliveryFact]


class Deliveries(BaseModel):
    items: list[Delivery]


class Worker(BaseModel):
    name: str
    grids: list[str]


class ServiceHealth(BaseModel):
    """``parked`` messages and ``held`` histories wait for a person; not there when the service does not answer."""

    service: str
    url: str
    ready: bool
    checks: dict[str, bool]
    parked: int | None = None
    held: int | None = None


class GeoJson(BaseModel):
    """RFC 7946; each feature's properties name ``code``, ``worker`` and ``deputy``."""

    model_config = ConfigDict(extra="allow")

    type: Literal["FeatureCollection"]
    features: list[dict[str, object]]


class PictureKept(BaseModel):
    """``picture`` is what a command names it by."""

    picture: str

"""What the staff's door answers and takes about the grid book, as OpenAPI tells it."""

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.words import RecordKind, RemovalReason, in_one_line

Named = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Short = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(in_one_line)] | None
_Value = Annotated[str, StringConstraints(max_length=500)]


class Record(BaseModel):
    """What is public of a record; ``filled`` names the sealed fields that say something."""

    model_config = ConfigDict(extra="ignore")

    id: str
    revision: int
    kind: RecordKind
    grid: str | None
    building: str | None
    dwelling: str | None
    category: str | None
    residents: int | None
    care: bool
    confirmed_on: str | None
    filled: list[str]
    doubts: list[str]
    removed: RemovalReason | None
    at: AwareDatetime


class Records(BaseModel):
    items: list[Record]
    next: str | None


class Step(BaseModel):
    type: str
    at: AwareDatetime
    actor: str
    changed: list[str] = []
    reason: str | None = None


class One(BaseModel):
    state: Record
    history: list[Step]


class Opened(BaseModel):
    """Its words by field; ``erased`` alone when they were."""

    words: dict[str, str] = {}
    erased: bool = False


class Total(BaseModel):
    grid: str | None
    kind: RecordKind
    records: int


class Flaw(BaseModel):
    grid: str | None
    kind: RecordKind
    flaw: str
    count: int
    ids: list[str]


class Quality(BaseModel):
    stale_before: str
    totals: list[Total]
    flaws: list[Flaw]


class Said(BaseModel):
    """Values by field, as a person typed them; an empty one says nothing."""

    model_config = ConfigDict(extra="forbid")

    kind: RecordKind
    values: Annotated[dict[str, _Value], Field(min_length=1, max_length=20)]


class Corrected(BaseModel):
    model_config = ConfigDict(extra="forbid")

    values: Annotated[dict[str, _Value], Field(min_length=1, max_length=20)]


class Removed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: RemovalReason


class Page(BaseModel):
    """Which records; ``after`` takes the ``next`` of the page before."""

    model_config = ConfigDict(extra="forbid")

    kind: RecordKind | None = None
    grid: Short = None
    building: Short = None
    doubt: Short = None
    care: bool | None = None
    after: Named | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50

"""What the residents' door answers, as OpenAPI tells it."""

from pydantic import BaseModel, Field


class Links(BaseModel):
    self: str
    feedback: str
    page: str


class SubmissionAccepted(BaseModel):
    """It is in the journal. ``token`` is told this once to whoever submitted."""

    id: str
    code: str
    token: str
    status: str
    links: Links


class Step(BaseModel):
    type: str
    status: str | None
    at: str
    grid: str | None = None


class Why(BaseModel):
    """In the office's words, and nothing personal."""

    reason: str
    instead: str = Field(description="where to go; empty when nobody said")


class PublicState(BaseModel):
    code: str
    status: str
    kind: str
    category: str | None
    submitted_at: str
    grid: str | None
    due_at: str | None
    asked: bool = False
    why: Why | None = Field(default=None, description="why it waits, or is not ours to do")
    people: int = Field(description="how many people call for it, as far as they can be told apart")
    pictures: list[str] = Field(
        default=[], description="what the worker shows of the work; each under …/pictures/{name}"
    )
    timeline: list[Step]


class Question(BaseModel):
    """What the worker would like to know; null: nothing."""

    question: str | None


class Outcome(BaseModel):
    """What was done, in the worker's words; null: nothing was said, or it is not resolved."""

    outcome: str | None


class Said(BaseModel):
    ok: bool
    event: dict[str, str] | None
    revision: int

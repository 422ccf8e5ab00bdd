"""The policy at the staff's door: which holds, whether another could, what it would have done; and why a request is
where it is. Routing answers; the door asks.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from services.console.rooms import Rooms, json_answer
from shared.http import ProblemError, problems
from shared.refusal import Refused
from shared.staff import Staff

_PATIENCE = 60.0
"""Seconds for a dry run over everything that was ever said."""
_SHAPERS = ("staff", "director")


def _in_words(value: object) -> object:
    """A moment as ISO 8601 has it: a bare number could be seconds, milliseconds or a year."""
    if value is not None and not isinstance(value, str):
        raise ValueError("a date and time is expected")
    return value


class Version(BaseModel):
    version: int
    revision: int
    at: AwareDatetime
    actor: str
    note: str
    name: str


class Holding(BaseModel):
    """``policy`` in full, ``content`` as it was written; ``revision`` null: the default of the house."""

    version: int
    revision: int | None
    name: str
    policy: dict[str, Any]
    content: dict[str, Any]
    versions: list[Version]


class Proposal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    content: dict[str, Any]


class Trial(Proposal):
    since: Annotated[AwareDatetime | None, BeforeValidator(_in_words)] = None


class Mistake(BaseModel):
    field: str
    problem: str
    detail: str
    context: dict[str, str]


class Checked(BaseModel):
    ok: bool
    reason: str
    mistakes: list[Mistake]


class Move(BaseModel):
    before: str | None
    after: str | None
    requests: int


class Side(BaseModel):
    where: str | None
    rule: Literal["building", "position", "policy"] | None
    rules: list[str]
    severity: str
    accept_by: AwareDatetime | None
    contact_by: AwareDatetime | None
    due_at: AwareDatetime | None


class Difference(BaseModel):
    request: str
    code: str
    key: str | None
    at: AwareDatetime
    elsewhere: bool
    before: Side
    after: Side


class Tried(BaseModel):
    """What would have been otherwise; the first hundred differences one by one."""

    requests: int
    elsewhere: int
    other_severity: int
    other_deadlines: int
    into_triage: int
    out_of_triage: int
    rules: dict[str, int]
    moves: list[Move]
    differences: list[Difference]


class Explanation(BaseModel):
    """Steps and rules in order: which matched, which had a say, and what the others missed."""

    request: str
    code: str
    policy: dict[str, Any]
    plan: str | None
    assigned: dict[str, Any] | None
    steps: list[dict[str, Any]]
    rules: list[dict[str, Any]]


def policy_routes(rooms: Rooms, signed_in: Any) -> APIRouter:
    routes = APIRouter(tags=["policy"], dependencies=[Depends(signed_in)])

    async def shaper(staff: Annotated[Staff, Depends(signed_in)]) -> None:
        if staff.role not in _SHAPERS:
            raise ProblemError(403, "forbidden", "Policies are for the office's staff and directors.")

    async def answer(name: str, question: dict[str, Any]) -> Any:
        try:
            return await rooms.bus.ask(f"query.routing.{name}", question, timeout=_PATIENCE)
        except Refused as refused:
            if refused.reason == "not_found":
                raise ProblemError(404, "not_found", "There is no such request.") from refused
            raise ProblemError.of(refused) from refused

    async def ask(name: str, question: dict[str, Any]) -> Response:
        return json_answer(await answer(name, question))

    @routes.get("/v1/policy", response_model=Holding, responses=problems(401, 503))
    async def holding() -> Response:
        """The policy that holds, and every version that there was."""
        return await ask("Policy", {})

    @routes.post(
        "/v1/policy/check",
        response_model=Checked,
        responses=problems(400, 401, 403, 409, 413, 415, 422, 503),
        dependencies=[Depends(shaper)],
    )
    async def check(proposal: Proposal) -> Response:
        """Every mistake in a policy, by field. Changes nothing."""
        return await ask("PolicyCheck", {"content": proposal.content})

    @routes.post(
        "/v1/policy/dry-run",
        response_model=Tried,
        responses=problems(400, 401, 403, 409, 413, 415, 422, 503),
        dependencies=[Depends(shaper)],
    )
    async def dry_run(trial: Trial, staff: Annotated[Staff, Depends(signed_in)]) -> Response:
        """What a policy would have done otherwise with past requests. Changes nothing."""
        found = await answer("PolicyDryRun", trial.model_dump(mode="json", exclude_none=True))
        return json_answer(
            found | {"differences": await rooms.seeing.among(found["differences"], staff, "request")}
        )

    @routes.get(
        "/v1/requests/{named}/explanation",
        response_model=Explanation,
        responses=problems(401, 404, 409, 422, 503),
    )
    async def explanation(
        named: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")],
        staff: Annotated[Staff, Depends(signed_in)],
    ) -> Response:
        """Why a request is where it is. Whom it accuses learns nothing of it."""
        document = await rooms.seeing.request(named, staff)
        return await ask("Explain", {"request": document["id"]})

    return routes

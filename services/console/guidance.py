"""Worded replies (话术) at the staff's door: what fits a request, what was sent, and the set itself. Notify answers."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.console.rooms import Rooms, json_answer
from shared.commands.request import SendGuidance
from shared.http import ProblemError, problems
from shared.refusal import Refused
from shared.staff import Staff

_SHAPERS = ("staff", "director")


class Offered(BaseModel):
    """``words`` of the reply's own that were said; ``category``: it is for this request's category by name."""

    code: str
    title_zh: str
    title_en: str
    zh: str
    en: str
    words: list[str]
    category: bool


class Sent(BaseModel):
    code: str
    version: int
    at: AwareDatetime
    actor: str
    zh: str
    en: str


class Guidance(BaseModel):
    version: int
    reachable: bool
    fitting: list[Offered]
    others: list[Offered]
    sent: list[Sent]


class Version(BaseModel):
    version: int
    at: AwareDatetime
    actor: str
    note: str
    entries: int


class GuidanceSet(BaseModel):
    version: int
    entries: list[dict[str, Any]]
    versions: list[Version]


class Proposal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    entries: list[dict[str, Any]] = Field(max_length=300)


class Mistake(BaseModel):
    entry: str
    field: str
    problem: str


class Checked(BaseModel):
    ok: bool
    mistakes: list[Mistake]


class Trial(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=4000)
    category: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None


async def refuse_unknown_guidance(rooms: Rooms, command: SendGuidance) -> None:
    """Only what stands in the set that holds is sent, as whoever sends it read it; and only where there is a way.

    Raises ProblemError.
    """
    found = await _asked(rooms, "Guidance", {"request": command.request})
    if not found["reachable"]:
        raise ProblemError(409, "not_reachable", "Whoever said it left no contact.")
    if command.guidance not in {each["code"] for each in (*found["fitting"], *found["others"])}:
        raise ProblemError(409, "guidance_unknown", "There is no such reply.")
    if command.guidance_version != found["version"]:
        raise ProblemError(409, "guidance_changed_meanwhile", "The replies have changed.")


async def _asked(rooms: Rooms, name: str, question: dict[str, Any]) -> Any:
    try:
        return await rooms.bus.ask(f"query.notify.{name}", question)
    except Refused as refused:
        if refused.reason == "not_found":
            raise ProblemError(404, "not_found", "There is no such request.") from refused
        raise ProblemError.of(refused) from refused


def guidance_routes(rooms: Rooms, signed_in: Any) -> APIRouter:
    async def shaper(staff: Annotated[Staff, Depends(signed_in)]) -> None:
        if staff.role not in _SHAPERS:
            raise ProblemError(403, "forbidden", "Replies are for the office's staff and directors.")

    routes = APIRouter(tags=["messages"])

    @routes.get(
        "/v1/requests/{named}/guidance",
        response_model=Guidance,
        responses=problems(401, 403, 404, 409, 422, 503),
    )
    async def of_request(
        named: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")],
        staff: Annotated[Staff, Depends(signed_in)],
    ) -> Response:
        """Which of the office's worded replies fit a request, with the words that called for each, and what was sent."""
        if staff.role == "operator":
            raise ProblemError(403, "forbidden", "Operators look after the machines, not after requests.")
        document = await rooms.seeing.request(named, staff)
        return json_answer(await _asked(rooms, "Guidance", {"request": document["id"]}))

    @routes.get(
        "/v1/guidance",
        response_model=GuidanceSet,
        responses=problems(401, 403, 503),
        dependencies=[Depends(shaper)],
    )
    async def every() -> Response:
        """Every worded reply in its order, and every version of the set."""
        return json_answer(await _asked(rooms, "GuidanceSet", {}))

    @routes.post(
        "/v1/guidance/check",
        response_model=Checked,
        responses=problems(400, 401, 403, 409, 413, 415, 422, 503),
        dependencies=[Depends(shaper)],
    )
    async def check(proposal: Proposal) -> Response:
        """Every mistake in a set of replies. Changes nothing."""
        return json_answer(await _asked(rooms, "GuidanceCheck", proposal.model_dump()))

    @routes.post(
        "/v1/guidance/try",
        response_model=Guidance,
        responses=problems(400, 401, 403, 409, 413, 415, 422, 503),
        dependencies=[Depends(shaper)],
    )
    async def attempt(trial: Trial) -> Response:
        """Which replies a text would call for. The text is kept nowhere."""
        return json_answer(await _asked(rooms, "Guidance", trial.model_dump(exclude_none=True)))

    return routes

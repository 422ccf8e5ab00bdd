"""Notices (公告) at the staff's door: whom one would reach before it goes out, and how far each has come. Notify answers."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.console.rooms import Rooms, json_answer
from shared.commands.command import Command
from shared.commands.notice import CancelNotice, DropAudience, SaveAudience
from shared.documents import Body
from shared.events.notice import Audience, Over, Words
from shared.http import ProblemError, problems
from shared.refusal import Refused
from shared.staff import Staff
from shared.words import Token

NOTICES_OF_STAFF = ("PublishNotice", "CancelNotice", "SaveAudience", "DropAudience")
WRITERS = ("staff", "secretary")
_READERS = (*WRITERS, "director")
_OF_NOTIFY = ("within", "kind", "level", "because")
_PATIENCE = 60.0
"""Seconds: as many boxes are opened as people are meant."""
Limit = Annotated[int, Query(ge=1, le=100)]


class Wanted(BaseModel):
    """What a notice would say to whom."""

    model_config = ConfigDict(extra="forbid")

    audience: Audience
    channels: list[Over] = Field(default_factory=list[Over])
    starts: AwareDatetime | None = None
    title: Words = Words(zh="")
    text: Words = Words(zh="")


class Length(BaseModel):
    """``sms``: as how many messages a provider charges it; ``sms_first``: and where it is the first one to a number, which says
    where one can opt out.
    """

    text: str
    characters: int
    sms: int
    sms_first: int


class Preview(BaseModel):
    """``left_out``: opted_out, no_address, same_address (one person by two records). ``held``: they get it later."""

    recipients: int
    deliveries: int
    channels: dict[str, int]
    roles: dict[str, int]
    left_out: dict[str, int]
    held: int
    message: dict[str, Length]


class Notice(BaseModel):
    """``gone_out``: taken by a gateway; ``outcomes``: how many deliveries stand where, ``cancelled`` those stopped in time."""

    notice: str
    stage: Literal["published", "running", "finished", "cancelled"]
    kind: str
    title: Words
    text: Words
    audience: Audience
    within: list[str]
    channels: list[Over]
    level: str | None
    starts: AwareDatetime
    at: AwareDatetime
    because: str
    publisher: str
    recipients: int
    deliveries: int
    left_out: dict[str, int]
    requested: int
    gone_out: int
    waiting: int
    outcomes: dict[str, int]


class Notices(BaseModel):
    """The newest first."""

    items: list[Notice]


class SavedAudience(BaseModel):
    audience: str
    name: str
    who: Audience


class SavedAudiences(BaseModel):
    items: list[SavedAudience]


def notice_routes(rooms: Rooms, who: Any) -> APIRouter:
    routes = APIRouter(tags=["notices"])

    async def ask(query: str, asked: Body, staff: Staff) -> Any:
        if staff.role not in _READERS:
            raise ProblemError(403, "forbidden", "Notices are for the office's staff.")
        return await _asked(rooms, query, asked | {"within": list(staff.areas)})

    @routes.get("/v1/notices", response_model=Notices, responses=problems(401, 403, 404, 422, 503))
    async def notices(
        staff: Annotated[Staff, Depends(who)], notice: Token | None = None, limit: Limit = 20
    ) -> Response:
        """The newest notices, or one, with how many messages are requested, gone out, waiting, failed."""
        asked: Body = {"limit": limit} | ({"notice": notice} if notice else {})
        return json_answer({"items": await ask("Notices", asked, staff)})

    @routes.post(
        "/v1/notices/preview", response_model=Preview, responses=problems(400, 401, 403, 404, 409, 422, 503)
    )
    async def preview(wanted: Wanted, staff: Annotated[Staff, Depends(who)]) -> Response:
        """How many would get it over which channel, and who is left out and why. Nobody is told."""
        return json_answer(await ask("Audience", wanted.model_dump(mode="json"), staff))

    @routes.get("/v1/audiences", response_model=SavedAudiences, responses=problems(401, 403, 503))
    async def audiences(staff: Annotated[Staff, Depends(who)]) -> Response:
        """The saved audiences, by name."""
        found = await ask("Audiences", {}, staff)
        items = [{"audience": a["audience_id"], "name": a["name"], "who": a["audience"]} for a in found]
        return json_answer({"items": items})

    return routes


def fill_notice(name: str, body: Body, staff: Staff) -> Body:
    """Return what the door adds. Raises ProblemError: not this role's, or not the caller's to say."""
    if staff.role not in WRITERS:
        raise ProblemError(403, "forbidden", "Notices are for the office's staff and secretaries.")
    if taken := [field for field in _OF_NOTIFY if field in body]:
        errors = [{"field": field, "why": "the door fills this in"} for field in taken]
        raise ProblemError(422, "invalid", "Some fields are not yours to say.", errors=errors)
    return body | ({"within": list(staff.areas)} if name in ("PublishNotice", "SaveAudience") else {})


async def refuse_others_notices(rooms: Rooms, command: Command, staff: Staff) -> None:
    """A community stops its own notices and changes its own audiences. Raises ProblemError."""
    if not staff.areas:
        return
    if isinstance(command, CancelNotice):
        await _asked(rooms, "Notices", {"notice": command.notice, "within": list(staff.areas)})
    elif isinstance(command, SaveAudience | DropAudience):
        found = await _asked(rooms, "Audiences", {})
        others = {each["audience_id"] for each in found if not set(each["within"]) & set(staff.areas)}
        if command.audience in others:
            raise ProblemError(404, "audience_not_there", "There is no such saved audience.")


async def _asked(rooms: Rooms, query: str, asked: Body) -> Any:
    try:
        return await rooms.bus.ask(f"query.notify.{query}", asked, _PATIENCE)
    except Refused as refused:
        if refused.reason.endswith("_not_there"):
            raise ProblemError(404, refused.reason) from refused
        raise ProblemError.of(refused) from refused

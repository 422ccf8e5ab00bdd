"""What messages say, at the staff's door: every text, another wording looked at before it is saved. Notify answers."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.console.rooms import Rooms, json_answer
from shared.http import ProblemError, problems
from shared.refusal import Refused
from shared.staff import Staff

Named = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,63}$")]
_SHAPERS = ("staff", "director")


class Row(BaseModel):
    """``version`` 0 is the catalogue's. ``stale``: gateways whose provider has approved another text, or none."""

    template: str
    version: int
    zh: str
    en: str
    stale: list[str]


class Rows(BaseModel):
    items: list[Row]


class Placeholder(BaseModel):
    """With an everyday value in both languages."""

    name: str
    type: str
    needed: bool
    zh: str
    en: str


class Mistake(BaseModel):
    field: Literal["zh", "en"]
    problem: str
    about: str


class Length(BaseModel):
    """``units``: septets of GSM-7, or 16-bit units of UCS-2; the signature counts."""

    characters: int
    units: int
    encoding: Literal["gsm7", "ucs2"]
    parts: int


class Costs(BaseModel):
    """A cost is a decimal in words; null where the gateway's price is not set."""

    gateway: str
    parts: int
    cost: str | None
    longest_parts: int
    longest_cost: str | None
    currency: str


class Preview(BaseModel):
    text: str
    length: Length
    longest_text: str
    longest: Length
    gateways: list[Costs]


class Approved(BaseModel):
    """``matches`` null: this gateway takes any text."""

    gateway: str
    id: str | None
    version: int | None
    values: dict[str, str] | list[str] | None
    matches: bool | None


class Version(BaseModel):
    version: int
    at: AwareDatetime
    actor: str
    note: str
    zh: str
    en: str


class Template(BaseModel):
    """``tried`` is what ``mistakes`` and ``previews`` are about: the texts that hold, or those that were asked about."""

    template: str
    version: int
    texts: dict[str, str]
    catalogue: dict[str, str]
    tried: dict[str, str]
    changed: bool
    placeholders: list[Placeholder]
    mistakes: list[Mistake]
    previews: dict[str, Preview | None]
    approved: list[Approved]
    versions: list[Version]


class Wording(BaseModel):
    model_config = ConfigDict(extra="forbid")

    zh: str = Field(max_length=2000)
    en: str = Field(max_length=2000)


def message_template_routes(rooms: Rooms, signed_in: Any) -> APIRouter:
    async def shaper(staff: Annotated[Staff, Depends(signed_in)]) -> None:
        if staff.role not in _SHAPERS:
            raise ProblemError(403, "forbidden", "Messages are for the office's staff and directors.")

    routes = APIRouter(tags=["messages"], dependencies=[Depends(shaper)])

    async def ask(name: str, question: dict[str, Any]) -> Response:
        try:
            return json_answer(await rooms.bus.ask(f"query.notify.{name}", question))
        except Refused as refused:
            if refused.reason == "template_unknown":
                raise ProblemError(404, "template_unknown", "There is no such template.") from refused
            raise ProblemError.of(refused) from refused

    @routes.get("/v1/message-templates", response_model=Rows, responses=problems(401, 403, 503))
    async def every() -> Response:
        """What every message says, in both languages."""
        return await ask("MessageTemplates", {})

    @routes.get(
        "/v1/message-templates/{template}",
        response_model=Template,
        responses=problems(401, 403, 404, 422, 503),
    )
    async def one(template: Named) -> Response:
        """One message: its placeholders, its versions, how it looks, how long it gets and what it costs where."""
        return await ask("MessageTemplate", {"template": template})

    @routes.post(
        "/v1/message-templates/{template}/preview",
        response_model=Template,
        responses=problems(400, 401, 403, 404, 413, 415, 422, 503),
    )
    async def preview(template: Named, wording: Wording) -> Response:
        """The same of another wording: every mistake, and how it would look. Changes nothing."""
        return await ask("MessageTemplate", {"template": template} | wording.model_dump())

    return routes

"""我也遇到: another resident says, I have it, too. Who it is, routing finds out; nothing of it is told here."""

from typing import Annotated, Any, Self

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import to_json

from services.intake.rooms import Rooms
from services.intake.wording import Phone
from shared.clock import now
from shared.commands.support import SupportRequest
from shared.envelope import History
from shared.http import ProblemError, problems
from shared.ids import new_id, read_code, request_id


class Support(BaseModel):
    """Who has it, too: by a phone, or by an own request and the token that came with it. One person counts once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phone: Phone | None = None
    code: Annotated[str, Field(max_length=64)] | None = None
    token: Annotated[str, Field(max_length=64)] | None = None
    tell: Annotated[
        bool, Field(strict=True, description="tell me what becomes of it; else the number only counts")
    ] = False

    @model_validator(mode="after")
    def says_who(self) -> Self:
        if (self.code is None) != (self.token is None):
            raise ValueError("code and token go together")
        if (self.phone is None) == (self.code is None):
            raise ValueError("either a phone, or code and token of an own request")
        return self


class Heard(BaseModel):
    """The same whether this person was counted already: that is nobody's business."""

    ok: bool


def support_routes(rooms: Rooms) -> APIRouter:
    routes = APIRouter(tags=["requests"])
    settings = rooms.service.settings

    @routes.post(
        "/v1/requests/{code}/support",
        response_model=Heard,
        responses=problems(400, 403, 404, 409, 413, 415, 422, 503),
    )
    async def support(said: Support, code: Annotated[str, Path(max_length=64)]) -> Response:
        """I have it, too (我也遇到)."""
        await rooms.read(code)
        request = request_id(settings.tenant, read_code(code) or "")
        who: dict[str, Any]
        if said.code is not None:
            own = request_id(settings.tenant, read_code(said.code) or "")
            if not rooms.submitting.holds_token(own, (said.token or "").strip()):
                raise ProblemError(403, "forbidden", "This token is not of this request.")
            who = {"own": own}
        else:
            history = History(settings.tenant, "routing", "support", request)
            who = {"sealed": rooms.seal(history, {"phone": said.phone or ""})}
        command = SupportRequest(
            id=new_id(),
            tenant=settings.tenant,
            actor=f"resident:{who.get('own', request)}",
            at=now(),
            request=request,
            tell=said.tell,
            **who,
        )
        await rooms.send(command)
        return Response(to_json({"ok": True}), media_type="application/json")

    return routes

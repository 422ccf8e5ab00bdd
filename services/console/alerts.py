"""Warnings of the authorities at the staff's door: files and forms in, what was relayed and who has seen it out."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel

from services.console.alert_model import ALERTS
from services.console.rooms import Rooms, json_answer
from shared.clock import now
from shared.commands.alert import UNREAD, RelayAlert
from shared.documents import Body, Document
from shared.http import ProblemError, problems
from shared.ids import new_id
from shared.staff import Staff
from shared.words import Level

Limit = Annotated[int, Query(ge=1, le=100)]
ALERTS_OF_WORKERS = ("AcknowledgeAlert",)
ALERTS_OF_STAFF = ("RelayAlert",)
RELAYED_BY = ("staff", "director")
"""Who may say that an authority has issued something: the office. A system of an issuer's has a token of that kind."""
_OF_NOTIFY = frozenset({"file", "message", "kin", "plan", "called", "within", "alert"})


class Wording(BaseModel):
    event: str
    issuer: str
    headline: str
    description: str
    instruction: str


class Hazard(BaseModel):
    level: Level | None
    said: Wording
    english: Wording | None
    onset: AwareDatetime | None
    expires: AwareDatetime | None
    areas: list[str]
    grids: list[str]


class Called(BaseModel):
    grid: str
    worker: str


class Seen(BaseModel):
    worker: str
    at: AwareDatetime


class Alert(BaseModel):
    """``grids`` and ``called`` are those that one's token covers; ``mine``: one is asked to acknowledge it oneself and has
    not; ``unseen``: grids in which nobody has. ``by``: the alert that took its place.
    """

    id: str
    sender: str
    identifier: str
    sent: AwareDatetime
    kind: Literal["Alert", "Update", "Cancel"]
    source: Literal["cap", "form"]
    hazards: list[Hazard]
    grids: list[str]
    at: AwareDatetime
    relayed: bool
    stands: Literal["relayed", "over", "superseded", "cancelled", "expired", "cancellation"]
    over_at: AwareDatetime | None
    by: str | None
    acknowledge_by: AwareDatetime | None
    called: list[Called]
    seen: list[Seen]
    unseen: list[str]
    mine: bool
    steps: list[dict[str, Any]]


class Alerts(BaseModel):
    """What is in force first, the newest first."""

    items: list[Alert]


def alert_routes(rooms: Rooms, who: Any) -> APIRouter:
    routes = APIRouter(tags=["alerts"])

    @routes.get("/v1/alerts", response_model=Alerts, responses=problems(401, 422, 503))
    async def alerts(staff: Annotated[Staff, Depends(who)], limit: Limit = 30) -> Response:
        """Warnings that were relayed, with who was asked to say that they were seen, and who has."""
        rows = rooms.service.store.documents(ALERTS.name)
        found = rows.find({"tenant": staff.tenant, "body.sender": {"$exists": True}}).sort("body.sent", -1)
        covered = await rooms.seeing.grids(staff)
        items = [_row(row, staff, covered) async for row in found.limit(limit)]
        items = [each for each in items if covered is None or each["grids"] or not each["relayed"]]
        return json_answer({"items": sorted(items, key=lambda each: each["stands"] != "relayed")})

    @routes.post(
        "/v1/alerts",
        responses=problems(401, 403, 409, 413, 415, 422, 503),
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/cap+xml": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def relay(request: Request, staff: Annotated[Staff, Depends(who)]) -> Response:
        """Relay a message of the Common Alerting Protocol. The same again changes nothing; a refusal says why."""
        may_relay(staff)
        data = await request.body()
        if not data:
            raise ProblemError(422, "nothing_to_relay", "Send the CAP file as the body.")
        command = RelayAlert(
            id=new_id(), tenant=staff.tenant, actor=staff.actor, at=now(), alert=UNREAD, file=data
        )
        return await rooms.send(command)

    return routes


def may_relay(staff: Staff) -> None:
    """Raises ProblemError."""
    if staff.role not in RELAYED_BY or staff.areas:
        raise ProblemError(403, "forbidden", "Warnings are relayed by the street office.")


def check_relaying(body: Body, staff: Staff) -> None:
    """As a command it is the form; everything else is read from it. Raises ProblemError."""
    may_relay(staff)
    if taken := sorted(_OF_NOTIFY & body.keys()):
        errors = [{"field": field, "why": "notify says this"} for field in taken]
        raise ProblemError(422, "invalid", "Some fields are not yours to say.", errors=errors)


def _row(row: Document, staff: Staff, covered: list[str] | None) -> Body:
    body = row["body"]

    def theirs(grid: str) -> bool:
        return covered is None or grid in covered

    seen = {each["worker"] for each in body["seen"]}
    called = [each for each in body["called"] if theirs(each["grid"])]
    answered = {each["grid"] for each in called if each["worker"] in seen}
    asked = {each["worker"] for each in body["called"]}
    stands = _stands(body)
    return body | {
        "id": row["id"],
        "stands": stands,
        "by": body.get("by"),
        "acknowledge_by": body.get("acknowledge_by"),
        "grids": [each for each in body["grids"] if theirs(each)],
        "called": called,
        "unseen": list(dict.fromkeys(each["grid"] for each in called if each["grid"] not in answered)),
        "mine": staff.sub in asked - seen and stands == "relayed",
    }


def _stands(body: Body) -> str:
    if "ended" in body:
        return str(body["ended"])
    if body["kind"] == "Cancel":
        return "cancellation"
    return "over" if body["over_at"] is not None and body["over_at"] <= now() else "relayed"

"""Call-ups at the staff's door: the table of shifts for the office, what one is asked for the worker."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel

from services.console.call_up_model import CALL_UPS
from services.console.rooms import Rooms, json_answer
from services.console.wishes import Offers, Reading
from shared.documents import Body, Document
from shared.envelope import History
from shared.events.event import Sealed
from shared.http import ProblemError, problems
from shared.staff import Staff
from shared.words import Duty, Token

Limit = Annotated[int, Query(ge=1, le=100)]
_PLACED = ("confirmed", "here", "relieved")

CALL_UP_OF_WORKERS = ("AnswerCallUp", "CheckInToCallUp", "RelieveFromCallUp")
CALL_UP_OF_STAFF = ("IssueCallUp", "WidenCallUp", "StandDownCallUp")


class Placed(BaseModel):
    worker: str
    stands: Literal["confirmed", "reserve", "declined", "dropped", "here", "relieved"]


class ShiftOf(BaseModel):
    """``asked`` counts people; ``missing`` are places that nobody has taken."""

    code: str
    area: str
    starts: AwareDatetime
    ends: AwareDatetime
    needed: int
    duty: Duty | None
    skill: str | None
    asked: int
    missing: int
    people: list[Placed]


class CallUp(BaseModel):
    """``mine`` are the shifts that one was asked for oneself; ``note`` null: none, or erased."""

    id: str
    reason: str
    area: str
    caller: str
    lead: str | None
    at: AwareDatetime
    answer_by: AwareDatetime
    stands: Literal["running", "over", "called_off"]
    furthest: bool
    missing: int
    note: str | None
    mine: list[str]
    shifts: list[ShiftOf]
    steps: list[dict[str, Any]]


class CallUps(BaseModel):
    """Newest change first."""

    items: list[CallUp]


def call_up_routes(rooms: Rooms, signed_in: Any) -> APIRouter:
    routes = APIRouter(tags=["call-ups"])

    @routes.get("/v1/call-ups", response_model=CallUps, responses=problems(401, 422, 503))
    async def call_ups(staff: Annotated[Staff, signed_in], limit: Limit = 20) -> Response:
        """Call-ups for an emergency (应急召集): who is needed where and when, and who comes. A worker sees those in which
        the worker was asked, or leads.
        """
        query: Body = {"tenant": staff.tenant}
        if staff.role == "worker":
            query["$or"] = [{"body.asked": staff.sub}, {"body.lead": staff.sub}]
        found = rooms.service.store.documents(CALL_UPS.name).find(query).sort("r", -1).limit(limit)
        documents = [row async for row in found if "reason" in row["body"]]
        notes = await _notes(rooms, documents)
        items = [_row(row, staff, note) for row, note in zip(documents, notes, strict=True)]
        return json_answer({"items": sorted(items, key=lambda each: each["stands"] != "running")})

    @routes.get(
        "/v1/call-ups/{call_up}/shifts/{shift}/offers",
        response_model=Offers,
        responses=problems(401, 403, 422, 503),
    )
    async def who_can(
        staff: Annotated[Staff, signed_in], call_up: Token, shift: Annotated[str, Path(max_length=64)]
    ) -> Response:
        """Who offered the skill that a shift asks for, the best first; ``/v1/offers/{id}/contact`` says who that is."""
        if staff.role == "worker":
            raise ProblemError(403, "forbidden", "This is not for grid workers.")
        asked = {"call_up": call_up, "shift": shift}
        return json_answer({"items": await Reading(rooms).fitting("OffersForShift", asked)})

    return routes


async def _notes(rooms: Rooms, documents: list[Document]) -> list[str | None]:
    boxes = [
        (History(row["tenant"], "routing", CALL_UPS.name, row["id"]).subject, Sealed.model_construct(**box))
        for row in documents
        if (box := row["body"].get("note"))
    ]
    opened = iter(await rooms.service.vault.open_many(boxes))
    return [((next(opened) or {}).get("text")) if row["body"].get("note") else None for row in documents]


def _row(row: Document, staff: Staff, note: str | None) -> Body:
    body = row["body"]
    shifts = [_shift(each) for each in body["shifts"].values()]
    mine = [code for code, each in body["shifts"].items() if staff.sub in each["asked"]]
    said = {name: value for name, value in body.items() if name != "asked"}
    return said | {
        "id": row["id"],
        "note": note,
        "mine": mine,
        "missing": sum(each["missing"] for each in shifts),
        "shifts": sorted(shifts, key=lambda each: (each["area"], each["starts"], each["code"])),
    }


def _shift(shift: Body) -> Body:
    placed = sum(1 for each in shift["people"] if each["stands"] in _PLACED)
    return shift | {"asked": len(shift["asked"]), "missing": max(0, shift["needed"] - placed)}

"""The grid book at the staff's door: looked through, opened for a purpose, entered, corrected, removed.

A worker sees and changes the records of the own grids alone; a secretary those of the own communities.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.console import answers
from services.console.audit.entry import Why, entry_of
from services.console.record_answers import (
    Corrected,
    Named,
    One,
    Opened,
    Page,
    Quality,
    Record,
    Records,
    Removed,
    Said,
    Short,
    Step,
)
from services.console.record_desk import RecordDesk
from services.console.rooms import Rooms, json_answer
from shared.clock import now
from shared.commands.audit import ErasePerson, OpenPersonalData
from shared.commands.record import RemoveRecord
from shared.http import ProblemError, problems
from shared.ids import named_id
from shared.settings import Settings
from shared.staff import Staff
from shared.words import RecordKind

_ALL = (400, 401, 403, 404, 409, 413, 415, 422, 503)


def record_routes(rooms: Rooms, settings: Settings, who: Any) -> APIRouter:
    routes = APIRouter(tags=["grid book"])
    desk = RecordDesk(rooms, settings)

    async def of_the_book(staff: Annotated[Staff, Depends(who)]) -> Staff:
        if staff.role not in ("staff", "worker", "secretary"):
            raise ProblemError(403, "forbidden", "The grid book is for staff, workers and secretaries.")
        return staff

    @routes.get("/v1/records", response_model=Records, responses=problems(401, 403, 422, 503))
    async def listed(
        staff: Annotated[Staff, Depends(of_the_book)], asked: Annotated[Page, Query()]
    ) -> Response:
        """A page of what stands in the book; no word of a person is in it."""
        question = asked.model_dump(exclude={"grid"}) | {"grids": await desk.grids(staff, asked.grid)}
        found = await desk.ask("Records", question)
        items = [Record.model_validate(item).model_dump() for item in found["items"]]
        return json_answer({"items": items, "next": found["next"]})

    @routes.get("/v1/record-quality", response_model=Quality, responses=problems(401, 403, 422, 503))
    async def quality(
        staff: Annotated[Staff, Depends(of_the_book)],
        kind: RecordKind | None = None,
        grid: Annotated[Short, Query()] = None,
        flaw: Annotated[Short, Query()] = None,
        stale_months: Annotated[int, Query(ge=1, le=120)] = 12,
    ) -> Response:
        """What is missing, contradictory or stale, by grid and kind."""
        asked = {"kind": kind, "flaw": flaw, "stale_months": stale_months}
        return json_answer(await desk.ask("RecordQuality", asked | {"grids": await desk.grids(staff, grid)}))

    @routes.get("/v1/records/{named}", response_model=One, responses=problems(401, 403, 404, 422, 503))
    async def one(named: Named, staff: Annotated[Staff, Depends(of_the_book)]) -> Response:
        """One record and who changed which of its fields."""
        item = await desk.item(named, staff)
        steps = [Step.model_validate(step).model_dump() for step in item["history"]]
        return json_answer({"state": Record.model_validate(item).model_dump(), "history": steps})

    @routes.post("/v1/records/{named}/words", response_model=Opened, responses=problems(*_ALL))
    async def words(named: Named, why: Why, staff: Annotated[Staff, Depends(of_the_book)]) -> Response:
        """Names, numbers and reasons. That somebody looked is on record before anything is opened."""
        item = await desk.item(named, staff)
        fields = tuple(item["filled"])
        await rooms.do(
            OpenPersonalData(**entry_of(staff), request=item["id"], fields=fields, purpose=why.purpose)
        )
        found = await desk.opened(item)
        return json_answer({"erased": True} if found is None else {"words": found.words, "erased": False})

    @routes.post("/v1/records", response_model=answers.Done, responses=problems(*_ALL))
    async def enter(said: Said, staff: Annotated[Staff, Depends(of_the_book)]) -> Response:
        """Enter somebody or something; what stands there already is refused."""
        return await desk.enter(said, staff)

    @routes.post("/v1/records/{named}/correction", response_model=answers.Done, responses=problems(*_ALL))
    async def correct(
        named: Named, said: Corrected, staff: Annotated[Staff, Depends(of_the_book)]
    ) -> Response:
        """Correct the fields that are said; the others stay as they are."""
        return await desk.correct(named, said, staff)

    @routes.post("/v1/records/{named}/removal", response_model=answers.Done, responses=problems(*_ALL))
    async def remove(named: Named, said: Removed, staff: Annotated[Staff, Depends(of_the_book)]) -> Response:
        """Take it out of the book, for a reason; its history stays."""
        item = await desk.item(named, staff)
        key = named_id("remove", item["id"], str(item["revision"]))
        return await rooms.send(
            RemoveRecord(
                id=key,
                tenant=staff.tenant,
                actor=staff.actor,
                at=now(),
                record=item["id"],
                reason=said.reason,
            )
        )

    @routes.post("/v1/records/{named}/erasure", response_model=answers.Done, responses=problems(*_ALL))
    async def erase(named: Named, staff: Annotated[Staff, Depends(of_the_book)]) -> Response:
        """Forget every word that the record ever held. The event first, then the keys."""
        if staff.role != "staff":
            raise ProblemError(403, "forbidden", "Only staff erase.")
        item = await desk.item(named, staff)
        return await rooms.do(ErasePerson(**entry_of(staff), request=item["id"], keys=tuple(item["keys"])))

    return routes

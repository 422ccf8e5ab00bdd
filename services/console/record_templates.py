"""Superiors' tables at the staff's door: which columns are known, the filled table, what is still missing, who asks how often.

Only the office fills tables, each secretary for the own communities; a worker sees what is missing in the own grids.
"""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.console.record_desk import RecordDesk
from services.console.rooms import Rooms, json_answer
from services.console.template_answers import (
    Asks,
    Columns,
    FilledTable,
    FilledWish,
    MissingCells,
    Since,
    Table,
    report_of,
)
from shared.commands.command import Command
from shared.documents import Body
from shared.http import ProblemError, problems
from shared.journal import UnavailableError
from shared.records.filling import Filling, Scope
from shared.records.template import Template, read_template
from shared.refusal import Refused
from shared.settings import Settings
from shared.sheets.cells import UnusableSheetError
from shared.staff import Staff

_MOST_RECORDS = 5000
"""Of one table at the desk; `lastmile records fill` knows no bound."""
_MOST_MISSING = 200
_AT_THE_SAME_TIME = 2
"""Tables: each may unpack to a quarter of a gigabyte."""


def template_routes(rooms: Rooms, settings: Settings, who: Any) -> APIRouter:
    routes = APIRouter(tags=["grid book"])
    desk = RecordDesk(rooms, settings)
    turns = asyncio.Semaphore(_AT_THE_SAME_TIME)

    async def of_the_office(staff: Annotated[Staff, Depends(who)]) -> Staff:
        if staff.role not in ("staff", "secretary"):
            raise ProblemError(403, "forbidden", "Tables are filled by the office.")
        return staff

    async def of_the_book(staff: Annotated[Staff, Depends(who)]) -> Staff:
        if staff.role not in ("staff", "worker", "secretary"):
            raise ProblemError(403, "forbidden", "The grid book is for staff, workers and secretaries.")
        return staff

    async def send(command: Command) -> None:
        if command.owner == "console":
            await rooms.service.answer(command, "")
            return
        reply = await rooms.bus.send(command)
        if reply.reason == "unavailable":
            raise UnavailableError(f"{command.owner} does not answer")
        if not reply.ok:
            raise Refused(reply.reason or "conflict", **reply.detail)

    async def ask(subject: str, question: Body) -> Any:
        return await rooms.bus.ask(subject, question)

    async def read(table: Table) -> Template:
        return await asyncio.to_thread(read_template, table.file, table.name, table.kind, table.sheet)

    @routes.post(
        "/v1/record-templates/columns",
        response_model=Columns,
        responses=problems(400, 401, 403, 413, 415, 422, 503),
    )
    async def columns(table: Table, _staff: Annotated[Staff, Depends(of_the_office)]) -> Response:
        """Which headings of a table are known. Nothing is opened, nobody is asked."""
        try:
            async with turns:
                template = await read(table)
        except UnusableSheetError as unusable:
            raise unusable_table(unusable) from unusable
        return json_answer(columns_of(template))

    @routes.post(
        "/v1/record-templates/filled",
        response_model=FilledTable,
        responses=problems(400, 401, 403, 409, 413, 415, 422, 503),
    )
    async def filled(wish: FilledWish, staff: Annotated[Staff, Depends(of_the_office)]) -> Response:
        """The table filled from the grid book. Why is on record first; what nobody knows becomes tasks of the grids' workers."""
        scope = Scope(
            office=wish.office,
            purpose=wish.purpose,
            grids=await desk.area(staff, wish.area),
            care=wish.care,
            due_on=wish.due_on,
            tasks=wish.tasks,
            most=_MOST_RECORDS,
        )
        try:
            async with turns:
                template = await read(wish)
                filling = Filling(ask, send, rooms.service.vault, settings, staff.actor)
                done = await filling.fill(template, scope)
        except UnusableSheetError as unusable:
            raise unusable_table(unusable) from unusable
        except Refused as refused:
            raise ProblemError.of(refused) from refused
        return json_answer(columns_of(template) | report_of(done))

    @routes.get("/v1/missing-cells", response_model=MissingCells, responses=problems(401, 403, 503))
    async def missing(staff: Annotated[Staff, Depends(of_the_book)]) -> Response:
        """What superiors ask for and nobody has told yet: the fields of at most 200 records, the most urgent first."""
        question = {"missing": True, "grids": await desk.grids(staff, None), "limit": _MOST_MISSING}
        found = await desk.ask("Records", question)
        items = sorted(map(_still_missing, found["items"]), key=lambda item: (item["due_on"], item["id"]))
        return json_answer({"items": items, "more": found["next"] is not None})

    @routes.get("/v1/record-asks", response_model=Asks, responses=problems(401, 403, 422, 503))
    async def asks(
        asked: Annotated[Since, Query()], _staff: Annotated[Staff, Depends(of_the_office)]
    ) -> Response:
        """How often superiors' tables asked for the same thing, by how many offices; of this quarter unless a day is named."""
        return json_answer(await desk.ask("Asks", asked.model_dump(mode="json")))

    return routes


def columns_of(template: Template) -> Body:
    heading = template.heading
    return {
        "kind": heading.kind,
        "sheet": template.sheet.name,
        "row": heading.bottom,
        "known": [{"field": one.slug, "column": column} for column, one in heading.columns.items()],
        "unknown": list(heading.unknown),
        "lists_somebody": template.lists_somebody,
    }


def unusable_table(unusable: UnusableSheetError) -> ProblemError:
    return ProblemError(422, unusable.slug, "The table cannot be filled.", about=unusable.detail)


def _still_missing(item: Body) -> Body:
    fields = [
        {
            "field": field,
            "due_on": min(ask["due_on"] for ask in item["asked"][field]),
            "offices": sorted({ask["office"] for ask in item["asked"][field]}),
        }
        for field in item["missing"]
    ]
    return {
        "id": item["id"],
        "kind": item["kind"],
        "grid": item["grid"],
        "building": item["building"],
        "due_on": min(one["due_on"] for one in fields),
        "fields": fields,
    }

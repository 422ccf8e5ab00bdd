"""The ledger taken out of the house as a file. Why is asked first, and that it was taken is on record before a byte is."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import Response, StreamingResponse

from services.console.audit.entry import entry_of
from services.console.export.files import MEDIA, Form, file_of
from services.console.export.table import Table
from services.console.known import must_be_known
from services.console.moments import Flag
from services.console.reading import WhoAsks
from services.console.rooms import Rooms
from services.console.rows import MOST_FOUND, Rows, Words
from services.console.sight import Sight
from services.console.wanted import Order, Wanted
from shared.areas import communities_of
from shared.clock import now
from shared.commands.audit import ExportData
from shared.commands.command import Reason
from shared.documents import Body
from shared.http import ProblemError, problems
from shared.messages import LANGUAGES, Messages
from shared.settings import Settings
from shared.staff import Staff

MOST = 100_000
"""Rows of one file."""
_AT_THE_SAME_TIME = 2
_MAY = ("staff", "secretary", "director")


class Taken(Rows):
    """Which rows, as what, and why. ``texts`` has what was said in a column, where it was not erased."""

    words: Words | None = None
    order: Order = "rank"
    form: Form = "csv"
    lang: Literal["zh", "en"] = LANGUAGES[0]
    texts: Flag = False
    purpose: Reason


def export_routes(rooms: Rooms, settings: Settings, who: WhoAsks) -> APIRouter:
    routes = APIRouter(tags=["reading"])
    messages, turns = Messages(), asyncio.Semaphore(_AT_THE_SAME_TIME)

    @routes.post(
        "/v1/ledger/export",
        response_class=Response,
        responses=problems(400, 401, 403, 409, 413, 415, 422, 503)
        | {200: {"content": {media: {} for media in MEDIA.values()}}},
    )
    async def export(asked: Taken, staff: Annotated[Staff, Depends(who)]) -> Response:
        """The rows of the filters in their order, at most 100,000. That they were taken is on record first."""
        if staff.role not in _MAY:
            raise ProblemError(403, "forbidden", "The ledger is taken out by the office alone.")
        wanted, order = await _wanted(asked, staff)
        count = await rooms.ledger.count(wanted, order, MOST)
        if count == 0:
            await must_be_known(rooms, wanted)
        if count > MOST:
            raise ProblemError(409, "too_many_rows", "Narrow the filters.", about={"most": MOST})
        table = Table(messages, asked.lang, settings.zone, await _names(asked.lang), texts=asked.texts)
        record = ExportData(
            **entry_of(staff),
            what="ledger",
            grids=(asked.grid,) if asked.grid else (),
            fields=table.columns,
            purpose=asked.purpose,
        )
        await rooms.do(record)
        name = f"ledger-{_today(settings):%Y%m%d}.{asked.form}"
        headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(
            _file(table, asked, wanted, order), media_type=MEDIA[asked.form], headers=headers
        )

    async def _wanted(asked: Taken, staff: Staff) -> tuple[Wanted, Order]:
        wanted = asked.wanted(Sight.of(staff), settings.zone)
        if asked.words is None:
            return wanted, asked.order
        found = await rooms.texts.search(settings.tenant, asked.words, MOST_FOUND)
        return replace(wanted, among=tuple(found)), "newest"

    async def _names(lang: str) -> dict[str, dict[str, str]]:
        plan, workers = await rooms.grids.plan(), await rooms.grids.workers()
        return {
            "category": _called(plan.get("categories", []), lang),
            "community": _called(communities_of(plan), lang),
            "worker": {one: worker["name"] for one, worker in workers.items()},
        }

    async def _file(table: Table, asked: Taken, wanted: Wanted, order: Order) -> AsyncIterator[bytes]:
        """Two are written at a time, the others wait for their turn. What breaks on our side breaks the answer off:
        half a file must not look like a whole one.
        """

        async def lines() -> AsyncIterator[list[list[str]]]:
            left = MOST
            async for some in rooms.ledger.rows(wanted, order, texts=asked.texts):
                yield [table.line(row) for row in some[:left]]
                left -= len(some)
                if left <= 0:
                    return

        async with turns:
            async for chunk in file_of(asked.form, table.header, lines()):
                yield chunk

    return routes


def _called(listed: list[Body], lang: str) -> dict[str, str]:
    return {one["code"]: one.get(lang) or one["code"] for one in listed}


def _today(settings: Settings) -> datetime:
    return now().astimezone(settings.zone)

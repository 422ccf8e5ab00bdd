"""The figures over HTTP, and over the bus for programs."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from services.console import answers
from services.console.figures.counting import By, Figure
from services.console.known import must_be_known, must_be_known_on_the_bus
from services.console.moments import Moment
from services.console.reading import WhoAsks
from services.console.rooms import Rooms, json_answer
from services.console.rows import MOST_FOUND, Rows
from services.console.sight import EVERYTHING, Sight
from shared.answering import BadRequestError, first_error
from shared.http import ProblemError, problems
from shared.settings import Settings
from shared.staff import Staff

_ROWS = 100
"""Rows that stand beside the ids behind a number."""


class Numbers(BaseModel):
    """Each number counts requests, each once. Rates are shares of one; None: there is nothing to share."""

    received: int
    responded: int
    resolved: int
    answered: int
    solved: int
    satisfied: int
    on_time: int
    late: int
    returned: int
    reopened: int
    withdrawn: int
    response_rate: float | None
    resolution_rate: float | None
    satisfaction_rate: float | None
    on_time_rate: float | None
    response_hours: float | None
    score: float | None


class Line(Numbers):
    """``key`` is the grid, worker, category, month or community; empty: none of them."""

    key: str


class Table(BaseModel):
    by: By
    as_of: AwareDatetime
    weights: dict[str, float]
    total: Numbers
    lines: list[Line]


class Behind(BaseModel):
    """All of them by id, and the newest of them as rows of the ledger, as they are now."""

    requests: list[str]
    rows: list[answers.Row] = []


class Asked(Rows):
    """Which requests count, and as of which moment; without one: now."""

    as_of: Moment | None = None


class AskedBehind(Asked):
    figure: Figure
    key: Annotated[str | None, Field(max_length=64)] = None


class Question(Asked):
    """What a program asks ``query.console.Figures``."""

    model_config = ConfigDict(extra="forbid")

    by: By = "grid"


def figure_routes(rooms: Rooms, settings: Settings, who: WhoAsks) -> APIRouter:
    routes = APIRouter(tags=["reading"])

    def sight_of(staff: Staff, by: By) -> Sight:
        if by == "worker" and staff.role == "worker":
            raise ProblemError(403, "forbidden", "Workers are not compared with each other.")
        return Sight.of(staff)

    @routes.get("/v1/figures/{by}", response_model=Table, responses=problems(401, 403, 422, 503))
    async def table(
        by: By, asked: Annotated[Asked, Query()], staff: Annotated[Staff, Depends(who)]
    ) -> Response:
        """Response, resolution, satisfaction, on time, returned, reopened: now, or as of a past moment."""
        wanted = asked.wanted(sight_of(staff, by), settings.zone)
        counted = await rooms.figures.count(by, wanted, asked.as_of)
        if not counted["lines"]:
            await must_be_known(rooms, wanted)
        return json_answer(counted)

    @routes.get("/v1/figures/{by}/requests", response_model=Behind, responses=problems(401, 403, 422, 503))
    async def behind(
        by: By, asked: Annotated[AskedBehind, Query()], staff: Annotated[Staff, Depends(who)]
    ) -> Response:
        """The requests behind one number; ``/v1/requests/{id}`` has the events of each."""
        wanted = asked.wanted(sight_of(staff, by), settings.zone)
        found = await rooms.figures.behind(by, asked.key, asked.figure, wanted, asked.as_of)
        if not found:
            await must_be_known(rooms, wanted, {by: asked.key} if asked.key else {})
        some = replace(wanted, among=tuple(found[:MOST_FOUND]))
        rows = await rooms.ledger.page(some, None, _ROWS, "newest")
        return json_answer({"requests": found, "rows": rows["items"]})

    return routes


async def answer_figures(rooms: Rooms, settings: Settings, asked: dict[str, Any]) -> Any:
    """``query.console.Figures``. Raises BadRequestError."""
    try:
        question = Question.model_validate(asked)
    except ValidationError as invalid:
        raise BadRequestError(first_error(invalid)) from None
    wanted = question.wanted(EVERYTHING, settings.zone)
    counted = await rooms.figures.count(question.by, wanted, question.as_of)
    if not counted["lines"]:
        await must_be_known_on_the_bus(rooms, wanted)
    return counted

"""Saved views at the staff's door: listed beside the filters, kept under a name, forgotten."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from services.console import answers
from services.console.moments import Flag
from services.console.reading import WhoAsks
from services.console.rooms import Rooms, json_answer
from services.console.rows import Rows, Words
from services.console.saved_view.keeping import Keeping
from services.console.wanted import Order
from shared.http import ProblemError, problems
from shared.settings import Settings
from shared.staff import Staff
from shared.words import in_one_line

Named = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True), AfterValidator(in_one_line)
]


class Filters(Rows):
    """What of an address of the ledger makes the view."""

    order: Order = "rank"


class Kept(BaseModel):
    """A view under its name. ``first``: the ledger opens with it."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    filters: Filters = Field(default_factory=Filters)
    words: Words | None = None
    shared: Flag = False
    first: Flag = False


class View(BaseModel):
    id: str
    name: str
    filters: dict[str, str]
    words: str | None
    shared: bool
    mine: bool
    first: bool


class Views(BaseModel):
    items: list[View]


class Saved(BaseModel):
    id: str


def saved_view_routes(rooms: Rooms, settings: Settings, who: WhoAsks) -> APIRouter:
    routes = APIRouter(tags=["reading"])
    keeping = Keeping(rooms, settings)

    @routes.get("/v1/saved-views", response_model=Views, responses=problems(401, 503))
    async def listed(staff: Annotated[Staff, Depends(who)]) -> Response:
        """One's own views of the ledger, and those that colleagues have shared."""
        return json_answer({"items": await keeping.listed(staff)})

    @routes.post(
        "/v1/saved-views",
        response_model=Saved,
        responses=problems(400, 401, 403, 409, 413, 415, 422, 503),
    )
    async def save(asked: Kept, staff: Annotated[Staff, Depends(who)]) -> Response:
        """Keep filters under a name; of the same name again, they take the place of those before."""
        if asked.shared and staff.role == "worker":
            raise ProblemError(403, "forbidden", "A worker's views are the worker's own.")
        filters = asked.filters.model_dump(mode="json", exclude_defaults=True)
        said = {name: "true" if value is True else str(value) for name, value in filters.items()}
        view = await keeping.save(
            staff, asked.name, asked.words, said, shared=asked.shared, first=asked.first
        )
        return json_answer({"id": view})

    @routes.post(
        "/v1/saved-views/{named}/removal",
        response_model=answers.Done,
        responses=problems(400, 401, 404, 409, 413, 415, 422, 503),
    )
    async def forget(named: Named, staff: Annotated[Staff, Depends(who)]) -> Response:
        """Forget one's own."""
        return await keeping.forget(staff, named)

    return routes

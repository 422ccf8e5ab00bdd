"""What staff read of joint work: joint tasks, mediations, patrols, findings, visits, bulk moves."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, StringConstraints

from services.console import joint_work_models as models
from services.console.audit.entry import Why, entry_of
from services.console.book import in_hand, is_in_hand
from services.console.rooms import Rooms, json_answer
from shared.commands.audit import OpenPersonalData
from shared.documents import Body, Document, Model, document_id
from shared.envelope import History
from shared.events.event import Sealed
from shared.http import ProblemError, problems
from shared.ids import read_code, request_id
from shared.staff import Staff

Limit = Annotated[int, Query(ge=1, le=200)]
Named = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Request = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_FOR_THE_PURPOSE = {"mediation": "parties", "visit_round": "who"}
"""Who people are, and why they are seen: opened one at a time, for a purpose that is on record first."""


class Items(BaseModel):
    """Newest change first. ``steps`` is the history, with the words that were said."""

    items: list[dict[str, Any]]


class Opened(BaseModel):
    """``text`` is null when it was erased."""

    text: str | None


class JointWork:
    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    @property
    def _tenant(self) -> str:
        return self._rooms.service.settings.tenant

    async def rows(self, model: Model, query: Body, limit: int, order: str = "-r") -> list[Body]:
        """Return rows with their steps; what was said is opened, who it is about is not."""
        found = self._rooms.service.store.documents(model.name).find({"tenant": self._tenant, **query})
        direction = -1 if order.startswith("-") else 1
        documents = [row async for row in found.sort(order.removeprefix("-"), direction).limit(limit)]
        kept = _FOR_THE_PURPOSE.get(model.name)
        boxes = [
            (document, step, name, box)
            for document in documents
            for step in document["body"].get("steps", [])
            for name, box in step["sealed"].items()
            if name != kept
        ]
        opened = await self._rooms.service.vault.open_many(
            [(self._subject(model, document), Sealed.model_construct(**box)) for document, _, _, box in boxes]
        )
        for (_, step, name, _), fields in zip(boxes, opened, strict=True):
            step.setdefault("words", {})[name] = "erased" if fields is None else fields.get("text", "")
        return [_row(document) for document in documents]

    async def open(self, model: Model, named: str, staff: Staff, purpose: str) -> Body:
        """Who it is about. That somebody looked is on record before anything is opened. Raises ProblemError."""
        row = await self._rooms.service.store.documents(model.name).find_one(
            {"_id": document_id(self._tenant, named)}
        )
        if row is None:
            raise ProblemError(404, "not_found", "There is no such thing.")
        body = row["body"]
        await self._rooms.seeing.beside(
            body | ({"request": row["id"]} if model is models.MEDIATIONS else {}), staff
        )
        theirs = staff.sub == body.get("mediator") or await is_in_hand(self._rooms, staff, body)
        if staff.role == "worker" and not theirs:
            raise ProblemError(403, "forbidden", "Only the worker responsible may look.")
        field = _FOR_THE_PURPOSE[model.name]
        boxes = [step["sealed"][field] for step in body["steps"] if field in step["sealed"]]
        opens = OpenPersonalData(**entry_of(staff), request=named, fields=(field,), purpose=purpose)
        await self._rooms.do(opens)
        box = Sealed.model_construct(**boxes[-1])
        fields = await self._rooms.service.vault.open(self._subject(model, row), box)
        return {"text": None if fields is None else fields.get("text", "")}

    def _subject(self, model: Model, document: Document) -> str:
        return History(self._tenant, "routing", model.name, document["id"]).subject


def _row(document: Document) -> Body:
    body = {name: value for name, value in document["body"].items() if name not in ("moves", "items")}
    for step in body.get("steps", []):
        step.pop("sealed", None)
    if "items" in document["body"]:
        body["checklist"] = document["body"]["items"]
    return {"id": document["id"], "revision": document["r"], **body}


def joint_work_routes(rooms: Rooms, signed_in: Any) -> APIRouter:
    """``signed_in`` says whose token it is."""
    routes = APIRouter(tags=["joint work"])
    work = JointWork(rooms)
    refusals = problems(401, 403, 422, 503)

    async def own(staff: Staff) -> Body:
        """A worker sees the own, and what is of whom he stands in for; a community's staff what lies in it."""
        if staff.role == "worker":
            return {"$or": list(await in_hand(rooms, staff))}
        covered = await rooms.seeing.grids(staff)
        return {} if covered is None else {"body.grid": {"$in": covered}}

    def not_a_worker(staff: Staff) -> None:
        if staff.role == "worker":
            raise ProblemError(403, "forbidden", "This is not for grid workers.")

    @routes.get("/v1/joint-tasks", response_model=Items, responses=refusals)
    async def joint_tasks(
        staff: Annotated[Staff, signed_in], request: Request = None, limit: Limit = 100
    ) -> Response:
        """Joint tasks (吹哨报到), of one request when it is named."""
        query: Body = {}
        if request is not None:
            code = read_code(request)
            query = {"body.request": request_id(rooms.service.settings.tenant, code) if code else request}
        found = await work.rows(models.JOINT_TASKS, query, limit)
        return json_answer({"items": await rooms.seeing.among(found, staff, "request")})

    @routes.get("/v1/duty-list", response_model=Items, responses=refusals)
    async def duty_list(_staff: Annotated[Staff, signed_in]) -> Response:
        """The list of duties (履职事项清单) that holds, or nothing."""
        return json_answer({"items": await work.rows(models.DUTY_LISTS, {}, 1)})

    @routes.get("/v1/mediations", response_model=Items, responses=refusals)
    async def mediations(staff: Annotated[Staff, signed_in], limit: Limit = 100) -> Response:
        """Mediations; a worker sees those that the worker leads."""
        query = {"body.mediator": staff.sub} if staff.role == "worker" else {}
        found = await work.rows(models.MEDIATIONS, query, limit)
        return json_answer({"items": await rooms.seeing.among(found, staff)})

    @routes.post(
        "/v1/mediations/{named}/parties",
        response_model=Opened,
        responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
    )
    async def parties(staff: Annotated[Staff, signed_in], named: Named, why: Why) -> Response:
        """Who the parties are, for a purpose."""
        return json_answer(await work.open(models.MEDIATIONS, named, staff, why.purpose))

    @routes.get("/v1/patrols", response_model=Items, responses=refusals)
    async def patrols(staff: Annotated[Staff, signed_in], limit: Limit = 100) -> Response:
        """Patrols, the latest due first; a worker's own."""
        return json_answer(
            {"items": await work.rows(models.PATROLS, await own(staff), limit, "-body.due_at")}
        )

    @routes.get("/v1/findings", response_model=Items, responses=refusals)
    async def findings(staff: Annotated[Staff, signed_in], limit: Limit = 100) -> Response:
        """What was found on patrols and visits; a worker's own, a community's staff what became its requests."""
        if staff.role == "worker":
            return json_answer({"items": await work.rows(models.FINDINGS, await own(staff), limit)})
        found = await work.rows(models.FINDINGS, {}, limit)
        seen = found if not staff.areas else await rooms.seeing.among(found, staff, "request")
        return json_answer({"items": seen})

    @routes.get("/v1/visits", response_model=Items, responses=refusals)
    async def visits(staff: Annotated[Staff, signed_in], limit: Limit = 200) -> Response:
        """Planned visits and those that were made, the latest day first; a worker's own."""
        return json_answer({"items": await work.rows(models.VISITS, await own(staff), limit, "-body.on")})

    @routes.get("/v1/visit-rounds", response_model=Items, responses=refusals)
    async def visit_rounds(staff: Annotated[Staff, signed_in], limit: Limit = 200) -> Response:
        return json_answer({"items": await work.rows(models.VISIT_ROUNDS, await own(staff), limit)})

    @routes.post(
        "/v1/visit-rounds/{named}/who",
        response_model=Opened,
        responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
    )
    async def who_is_seen(staff: Annotated[Staff, signed_in], named: Named, why: Why) -> Response:
        """Who is to be seen, where and why, for a purpose."""
        return json_answer(await work.open(models.VISIT_ROUNDS, named, staff, why.purpose))

    @routes.get("/v1/jobs", response_model=Items, responses=refusals)
    async def jobs(staff: Annotated[Staff, signed_in], limit: Limit = 50) -> Response:
        """Bulk moves: how far they are, and what was not moved and why. They are the street office's."""
        not_a_worker(staff)
        if staff.areas:
            raise ProblemError(403, "not_for_communities", "Bulk moves are the street office's.")
        found = await work.rows(models.JOBS, {}, limit)
        for job in found:
            job["not_moved"] = await rooms.seeing.among(job.get("not_moved", []), staff, "request")
        return json_answer({"items": found})

    return routes

"""What a bulletin is made of: counts of some grids and some days, from what the console remembers already.

Complaints, tips and whatever accuses somebody are in no count, so that none can be found out by subtraction. What
concerns a person (help, a dispute, a consultation) counts by kind alone, and only where there are several of it.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Final

from services.console.joint_work_models import JOINT_TASKS, PATROLS, VISITS
from services.console.moments import begin_of, end_of
from services.console.priority import DONE
from services.console.projection import LEDGER
from services.console.topic_model import TOPICS
from services.console.wish_models import WISHES
from shared.bulletins import Days
from shared.documents import Body, Document, document_id
from shared.store import Store
from shared.words import Kind, Status

FEWEST: Final = 3
"""Of what concerns a person; and people that make a matter worth telling everybody of."""
_MOST = 12
"""Matters, tasks, topics and wishes that one bulletin names; the editor's page is no archive."""
_OF_A_PLACE = frozenset({Kind.ISSUE.value, Kind.SUGGESTION.value, Kind.FINDING.value})
_SECRET = (Kind.COMPLAINT.value, Kind.TIP.value)
_EVERYBODY_S: Body = {
    "body.kind": {"$nin": list(_SECRET)},
    "body.about": None,
    "body.hidden_from": {"$in": [None, []]},
    "body.hidden_offices": {"$in": [None, []]},
}


@dataclass(frozen=True)
class Matter:
    grid: str
    category: str | None
    people: int
    due: date | None


@dataclass(frozen=True)
class Counted:
    """``by_category``: of what concerns the place, how many in which grid; ``by_kind``: of what concerns a person."""

    resolved: int
    solved: int
    by_category: dict[str, dict[str, int]]
    by_kind: dict[str, int]
    wishes: list[str]
    tasks_done: int
    visits: int
    patrols: int
    topics: list[tuple[str, str, int]]
    matters: list[Matter]
    tasks: list[tuple[str, str | None, int]]
    held: int
    due: int
    visits_planned: int
    patrols_planned: int


class Counting:
    def __init__(self, tenant: str, store: Store, zone: tzinfo) -> None:
        self._tenant = tenant
        self._store = store
        self._zone = zone

    async def count(self, grids: Collection[str], days: Days, following: Days) -> Counted:
        """Of these grids and days; ``following`` are those for which things are planned."""
        here = {"body.grid": {"$in": sorted(grids)}}
        done = await self._rows({**here, "body.matter": None, "body.tally.resolved_at": self._in(days)})
        pending = await self._rows({**here, "body.matter": None, "body.status": {"$nin": list(DONE)}})
        of_a_place = [row["body"] for row in pending if row["body"].get("kind") in _OF_A_PLACE]
        first, last = self._edges(following)
        tasks = await self._tasks(here)
        return Counted(
            resolved=len(done),
            solved=sum(1 for row in done if row["body"].get("solved")),
            by_category=_by_category(done),
            by_kind=_by_kind(done),
            wishes=await self._wishes(here, days),
            tasks_done=sum(1 for task, _ in tasks if _was(task, "JointTaskDone", *self._edges(days))),
            visits=await self._many(VISITS.name, here | self._step("VisitMade", days)),
            patrols=await self._many(PATROLS.name, here | self._step("PatrolMade", days)),
            topics=await self._topics(here, days),
            matters=self._matters(of_a_place),
            tasks=_running(tasks),
            held=sum(1 for body in of_a_place if body["status"] == Status.ON_HOLD.value),
            due=sum(1 for body in of_a_place if (by := body.get("due_at")) and first <= by < last),
            visits_planned=await self._planned(VISITS.name, here, following),
            patrols_planned=await self._planned(PATROLS.name, here, following),
        )

    def _matters(self, bodies: list[Body]) -> list[Matter]:
        """What many wait for, the most first."""
        many = [body for body in bodies if (body.get("people") or 1) >= FEWEST]
        many.sort(key=lambda body: (-body["people"], body["at"]))
        return [
            Matter(
                grid=body["grid"],
                category=body.get("category"),
                people=body["people"],
                due=by.astimezone(self._zone).date() if (by := body.get("due_at")) else None,
            )
            for body in many[:_MOST]
        ]

    async def _topics(self, here: Body, days: Days) -> list[tuple[str, str, int]]:
        """What was put on the table of the council hall: grid, category, and how many requests that all may know of."""
        found = self._documents(TOPICS.name).find({"tenant": self._tenant, **here, "body.at": self._in(days)})
        topics: list[tuple[str, str, int]] = []
        async for row in found.sort("body.at", 1).limit(_MOST):
            body = row["body"]
            ids = [document_id(self._tenant, request) for request in body["requests"]]
            if known := len(await self._rows({"_id": {"$in": ids}})):
                topics.append((body["grid"], body["category"], known))
        return topics

    async def _wishes(self, here: Body, days: Days) -> list[str]:
        """Those that came true, in the plain words that the public read before."""
        wanted: Body = {"tenant": self._tenant, "body.public": True, "body.stands": "fulfilled"}
        wanted["body.fulfilled_at"] = self._in(days)
        rows = [row async for row in self._documents(WISHES.name).find(wanted)]
        ids = {"_id": {"$in": [document_id(self._tenant, row["id"]) for row in rows]}}
        mine = {row["id"] for row in await self._rows(here | ids)}
        return [row["body"]["wording"] for row in rows if row["id"] in mine][:_MOST]

    async def _tasks(self, here: Body) -> list[tuple[Body, Body]]:
        """Joint tasks for requests here that all may know of, each with its request's row."""
        wanted = {"tenant": self._tenant, "body.request": {"$ne": None}}
        tasks = [row["body"] async for row in self._documents(JOINT_TASKS.name).find(wanted)]
        ids = {"_id": {"$in": [document_id(self._tenant, task["request"]) for task in tasks]}}
        rows = {row["id"]: row["body"] for row in await self._rows(here | ids)}
        return [(task, rows[task["request"]]) for task in tasks if task["request"] in rows]

    async def _planned(self, model: str, here: Body, days: Days) -> int:
        return await self._many(model, {**here, "body.stands": "planned", "body.due_at": self._in(days)})

    async def _many(self, model: str, wanted: Body) -> int:
        return await self._documents(model).count_documents({"tenant": self._tenant, **wanted})

    async def _rows(self, wanted: Body) -> list[Document]:
        """Rows of the ledger that all may know of, without what happened in each."""
        steps = {"body.said_steps": 0, "body.done_steps": 0, "body.sealed": 0}
        found = self._documents(LEDGER.name).find({"tenant": self._tenant, **_EVERYBODY_S, **wanted}, steps)
        return [row async for row in found]

    def _documents(self, model: str) -> Any:
        return self._store.documents(model)

    def _step(self, name: str, days: Days) -> Body:
        return {"body.steps": {"$elemMatch": {"type": name, "at": self._in(days)}}}

    def _in(self, days: Days) -> Body:
        first, last = self._edges(days)
        return {"$gte": first, "$lt": last}

    def _edges(self, days: Days) -> tuple[datetime, datetime]:
        return begin_of(days[0], self._zone), end_of(days[1], self._zone)


def _by_category(rows: list[Document]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        body = row["body"]
        if body.get("kind") in _OF_A_PLACE:
            counts.setdefault(body.get("category") or "", Counter())[body["grid"]] += 1
    most_first = sorted(counts.items(), key=lambda one: (-one[1].total(), one[0]))
    return {category: dict(by_grid.most_common()) for category, by_grid in most_first}


def _by_kind(rows: list[Document]) -> dict[str, int]:
    kinds = Counter(row["body"]["kind"] for row in rows if row["body"].get("kind") not in _OF_A_PLACE)
    return {kind: count for kind, count in kinds.most_common() if count >= FEWEST}


def _was(task: Body, name: str, first: datetime, last: datetime) -> bool:
    return any(step["type"] == name and first <= step["at"] < last for step in task["steps"])


def _running(tasks: list[tuple[Body, Body]]) -> list[tuple[str, str | None, int]]:
    running = [(task, row) for task, row in tasks if task.get("stands") == "running"]
    return [(row["grid"], row.get("category"), len(task["departments"])) for task, row in running][:_MOST]

"""Planning the visits of the coming week, again and again, over every worker's days."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import takewhile

from services.routing.grid_book import GridBook
from services.routing.policy.calendar import Calendar
from services.routing.visit.domain import VISIT
from services.routing.visit_round.domain import VISIT_ROUND
from services.routing.visit_round.planning import Wanted, plan
from shared.clock import now
from shared.commands.visit import PlanVisit
from shared.desk import Desk
from shared.documents import Body
from shared.ids import named_id
from shared.store import Store

_AHEAD = timedelta(days=7)
_PLANNED_AT_ONCE = 5000
_FURTHEST = 60
"""Days to look for one that is worked."""


async def plan_the_week(store: Store, desk: Desk, book: GridBook, calendar: Calendar, tenant: str) -> int:
    """Give every round that is due within a week, and has no visit yet, a day. Returns how many were planned.

    A visit's id is named by its round and due time, so planning twice plans once.
    """
    present = now()
    rows = store.documents(VISIT_ROUND.aggregate).find(
        {"tenant": tenant, "body.due_at": {"$ne": None, "$lte": present + _AHEAD}}
    )
    rounds = {row["id"]: row["body"] async for row in rows.sort("body.due_at", 1).limit(_PLANNED_AT_ONCE)}
    names = {round_: _visit_id(tenant, round_, body["due_at"]) for round_, body in rounds.items()}
    standing = {
        row["id"]
        async for row in store.documents(VISIT.aggregate).find(
            {"tenant": tenant, "id": {"$in": list(names.values())}}, {"id": 1}
        )
    }
    days = working_days(present, calendar)
    if not days:
        return 0
    absent = _Absent(book, calendar)
    wanted = {
        round_: Wanted(
            round_, body["worker"], body["due_at"], body["welfare"], await absent.instead(body, days)
        )
        for round_, body in rounds.items()
        if names[round_] not in standing
    }
    week = f"{days[0].isocalendar().year}-{days[0].isocalendar().week}"
    chosen = plan([*wanted.values()], days, f"{tenant}:{week}", await _load(store, tenant, days[0].tzinfo))
    for round_, day in chosen.items():
        body, visit = rounds[round_], names[round_]
        await desk.do(
            PlanVisit(
                id=visit,
                tenant=tenant,
                actor="service:routing",
                at=present,
                visit=visit,
                round=round_,
                grid=body["grid"],
                worker=wanted[round_].goes(day),
                on=day,
                due_at=body["due_at"],
                welfare=body["welfare"],
            )
        )
    return len(chosen)


def working_days(present: datetime, calendar: Calendar) -> list[datetime]:
    """Return the beginnings of the days of the coming week on which the policy's calendar has somebody work; in a week
    without any, the first one after it.
    """
    today = calendar.local(present).replace(hour=0, minute=0, second=0, microsecond=0)
    worked = (
        day
        for number in range(_FURTHEST)
        if calendar.shifts_of((day := today + timedelta(days=number)).date())
    )
    first = next(worked, None)
    if first is None:
        return []
    return [first, *takewhile(lambda day: day < today + _AHEAD, worked)]


class _Absent:
    """Who goes for whom, asked of the grid book once for each worker, grid and day."""

    def __init__(self, book: GridBook, calendar: Calendar) -> None:
        self._book = book
        self._calendar = calendar
        self._known: dict[tuple[str, str, datetime], str] = {}

    async def instead(self, body: Body, days: Sequence[datetime]) -> dict[datetime, str]:
        """Return whoever is on duty in the grid on each day on which the worker is not there."""
        found: dict[datetime, str] = {}
        for day in days:
            asked = (body["worker"], body["grid"], day)
            if asked not in self._known:
                self._known[asked] = await self._goes(*asked)
            if self._known[asked] != body["worker"]:
                found[day] = self._known[asked]
        return found

    async def _goes(self, worker: str, grid: str, day: datetime) -> str:
        at = day + timedelta(seconds=self._calendar.shifts_of(day.date())[0][0])
        if not await self._book.away(worker, at=at):
            return worker
        covered = await self._book.by_hand(grid, at=at)
        return (covered and covered.worker) or worker


async def _load(store: Store, tenant: str, zone: tzinfo | None) -> Counter[tuple[str, datetime]]:
    load: Counter[tuple[str, datetime]] = Counter()
    open_visits = store.documents(VISIT.aggregate).find(
        {"tenant": tenant, "body.ended": None, "body.check_at": {"$ne": None}}
    )
    async for row in open_visits:
        day = (row["body"]["check_at"] - timedelta(days=1)).astimezone(zone)
        load[row["body"]["worker"], day] += 1
    return load


def _visit_id(tenant: str, round_: str, due_at: datetime) -> str:
    return named_id("visit", tenant, round_, str(int(due_at.timestamp())))

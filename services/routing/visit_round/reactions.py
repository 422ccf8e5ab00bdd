"""Planning the visits of the coming week, each hour, over every worker's days."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.routing.visit.domain import VISIT
from services.routing.visit_round.domain import VISIT_ROUND
from services.routing.visit_round.planning import Wanted, plan
from shared.clock import now
from shared.commands.visit import PlanVisit
from shared.desk import Desk
from shared.ids import named_id
from shared.store import Store

_AHEAD = timedelta(days=7)
_PLANNED_AT_ONCE = 5000
_FRIDAY = 4


async def plan_the_week(store: Store, desk: Desk, tenant: str, zone: ZoneInfo) -> int:
    """Give every round that is due within a week, and has no visit yet, a day. Returns how many were planned.

    A visit's id is named by its round and due time, so planning twice plans once.
    """
    present = now()
    rows = store.documents(VISIT_ROUND.aggregate).find(
        {"tenant": tenant, "body.due_at": {"$ne": None, "$lte": present + _AHEAD}}
    )
    rounds = {row["id"]: row["body"] async for row in rows.limit(_PLANNED_AT_ONCE)}
    names = {round_: _visit_id(tenant, round_, body["due_at"]) for round_, body in rounds.items()}
    standing = {
        row["id"]
        async for row in store.documents(VISIT.aggregate).find(
            {"tenant": tenant, "id": {"$in": list(names.values())}}, {"id": 1}
        )
    }
    wanted = [
        Wanted(round_, body["worker"], body["due_at"], body["welfare"])
        for round_, body in rounds.items()
        if names[round_] not in standing
    ]
    days = working_days(present.astimezone(zone))
    week = f"{days[0].isocalendar().year}-{days[0].isocalendar().week}"
    chosen = plan(wanted, days, f"{tenant}:{week}", await _load(store, tenant, zone))
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
                worker=body["worker"],
                on=day,
                due_at=body["due_at"],
                welfare=body["welfare"],
            )
        )
    return len(chosen)


def working_days(present: datetime) -> list[datetime]:
    """Return the beginnings of the next seven days that are no weekend, on the tenant's clock."""
    today = present.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today + timedelta(days=number) for number in range(7)]
    return [day for day in days if day.weekday() <= _FRIDAY]


async def _load(store: Store, tenant: str, zone: ZoneInfo) -> Counter[tuple[str, datetime]]:
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

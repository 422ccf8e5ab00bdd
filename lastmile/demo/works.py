"""What else goes on in the demo street: a call-up in progress, a rota, visits, a joint task, a mediation, patrols. Pure.

Each is told as the commands that make it; moments lie around the anchor, at which the street adopted its plan.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from lastmile.demo import street
from lastmile.demo.lives import Life
from shared.ids import named_id, rota_id

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_SATURDAY = 5
_FRESH = ("assigned", "accepted", "in_progress", "reopened")
_ANY = (*_FRESH, "resolved", "closed", "on_hold", "reopened_and_closed")


@dataclass(frozen=True)
class Deed:
    """One command to one history. ``life`` is the request that it is about; ``seal`` names fields that hold words."""

    command: str
    history: str
    at: datetime
    fields: dict[str, Any] = field(default_factory=dict)
    seal: dict[str, str] = field(default_factory=dict)
    life: str | None = None


@dataclass(frozen=True)
class _Round:
    """A moment and a street to tell of."""

    anchor: datetime
    zone: ZoneInfo
    tenant: str

    def works(self, lives: list[Life]) -> Iterator[Deed]:
        yield from self._joint_task(lives)
        yield from self._mediation(lives)
        yield from self._visits()
        yield from self._patrols()
        yield from self._rota()
        yield from self._call_up()

    def _joint_task(self, lives: list[Life]) -> Iterator[Deed]:
        said, began, name = _said(), self.anchor - 5 * _HOUR, _named("joint-task")
        life = _latest(lives, ("parking", "illegal-building", "hallway-clutter"), _FRESH)
        if life is None:
            return
        lists = {name: said[name] for name in ("duties", "departments")}
        list_of = {"items": lists["duties"], "departments": lists["departments"], "escalate_to": "city"}
        yield Deed("AdoptDutyList", self.tenant, began - _DAY, list_of)
        call = {"lead": "police", "supporting": ["fire", "city"], "duty": "tcgl"}
        call |= {"report_in_by": began + 2 * _HOUR}
        yield Deed("CallJointTask", name, began, call, {"need": said["need"]}, life.key)
        police = {"department": "police"}
        yield Deed("ReportIn", name, began + _HOUR, police, {"note": said["reported_in"]})
        for number, department in enumerate(("fire", "city"), start=1):
            at = began + _HOUR + number * timedelta(minutes=12)
            yield Deed("ReportIn", name, at, {"department": department})
        yield Deed("NoteDepartmentProgress", name, began + 3 * _HOUR, police, {"note": said["progress"]})

    def _mediation(self, lives: list[Life]) -> Iterator[Deed]:
        said, began = _said(), self.anchor - 2 * _DAY
        life = _latest(lives, ("neighbour-dispute",), _ANY)
        if life is None:
            return
        began = max(began, life.at + _HOUR)
        key = life.key
        yield Deed("OpenMediation", "", began, {}, {"parties": said["parties"]}, key)
        mediator = _worker_of(life.grid)
        yield Deed("NameMediator", "", began + timedelta(minutes=9), {"mediator": mediator}, {}, key)
        yield Deed(
            "HoldMediationSession", "", began + timedelta(minutes=40), {}, {"note": said["session"]}, key
        )

    def _visits(self) -> Iterator[Deed]:
        said, grids = _said(), _grids("wutongli")
        notes = iter(said["seen"])
        for number, each in enumerate(said["rounds"]):
            grid = grids[number % 3]["code"]
            who = {"grid": grid, "worker": _worker_of(grid), "welfare": each["welfare"]}
            name, rhythm = _named("round", str(number)), timedelta(days=each["every_days"])
            first = self.anchor + (2 + number) * _DAY
            went = self.anchor - (number + 2) * _HOUR
            more = {"every_days": each["every_days"], "due_at": went if each["was"] else first}
            yield Deed("SetVisitRound", name, went - rhythm, who | more, {"who": each["who"]})
            if not each["was"]:
                continue
            visit = named_id("visit", self.tenant, name, str(int(went.timestamp())))  # as routing plans it
            on = went.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
            yield Deed("PlanVisit", visit, went - _DAY, who | {"round": name, "on": on, "due_at": went})
            if each["was"] == "made":
                yield Deed("MakeVisit", visit, went, {}, {"note": next(notes, "都好。")})
            else:
                yield Deed("LeaveVisitUnanswered", visit, went)

    def _patrols(self) -> Iterator[Deed]:
        items = _said()["checklist"]
        for number, grid in enumerate(("WT-01", "WT-02", "QD-01", "HP-01")):
            worker = _worker_of(grid)
            if worker is None:
                continue
            name = _named("patrol", grid)
            made = self.anchor - (number + 3) * _HOUR
            plan = {"grid": grid, "worker": worker, "items": items, "every_days": 7}
            over = number % 2 == 1
            due_at = made + _HOUR if over else self.anchor + (1 + number) * _DAY
            yield Deed("PlanPatrol", name, made - 2 * _DAY, plan | {"due_at": due_at})
            if over:
                bad = items[number % len(items)]["code"]
                checked = [{"item": item["code"], "good": item["code"] != bad} for item in items]
                yield Deed("MakePatrol", name, made, {"checked": checked})

    def _rota(self) -> Iterator[Deed]:
        """Nights and weekends from the first of the month until two weeks from now; one night is left out, and one person stands
        twice, so that the page shows what it says of such things.
        """
        today = self.anchor.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        days = (today + 14 * _DAY - today.replace(day=1)).days
        for community in street.communities():
            workers = [_worker_of(grid["code"]) for grid in _grids(community["code"])]
            for number in range(days):
                day = today.replace(day=1) + number * _DAY
                weekend = day.weekday() >= _SATURDAY
                starts = day.replace(hour=8 if weekend else 17, minute=30)
                if community["code"] == "hepan" and day == today + _DAY:
                    continue
                month = f"{starts:%Y-%m}"
                name = rota_id(self.tenant, community["code"], month)
                row = {"area": community["code"], "month": month, "starts": starts}
                row |= {"ends": day.replace(hour=8, minute=30) + _DAY}
                row |= {
                    "worker": workers[number % len(workers)],
                    "deputy": workers[(number + 1) % len(workers)],
                }
                yield Deed("RosterDuty", name, self.anchor, row)
                if community["code"] == "qiaodong" and day == today + 2 * _DAY:
                    again = row | {"starts": starts + 2 * _HOUR, "deputy": None}
                    yield Deed("RosterDuty", name, self.anchor, again)

    def _call_up(self) -> Iterator[Deed]:
        """High water since this morning: one shift stands by the river, the next is one short, and the reader is asked, too."""
        name, began = _named("call-up"), self.anchor - 40 * timedelta(minutes=1)
        now_, later = self.anchor - timedelta(minutes=15), self.anchor + 4 * _HOUR
        shifts = [
            {"code": "river", "area": "wutongli", "starts": now_, "ends": later, "needed": 4},
            {"code": "night", "area": "wutongli", "starts": later, "ends": later + 6 * _HOUR, "needed": 4},
            {
                "code": "pumps",
                "area": "qiaodong",
                "starts": now_,
                "ends": later,
                "needed": 3,
                "skill": "水泵",
            },
        ]
        call = {"reason": "flood", "area": "wutongli-street", "shifts": shifts, "lead": "s-lin-zhiyuan"}
        call |= {"answer_by": began + 3 * _HOUR}
        yield Deed("IssueCallUp", name, began, call, {"note": _said()["call_up"]})
        wutongli = [_worker_of(grid["code"]) for grid in _grids("wutongli")][1:]
        qiaodong = [_worker_of(grid["code"]) for grid in _grids("qiaodong")]
        wutongli, qiaodong = list(dict.fromkeys(wutongli)), list(dict.fromkeys(qiaodong))
        answers = [(one, "river", True) for one in wutongli[:5]] + [
            (one, "river", False) for one in wutongli[5:7]
        ]
        answers += [(one, "night", True) for one in wutongli[5:8]] + [
            (one, "night", False) for one in wutongli[:1]
        ]
        answers += [(one, "pumps", True) for one in qiaodong[:4]]
        for number, (worker, shift, yes) in enumerate(answers):
            at = began + timedelta(minutes=3 + number)
            yield Deed("AnswerCallUp", name, at, {"worker": worker, "shift": shift, "yes": yes})
        for number, (worker, shift) in enumerate(
            [(wutongli[0], "river"), (wutongli[1], "river"), (qiaodong[0], "pumps")]
        ):
            at = now_ + timedelta(minutes=number)
            yield Deed("CheckInToCallUp", name, at, {"worker": worker, "shift": shift})


def works(anchor: datetime, zone: ZoneInfo, tenant: str, lives: list[Life]) -> list[Deed]:
    """Return every deed, those of one history in order."""
    return list(_Round(anchor, zone, tenant).works(lives))


def _latest(lives: list[Life], categories: tuple[str, ...], endings: tuple[str, ...]) -> Life | None:
    found = [life for life in lives if life.body["category"] in categories and life.ending in endings]
    return max(found, key=lambda life: (-categories.index(life.body["category"]), life.at), default=None)


def _worker_of(grid: str) -> str | None:
    return next((each["worker"] for each in _features() if each["code"] == grid), None)


def _grids(community: str) -> list[Mapping[str, Any]]:
    return [each for each in _features() if each["community"] == community]


@cache
def _features() -> list[Mapping[str, Any]]:
    return [feature["properties"] for feature in street.plan()["features"]]


def _named(*parts: str) -> str:
    return named_id("demo", *parts)


@cache
def _said() -> dict[str, Any]:
    return json.loads((street.HERE / "works.json").read_text(encoding="utf-8"))

"""Who is asked for a place: over a real journal, from the day a plan is drawn until the day it is drawn anew."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.routing.absence.domain import ABSENCE
from services.routing.area.domain import AREA
from services.routing.grid_book import Covered, GridBook
from services.routing.post.domain import POST
from services.routing.request.domain import REQUEST
from shared.bus import Bus
from shared.clock import now
from shared.commands.absence import EndAbsence, NoteAbsence
from shared.commands.command import Command
from shared.commands.grid_book import AdoptGridPlan, PostWorker, RelieveWorker
from shared.commands.request import AssignGrid
from shared.desk import Desk
from shared.envelope import History
from shared.events.event import Place
from shared.ids import new_id, post_id
from shared.plans import PLAN, PlanStore, PresentPlan
from shared.projection import Projection
from shared.store import Store
from shared.words import Duty
from tests.conftest import OpenBus, OpenStore

HERE = Place(lon=0.5, lat=0.5)
TOMORROW = datetime.now(UTC) + timedelta(days=1)


def plan(code: str) -> dict[str, Any]:
    ring = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    grid = {
        "type": "Feature",
        "properties": {"code": code, "name": code, "parent": "C"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    areas = [
        {"code": "S", "level": "street", "zh": "街道", "en": "Street"},
        {"code": "C", "level": "community", "parent": "S", "zh": "社区", "en": "Community"},
    ]
    return {"type": "FeatureCollection", "areas": areas, "features": [grid]}


class Office:
    """Routing's desk and book, and what the office does with them."""

    def __init__(self, tenant: str, bus: Bus, store: Store, plans: PlanStore) -> None:
        self.tenant = tenant
        self.bus = bus
        self.plans = plans
        self.desk = Desk([REQUEST, AREA, POST, ABSENCE], store, {"journal": bus.journal})
        self.book = GridBook(tenant, PresentPlan(store, PlanStore(bus), tenant), self.desk)
        self._plan = Projection(PLAN, store, bus.journal)

    async def do(self, model: type[Command], **said: Any) -> None:
        common = {"id": new_id(), "tenant": self.tenant, "actor": "staff:s1", "at": now()}
        await self.desk.do(model.model_validate(common | said))

    async def draw(self, code: str) -> None:
        name = await self.plans.put(self.tenant, plan(code))
        await self.do(AdoptGridPlan, area=self.tenant, plan=name, grids=1)
        area = History(self.tenant, "routing", "area", self.tenant)
        await self._plan.apply([fact async for fact in self.bus.journal.catch_up(area, 0)])

    async def post(self, area: str, duty: Duty, worker: str) -> None:
        post = post_id(self.tenant, area, duty)
        await self.do(PostWorker, post=post, grid=area, duty=duty, worker=worker)

    async def away(self, worker: str) -> None:
        await self.do(NoteAbsence, worker=worker, starts=now() - timedelta(minutes=1), ends=TOMORROW)

    async def asked(self, at: datetime | None = None) -> tuple[str | None, Duty | None]:
        covered = await self.book.covering(HERE, at=at)
        assert isinstance(covered, Covered)
        return covered.worker, covered.duty


@pytest.fixture
async def office(bus: OpenBus, store: OpenStore, tenant: str) -> Office:
    opened = Office(tenant, await bus(), store(), PlanStore(await bus("admin")))
    await opened.draw("G-1")
    return opened


async def test_somebody_stands_in_for_whoever_is_away(office: Office) -> None:
    """The worker, else the deputy, else whoever heads the community, else the street; each of them only when there."""
    assert await office.asked() == (None, None)
    await office.post("S", Duty.HEAD, "s-street")
    assert await office.asked() == ("s-street", Duty.HEAD)
    for area, duty, worker in (
        ("C", Duty.HEAD, "s-community"),
        ("G-1", Duty.DEPUTY, "w-deputy"),
        ("G-1", Duty.WORKER, "w-own"),
    ):
        await office.post(area, duty, worker)
        assert await office.asked() == (worker, duty)
    for worker, instead in (("w-own", "w-deputy"), ("w-deputy", "s-community"), ("s-community", "s-street")):
        await office.away(worker)
        assert (await office.asked())[0] == instead
    assert await office.asked(at=TOMORROW) == ("w-own", Duty.WORKER)
    await office.do(EndAbsence, worker="w-own")
    assert await office.asked() == ("w-own", Duty.WORKER)
    assert await office.book.head_of("C", at=TOMORROW) == "s-community"


async def test_a_worker_who_leaves_is_asked_no_more(office: Office) -> None:
    await office.post("G-1", Duty.WORKER, "w-own")
    await office.post("G-1", Duty.DEPUTY, "w-deputy")
    await office.do(RelieveWorker, post=post_id(office.tenant, "G-1", Duty.WORKER))
    assert await office.asked() == ("w-deputy", Duty.DEPUTY)


async def test_a_redrawn_plan_holds_for_what_comes_and_rewrites_nothing(office: Office) -> None:
    """The lamp was reported under the old plan: its history goes on naming the old grid, and the plan that drew it."""
    await office.post("G-1", Duty.WORKER, "w-old")
    before = await office.book.covering(HERE)
    assert isinstance(before, Covered)
    request = new_id()
    await office.do(AssignGrid, request=request, rule="by_hand", **_of(before))
    await office.draw("G-2")
    await office.post("G-2", Duty.WORKER, "w-new")
    after = await office.book.covering(HERE)
    assert isinstance(after, Covered)
    assert (after.grid, after.worker) == ("G-2", "w-new")
    assert await office.book.by_hand("G-1") is None

    history = History(office.tenant, "routing", "request", request)
    (assigned,) = [fact.event async for fact in office.bus.journal.catch_up(history, 0)]
    assert assigned is not None
    assert {"grid": "G-1", "worker": "w-old", "plan": before.plan}.items() <= assigned.model_dump().items()
    assert before.plan != after.plan
    assert await office.plans.get(office.tenant, before.plan) == plan("G-1")


def _of(covered: Covered) -> dict[str, Any]:
    return {"grid": covered.grid, "worker": covered.worker, "plan": covered.plan}


async def test_what_accuses_a_head_goes_to_the_next_one_above(office: Office) -> None:
    """Never to whoever is accused, nor to a head who is away; nobody left is nobody."""
    assert await office.book.head_above("G-1", but=()) is None
    for area, duty, worker in (
        ("S", Duty.HEAD, "s-street"),
        ("C", Duty.HEAD, "s-community"),
        ("G-1", Duty.WORKER, "w-own"),
        ("G-1", Duty.DEPUTY, "w-deputy"),
    ):
        await office.post(area, duty, worker)
    assert await office.book.standing("G-1") == ("w-own", "w-deputy")
    for accused, found in (((), "s-community"), (("s-community",), "s-street")):
        head = await office.book.head_above("G-1", but=accused)
        assert head is not None
        assert head.worker == found
    assert await office.book.head_above("G-1", but=("s-community", "s-street")) is None
    await office.away("s-community")
    await office.away("s-street")
    assert await office.book.head_above("G-1", but=()) is None

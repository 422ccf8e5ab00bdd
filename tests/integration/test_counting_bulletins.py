"""What a bulletin counts, against a real MongoDB: whatever is secret or personal is in no number; the week drafts itself."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from services.console.bulletin.counting import Counting, Matter
from services.console.bulletin.drafting import Drafting
from services.console.joint_work_models import JOINT_TASKS, PATROLS, VISITS
from services.console.projection import LEDGER
from services.console.topic_model import TOPICS
from services.console.wish_models import WISHES
from shared.bulletins import BULLETINS, span_after, span_around, span_before
from shared.clock import now
from shared.commands.bulletin import DraftBulletin
from shared.documents import document_id
from shared.messages import Messages
from shared.store import Store
from tests.conftest import MakeSettings, OpenStore
from tests.fixtures.street import plan

WEEK = (date(2026, 3, 2), date(2026, 3, 8))
THEN = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)
GRIDS = {"G-1", "G-2"}


class Book:
    """Puts documents into the read models as they stand after their events."""

    def __init__(self, store: Store, tenant: str) -> None:
        self._store, self._tenant = store, tenant
        self._number = 0

    async def put(self, model: str, **body: Any) -> str:
        self._number += 1
        name = body.pop("name", f"x{self._number}")
        row = {"_id": document_id(self._tenant, name), "tenant": self._tenant, "id": name, "r": self._number}
        await self._store.documents(model).insert_one(row | {"n": 1, "heads": {}, "body": body})
        return name

    async def request(self, **more: Any) -> str:
        body = {
            "kind": "issue",
            "category": "lamp",
            "grid": "G-1",
            "status": "assigned",
            "at": THEN,
            "people": 1,
        }
        return await self.put(LEDGER.name, **(body | more))

    async def done(self, at: datetime = THEN, **more: Any) -> str:
        return await self.request(**({"status": "resolved", "tally": {"resolved_at": at}} | more))


@pytest.fixture
def book(store: OpenStore, tenant: str) -> Book:
    return Book(store("console"), tenant)


@pytest.fixture
def counting(store: OpenStore, tenant: str, settings: MakeSettings) -> Counting:
    return Counting(tenant, store("console"), settings("console").zone)


async def test_what_was_done_is_counted_and_nothing_secret_is(book: Book, counting: Counting):
    await book.done(solved=True)
    await book.done(grid="G-2")
    await book.done(kind="finding", category="fire")
    for kind in ("complaint", "tip"):
        await book.done(kind=kind)
    for hidden in ({"hidden_from": ["w1"]}, {"hidden_offices": ["C-1"]}, {"about": "grid_worker"}):
        await book.done(**hidden)
    await book.done(matter="x1")
    await book.done(grid="G-9")
    await book.done(at=THEN - timedelta(days=7))
    await book.request()
    counted = await counting.count(GRIDS, WEEK, span_after("week", WEEK))
    assert (counted.resolved, counted.solved) == (3, 1)
    assert counted.by_category == {"lamp": {"G-1": 1, "G-2": 1}, "fire": {"G-1": 1}}


async def test_what_concerns_a_person_counts_by_kind_alone_and_only_where_there_are_several(
    book: Book, counting: Counting
):
    for kind, times in (("help", 3), ("dispute", 2)):
        for _ in range(times):
            await book.done(kind=kind)
    counted = await counting.count(GRIDS, WEEK, span_after("week", WEEK))
    assert (counted.resolved, counted.by_category, counted.by_kind) == (5, {}, {"help": 3})


async def test_what_is_due_is_what_many_wait_for_and_what_is_planned(book: Book, counting: Counting):
    await book.request(people=3, due_at=LATER)
    await book.request(people=7, grid="G-2", due_at=None)
    await book.request(people=2)
    await book.request(people=9, kind="complaint")
    await book.request(people=9, kind="dispute")
    await book.request(status="on_hold")
    task = await book.request(category="parking")
    hidden = await book.request(kind="tip")
    for request in (task, hidden):
        await book.put(
            JOINT_TASKS.name, request=request, stands="running", departments={"a": {}, "b": {}}, steps=[]
        )
    await book.put(VISITS.name, grid="G-1", stands="planned", due_at=LATER, steps=[])
    await book.put(
        VISITS.name, grid="G-1", stands="made", due_at=THEN, steps=[{"type": "VisitMade", "at": THEN}]
    )
    await book.put(PATROLS.name, grid="G-9", stands="planned", due_at=LATER, steps=[])
    counted = await counting.count(GRIDS, WEEK, span_after("week", WEEK))
    assert counted.matters == [Matter("G-2", "lamp", 7, None), Matter("G-1", "lamp", 3, date(2026, 3, 12))]
    assert counted.tasks == [("G-1", "parking", 2)]
    assert (counted.held, counted.due, counted.visits, counted.visits_planned) == (1, 1, 1, 1)
    assert (counted.patrols, counted.patrols_planned) == (0, 0)


async def test_topics_tell_of_what_all_may_know_and_wishes_in_the_words_that_were_public(
    book: Book, counting: Counting
):
    seen, secret = await book.request(), await book.request(kind="complaint")
    await book.put(TOPICS.name, grid="G-1", category="lamp", requests=[seen, secret], at=THEN)
    await book.put(TOPICS.name, grid="G-1", category="noise", requests=[secret], at=THEN)
    for public in (True, False):
        name = await book.done(kind="wish")
        wish = {"public": public, "stands": "fulfilled", "wording": "一个书包", "fulfilled_at": THEN}
        await book.put(WISHES.name, name=name, **wish)
    counted = await counting.count(GRIDS, WEEK, span_after("week", WEEK))
    assert counted.topics == [("G-1", "lamp", 1)]
    assert counted.wishes == ["一个书包"]


class Sent:
    """The bus, as far as a draft needs it."""

    def __init__(self) -> None:
        self.commands: list[DraftBulletin] = []

    async def send(self, command: DraftBulletin) -> None:
        self.commands.append(command)


class Plan:
    async def plan(self) -> dict[str, Any]:
        drawn = plan()
        empty = {"code": "C-2", "level": "community", "parent": "S-1", "name": "另一社区"}
        return drawn | {"areas": [*drawn["areas"], empty]}


async def test_each_community_s_week_drafts_itself_once(book: Book, store: OpenStore, settings: MakeSettings):
    """One without grids, or with nothing to tell, has none; and what stands, or was withdrawn, is left alone."""
    sent, here = Sent(), settings("console")
    service = SimpleNamespace(settings=here, store=store("console"))
    rooms: Any = SimpleNamespace(service=service, grids=Plan(), bus=sent)
    drafting = Drafting(rooms, Messages())
    await drafting.draft_the_week()
    assert sent.commands == []
    days = span_before("week", now().astimezone(here.zone).date())
    await book.done(at=datetime(days[0].year, days[0].month, days[0].day, 12, tzinfo=UTC))
    await drafting.draft_the_week()
    (command,) = sent.commands
    assert (command.area, command.grids, command.since, command.until) == ("C-1", ("G-1", "G-2"), *days)
    assert [line.of for line in command.lines] == ["resolved", "category"]
    assert command.lines[1].zh == "lamp：办结 1 件（G-1网格 1 件）。"
    await book.put(BULLETINS.name, name=command.bulletin, stands="withdrawn")
    await drafting.draft_the_week()
    assert len(sent.commands) == 1


def test_weeks_and_months_follow_each_other():
    assert span_around("week", date(2026, 3, 8)) == WEEK
    assert span_after("week", WEEK) == (date(2026, 3, 9), date(2026, 3, 15))
    assert span_before("week", date(2026, 3, 9)) == WEEK
    february = (date(2028, 2, 1), date(2028, 2, 29))
    assert span_around("month", date(2028, 2, 10)) == february
    assert span_after("month", february) == (date(2028, 3, 1), date(2028, 3, 31))
    assert span_before("month", date(2028, 3, 1)) == february

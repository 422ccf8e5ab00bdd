"""The grid book: which grid covers a place, and who stands on its posts (一格一员).

By building first, then by point in polygon. A place that no grid covers is nobody's: it is never given to a neighbour.
Who is on duty: the worker, else the deputy, else whoever heads the community or the street; nobody who is away.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.routing.absence.domain import State as Absences
from services.routing.plan_index import PlanIndex
from services.routing.post.domain import State as Post
from shared.areas import Area, Level
from shared.clock import now
from shared.desk import Desk
from shared.events.event import Place
from shared.ids import post_id
from shared.plans import PresentPlan
from shared.refusal import Refused
from shared.words import Duty

__all__ = ["Covered", "GridBook", "Head", "PlanIndex", "Uncovered"]

Rule = Literal["building", "position", "by_hand"]


@dataclass(frozen=True)
class Covered:
    """A grid, and the rule and plan that named it; ``worker`` is None while nobody is on duty there."""

    grid: str
    community: str | None
    worker: str | None
    plan: str
    rule: Rule
    duty: Duty | None = None
    """On which post the worker stands: not the worker's own, when somebody stands in."""


@dataclass(frozen=True)
class Uncovered:
    reason: Literal["no_place", "in_no_grid", "no_plan"]
    plan: str | None = None


@dataclass(frozen=True)
class Head:
    """Who heads an area of people's offices: a community or a street."""

    area: Area
    worker: str


@dataclass(frozen=True)
class _Wanted:
    post: str
    duty: Duty


class GridBook:
    def __init__(self, tenant: str, present: PresentPlan, desk: Desk) -> None:
        self._tenant = tenant
        self._present = present
        self._desk = desk
        self._index: PlanIndex | None = None

    async def covering(
        self,
        place: Place,
        *,
        at: datetime | None = None,
        entrance: str | None = None,
        unit: str | None = None,
    ) -> Covered | Uncovered:
        """Who is asked for a place at a moment. Raises what the store, the journal and the plan stream raise."""
        index = await self.index()
        if index is None:
            return Uncovered("no_plan")
        found = index.grid_of(place, entrance=entrance, unit=unit)
        if found is None:
            nowhere = place.building is None and place.lon is None
            return Uncovered("no_place" if nowhere else "in_no_grid", index.name)
        return await self._covered(index, *found, at)

    async def by_hand(self, grid: str, *, at: datetime | None = None) -> Covered | None:
        """Return the grid that a person named, or None when the present plan has no such grid."""
        index = await self.index()
        if index is None or grid not in index.communities:
            return None
        return await self._covered(index, grid, "by_hand", at)

    async def head_of(
        self, area: str, *, at: datetime | None = None, but: Collection[str] = ()
    ) -> str | None:
        """Return who heads an area at a moment, or the nearest area above it that has a head; none of ``but``."""
        index = await self.index()
        if index is None:
            return None
        return (await self._on_duty(list(self._heads(index, area)), at or now(), but))[0]

    async def head_above(self, area: str, *, but: Collection[str]) -> Head | None:
        """Return the first head of a community or street from this area upwards who is none of these."""
        index = await self.index()
        for each in index.areas.upwards(area) if index else ():
            if each.level not in (Level.COMMUNITY, Level.STREET):
                continue
            post = [_Wanted(post_id(self._tenant, each.code, Duty.HEAD), Duty.HEAD)]
            worker, _ = await self._on_duty(post, now(), but)
            if worker is not None:
                return Head(each, worker)
        return None

    async def standing(self, area: str) -> tuple[str, ...]:
        """Return who is posted in an area as head, worker or deputy, whether on duty or away; the journal's word."""
        states: list[Post] = [
            await self._desk.state("post", self._tenant, post_id(self._tenant, area, duty))
            for duty in (Duty.HEAD, Duty.WORKER, Duty.DEPUTY)
        ]
        return tuple(dict.fromkeys(post.worker for post in states if post.worker))

    async def must_be_posted(self, worker: str) -> None:
        """Whoever stands on no post is told of nothing and sees nothing: what went there would be nobody's. Raises Refused."""
        if not await self._desk.any_says("post", self._tenant, worker=worker):
            raise Refused("not_posted", worker=worker)

    async def must_be_an_area(self, code: str) -> None:
        """Of the plan that holds; of one that was adopted this moment, and not read yet, nothing is said. Raises Refused."""
        index = await self.index()
        if index is None or code in index.areas:
            return
        holds = await self._desk.state("area", self._tenant, self._tenant)
        if holds.plan == index.name:
            raise Refused("unknown_area", area=code)

    async def away(self, worker: str, *, at: datetime | None = None) -> bool:
        """Whether somebody has to stand in for this worker at a moment."""
        return bool(await self._away([worker], at or now()))

    async def index(self) -> PlanIndex | None:
        """Return the plan that holds, made ready once."""
        if (present := await self._present.get()) is None:
            return None
        name, plan = present
        if self._index is None or self._index.name != name:
            self._index = PlanIndex(name, plan)
        return self._index

    async def _covered(self, index: PlanIndex, grid: str, rule: Rule, at: datetime | None) -> Covered:
        worker, duty = await self._on_duty(self._asked(index, grid), at or now())
        return Covered(grid, index.communities[grid], worker, index.name, rule, duty)

    def _asked(self, index: PlanIndex, grid: str) -> list[_Wanted]:
        """Whose turn it is, in order. A micro-grid without a worker of its own is its grid's."""
        way = [area.code for area in index.areas.upwards(grid)] or [grid]
        posts = [
            _Wanted(post_id(self._tenant, area, duty), duty)
            for area in way
            for duty in (Duty.WORKER, Duty.DEPUTY)
        ]
        return [*posts, *self._heads(index, grid)]

    def _heads(self, index: PlanIndex, area: str) -> Iterator[_Wanted]:
        for each in index.areas.upwards(area):
            yield _Wanted(post_id(self._tenant, each.code, Duty.HEAD), Duty.HEAD)

    async def _on_duty(
        self, asked: Sequence[_Wanted], at: datetime, but: Collection[str] = ()
    ) -> tuple[str | None, Duty | None]:
        posts: dict[str, Post] = await self._desk.known("post", self._tenant, [one.post for one in asked])
        if not any(post.worker for post in posts.values()):  # maybe somebody has just been posted
            posts = {one.post: await self._desk.state("post", self._tenant, one.post) for one in asked[:2]}
        standing = [(post.worker, one.duty) for one in asked if (post := posts.get(one.post)) and post.worker]
        away = {*but, *await self._away([worker for worker, _ in standing], at)}
        return next(((worker, duty) for worker, duty in standing if worker not in away), (None, None))

    async def _away(self, workers: Sequence[str], at: datetime) -> set[str]:
        if not workers:
            return set()
        noted: dict[str, Absences] = await self._desk.known("absence", self._tenant, set(workers))
        return {worker for worker, absences in noted.items() if absences.away(at)}

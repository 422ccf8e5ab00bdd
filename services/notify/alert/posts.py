"""Who stands in which grid, for warnings: who is asked first to say that it was seen, and who is called next."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.notify.projection import CONTACT
from shared.areas import Areas
from shared.documents import document_id
from shared.duty import AWAY, away_at, on_duty
from shared.events.alert import Called
from shared.store import Store
from shared.words import Duty

Post = Mapping[str, Any]


@dataclass(frozen=True)
class Posts:
    """The posts of one moment; nobody who is away."""

    areas: Areas
    posts: Collection[Post]
    away: Collection[str]

    def on_duty(self, grids: Iterable[str]) -> list[Called]:
        """Return whoever is on duty in each grid."""
        found = ((grid, on_duty(self.areas, self.posts, grid, self.away)) for grid in grids)
        return [Called(grid=grid, worker=worker) for grid, worker in found if worker is not None]

    def next(
        self, to: Literal["deputy", "head"], grids: Iterable[str], but: Collection[Called]
    ) -> list[Called]:
        """Return the grids' deputies, or the heads above them; where there is no deputy, the head at once."""
        called: list[Called] = []
        for grid in grids:
            tried = {each.worker for each in but if each.grid == grid}
            deputies = self._standing([grid], Duty.DEPUTY, tried) if to == "deputy" else []
            way = [each.code for each in self.areas.upwards(grid)]
            found = deputies[:1] or self._standing(way, Duty.HEAD, tried)[:1]
            called += [Called(grid=grid, worker=worker) for worker in found]
        return called

    def _standing(self, way: list[str], duty: Duty, but: Collection[str]) -> list[str]:
        """The nearest area first."""
        there = [post for post in self.posts if post["grid"] in way and post["duty"] == duty.value]
        there.sort(key=lambda post: way.index(post["grid"]))
        return [each["worker"] for each in there if each["worker"] not in {*self.away, *but}]


async def posts_now(store: Store, tenant: str, areas: Areas, grids: Iterable[str], at: datetime) -> Posts:
    way = {each.code for grid in grids for each in areas.upwards(grid)}
    found = store.documents(CONTACT.name).find(
        {"tenant": tenant, "body.grid": {"$in": sorted(way)}, "body.worker": {"$ne": None}}
    )
    posts = [row["body"] async for row in found]
    ids = [document_id(tenant, worker) for worker in {post["worker"] for post in posts}]
    rows = store.documents(AWAY.name).find({"_id": {"$in": ids}})
    away = away_at([row["body"] async for row in rows if row["body"].get("worker")], at)
    return Posts(areas, posts, away)
